// Images of 16 bits a channel, with what their headers may say about the range of their values.
import { crc32 } from 'node:zlib';
import sharp from 'sharp';
import { type TiffOptions, tiffOf } from './imageWriters.ts';

export interface SixteenBitImage {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
  /** [height, width, channels] */
  readonly data: Uint16Array;
}

/** @param significantBits  of the chunk sBIT, which says nothing about how the values were scaled */
export async function sixteenBitPng(image: SixteenBitImage, significantBits?: number): Promise<Buffer> {
  const { width, height, channels, data } = image;
  const png = await sharp(data, { raw: { width, height, channels } })
    .toColourspace(channels === 1 ? 'grey16' : 'rgb16')
    .png()
    .toBuffer();
  if (significantBits === undefined) return png;
  const body = Buffer.concat([Buffer.from('sBIT', 'latin1'), Buffer.alloc(channels, significantBits)]);
  const chunk = Buffer.alloc(body.length + 8);
  chunk.writeUInt32BE(channels, 0);
  body.copy(chunk, 4);
  chunk.writeUInt32BE(crc32(body), 4 + body.length);
  return Buffer.concat([png.subarray(0, 33), chunk, png.subarray(33)]);
}

export const sixteenBitTiff = (
  { width, height, channels, data }: SixteenBitImage,
  fields: Pick<TiffOptions, 'photometric' | 'maxSampleValue'> = {},
): Buffer => tiffOf({ width, height, values: data, samplesPerPixel: channels, bits: 16, ...fields });

/** Every value from 0 on, `step` apart, up to `largest`: a ramp, in rows of 64. */
export function ramp(largest: number, channels: 1 | 3 = 1, height = 64): SixteenBitImage {
  const pixels = 64 * height;
  const data = Uint16Array.from({ length: pixels * channels }, (_, i) =>
    Math.round((Math.floor(i / channels) * largest) / (pixels - 1)),
  );
  return { width: 64, height, channels, data };
}
