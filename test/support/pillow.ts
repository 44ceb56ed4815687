import { readFileSync } from 'node:fs';
import type { Raster } from '../../runner/images/samples/raster.ts';

interface Made {
  readonly width: number;
  readonly height: number;
}

/** Results of Pillow (reference/make_pillow.py): CRC-32 of whole images, and small files with their RGB pixels. */
export const pillow: {
  readonly operations: Readonly<Record<string, Made & { readonly crc: string }>>;
  readonly files: Readonly<Record<string, Made & { readonly file: string; readonly pixels: string }>>;
} = JSON.parse(readFileSync(new URL('../reference/pillow.json', import.meta.url), 'utf8'));

export const fileNamed = (name: string): Buffer => Buffer.from(pillow.files[name]!.file, 'base64');

export const pixelsOf = (name: string): Buffer => Buffer.from(pillow.files[name]!.pixels, 'base64');

/** The picture of make_pillow.py: integers only, so the same on every machine. */
export function curves(width: number, height: number): Raster {
  const data = new Uint8Array(width * height * 3);
  for (let y = 0, at = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      for (let c = 0; c < 3; c++) data[at++] = ((x * x * (c + 1) + y * y * 3 + x * y * (5 - c)) >> 6) & 255;
  return { width, height, channels: 3, data };
}
