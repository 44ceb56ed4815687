// Images of 16 bits a channel, with headers that may declare the range of their values.
import { pngOf, type TiffOptions, tiffOf } from './imageWriters.ts';

export interface SixteenBitImage {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
  /** [height, width, channels] */
  readonly data: Uint16Array;
}

/** @param significantBits  for the chunk sBIT, which does not tell how the values were scaled */
export function sixteenBitPng(image: SixteenBitImage, significantBits?: number): Buffer {
  const { width, height, channels, data } = image;
  const chunks = significantBits === undefined ? [] : [['sBIT', Buffer.alloc(channels, significantBits)] as const];
  return pngOf({ width, height, colourType: channels === 1 ? 0 : 2, bits: 16, values: data, chunks });
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
