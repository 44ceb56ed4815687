// The only place where sample values become bytes: it decides which bands are color, which is alpha, and which value is white.
import { layOnWhite, type Raster, rasterOf } from './raster.ts';

/** Decoded values as stored in the file, upright: `data` is [height, width, bands], row-major. */
export interface Samples {
  readonly width: number;
  readonly height: number;
  readonly bands: number;
  readonly data: Uint8Array | Uint16Array;
  /** The value of full intensity declared by the file: 255, 65535, a PNM file's maxval. */
  readonly white: number;
  /** Color in bands 0 to 2, or in band 0; bands other than these and `alpha` are ignored. */
  readonly colour: 'rgb' | 'grey';
  /** The band that the file declares as opacity, not premultiplied. */
  readonly alpha?: number;
}

export interface Bytes {
  readonly raster: Raster;
  /** True if some pixel was not opaque. */
  readonly transparent: boolean;
}

/**
 * 8 bits per channel: 255 * value / white, rounded half to even as in Pillow; values above white are white. Gray keeps
 * its values whatever its alpha, since an X-ray's black must not become white; transparent parts of a color image are put on white.
 *
 * @param white  replaces the file's own, for sets whose values use fewer bits than their files (12 in 16); alpha keeps the file's
 */
export function bytesOf(samples: Samples, white: number = samples.white): Bytes {
  const { width, height, bands, data, colour, alpha } = samples;
  const opacity = alpha === undefined ? undefined : bandsOf(samples, [alpha], samples.white);
  const transparent = opacity?.some((value) => value < 255) ?? false;
  if (colour === 'grey')
    return { raster: { width, height, channels: 1, data: bandsOf(samples, [0], white) }, transparent };
  const isPlain = bands === 3 && data instanceof Uint8Array && white === 255;
  const rgb = isPlain ? data : bandsOf(samples, [0, 1, 2], white);
  return {
    raster: rasterOf({ width, height, data: transparent ? layOnWhite(rgb, opacity!) : rgb }),
    transparent,
  };
}

/** @returns [pixels, chosen], scaled to bytes */
function bandsOf({ width, height, bands, data }: Samples, chosen: readonly number[], white: number): Uint8Array {
  if (bands === 1 && white === 255 && data instanceof Uint8Array) return data;
  const byteOf = white === 255 ? undefined : byteTable(white, data.BYTES_PER_ELEMENT);
  const pixels = width * height;
  const out = new Uint8Array(pixels * chosen.length);
  for (const [channel, band] of chosen.entries())
    for (let i = 0, from = band, to = channel; i < pixels; i++, from += bands, to += chosen.length)
      out[to] = byteOf ? byteOf[data[from]!]! : Math.min(data[from]!, 255);
  return out;
}

/** Byte of every value. @param white  1 to 65535 */
function byteTable(white: number, bytesPerValue: number): Uint8Array {
  const table = new Uint8Array(bytesPerValue === 1 ? 256 : 65536).fill(255);
  for (let value = 0; value < Math.min(white, table.length); value++) {
    const below = Math.floor((value * 255) / white);
    const twice = 2 * (value * 255 - below * white);
    table[value] = twice > white || (twice === white && below % 2 === 1) ? below + 1 : below;
  }
  return table;
}

export const colourBands = ({ colour }: Samples): number => (colour === 'rgb' ? 3 : 1);
