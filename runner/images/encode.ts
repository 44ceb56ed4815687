// Pictures for viewing. Only this file and images/images.ts import sharp.
import sharp from 'sharp';
import type { RgbImage } from './samples/raster.ts';
import { decoding } from './turns.ts';

/** JPEG in sRGB without metadata, reduced to at most `maxSide` pixels per side. */
export function encodeJpeg({ width, height, data }: RgbImage, maxSide: number): Promise<Uint8Array> {
  return decoding.shared(() =>
    sharp(data, { raw: { width, height, channels: 3 } })
      .resize({ width: maxSide, height: maxSide, fit: 'inside', withoutEnlargement: true })
      .jpeg({ quality: 85 })
      .toBuffer(),
  );
}

/** PNG with the same pixels. */
export function encodePng({ width, height, data }: RgbImage): Promise<Uint8Array> {
  return decoding.shared(() =>
    sharp(data, { raw: { width, height, channels: 3 } })
      .png()
      .toBuffer(),
  );
}
