// Pixels in memory, between decoding and views. Absent: files, randomness.

/** Upright 8-bit sRGB: `data` is [height, width, 3], row-major. */
export interface RgbImage {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** An RgbImage whose gray images (R = G = B everywhere) are stored as one channel: [height, width, channels]. A third of the work. */
export interface Raster {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
  readonly data: Uint8Array;
}

/**
 * Frees the memory of unused pixels at once. Left to the garbage collector, which runs for every 100 of them, they
 * cost a tenth of a whole check.
 */
export function release({ data }: Raster): void {
  if (data.buffer instanceof ArrayBuffer && data.byteLength === data.buffer.byteLength) data.buffer.transfer(0);
}

/** One channel if the three are equal everywhere, else the same data (not copied). */
export function rasterOf(image: RgbImage): Raster {
  const { width, height, data } = image;
  for (let i = 0; i < data.length; i += 3)
    if (data[i] !== data[i + 1] || data[i] !== data[i + 2]) return { width, height, channels: 3, data };
  const grey = new Uint8Array(width * height);
  for (let i = 0, from = 0; i < grey.length; i++, from += 3) grey[i] = data[from]!;
  return { width, height, channels: 1, data: grey };
}

export function rgbOf({ width, height, channels, data }: Raster): RgbImage {
  if (channels === 3) return { width, height, data };
  const rgb = new Uint8Array(data.length * 3);
  for (let i = 0, to = 0; i < data.length; i++, to += 3) rgb[to] = rgb[to + 1] = rgb[to + 2] = data[i]!;
  return { width, height, data: rgb };
}

/** Pillow's convert('L'): ITU-R 601-2 luma in 16-bit fixed point. Equal channels keep their value. */
export function greyOf({ width, height, channels, data }: Raster): Raster {
  if (channels === 1) return { width, height, channels, data };
  const grey = new Uint8Array(width * height);
  for (let i = 0, from = 0; i < grey.length; i++, from += 3)
    grey[i] = luma(data[from]!, data[from + 1]!, data[from + 2]!);
  return { width, height, channels: 1, data: grey };
}

export const luma = (red: number, green: number, blue: number): number =>
  (red * 19595 + green * 38470 + blue * 7471 + 0x8000) >> 16;

/**
 * Puts transparent parts on white: black drawings on a transparent background stay visible.
 *
 * @param rgb    [N, 3], not premultiplied
 * @param alpha  [N], 255 is opaque
 */
export function layOnWhite(rgb: Uint8Array, alpha: Uint8Array): Uint8Array {
  const data = new Uint8Array(rgb.length);
  for (let pixel = 0, at = 0; pixel < alpha.length; pixel++) {
    const opacity = alpha[pixel]!;
    for (const end = at + 3; at < end; at++) data[at] = Math.round((rgb[at]! * opacity + 255 * (255 - opacity)) / 255);
  }
  return data;
}
