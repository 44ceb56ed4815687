// The range of a 16-bit image's values: as declared by the file, and as actually used.
import { type Depth, depthFor, whiteOf } from '../../../shared/contracts/depth.ts';
import type { ImageType } from '../formats/imageType.ts';
import { tiffLayout } from '../formats/tiff.ts';
import { type Bytes, bytesOf, colourBands, type Samples } from './samples.ts';

export interface SampleRange {
  /** True if the file declares its white, which then applies regardless of the other images. */
  readonly declaresWhite: boolean;
  /** Largest value of the color bands. */
  readonly largest: number;
  /** Largest value that may occur according to the file, a hint for the depth of the whole dataset; undefined: not declared. */
  readonly mostSample: number | undefined;
}

/** A 16-bit image before it is reduced to 8. */
export interface SixteenBits extends SampleRange {
  /** `depth` applies if the file declares nothing; "own": the fewest bits that hold this image. */
  bytesAt(depth: Depth | 'own'): Bytes;
  /** The same for a few evenly spread pixels: enough to compare depths. */
  sketchAt(depth: Depth): Bytes;
}

/**
 * @param bytes       whole file
 * @param isInverted  in the file 0 is white, and `samples` were already inverted (65535 - value)
 */
export function sixteenBitsOf(bytes: Uint8Array, type: ImageType, samples: Samples, isInverted: boolean): SixteenBits {
  const white = declaredWhite(bytes, type, samples);
  const mostSample = type === 'tiff' ? maxSampleValue(bytes) : undefined;
  const largest = isInverted ? fullWhite - extreme(samples, Math.min, fullWhite) : extreme(samples, Math.max, 0);
  const at = (depth: Depth | 'own') =>
    white ?? whiteOf(depth === 'own' ? depthFor(Math.max(largest, mostSample ?? 0)) : depth);
  const scaled = (some: Samples, to: number) => bytesOf(isInverted ? darkened(some, fullWhite - to) : some, to);
  return {
    declaresWhite: white !== undefined,
    largest,
    mostSample,
    bytesAt: (depth) => scaled(samples, at(depth)),
    sketchAt: (depth) => scaled(sketchOf(samples), at(depth)),
  };
}

const fullWhite = 65_535;

/**
 * PNM's maxval, or PNG's sBIT: the significant bits of values that the specification requires to be scaled up to 16, although many
 * programs leave them unscaled; the values show which. A sBIT of 16 means nothing: programs write it by default.
 *
 * TIFF's MaxSampleValue does not count: it may be the largest value of this very image, and "is not to be used to affect the
 * visual appearance of an image when it is displayed" (TIFF 6.0).
 */
function declaredWhite(bytes: Uint8Array, type: ImageType, samples: Samples): number | undefined {
  if (samples.white !== fullWhite) return samples.white;
  const bits = type === 'png' ? significantBits(bytes) : undefined;
  if (bits === undefined) return undefined;
  const ownWhite = 2 ** bits - 1;
  const isAsItWas = every(samples, (value) => value <= ownWhite) && !every(samples, isScaledUpFrom(bits));
  return isAsItWas ? ownWhite : fullWhite;
}

/** Scaled by a shift, by repeated bits, or to the nearest fraction. */
const isScaledUpFrom = (bits: number) => (value: number) => {
  const own = value >> (16 - bits);
  return value === own << (16 - bits) || Math.abs(value - (own * fullWhite) / (2 ** bits - 1)) <= 1;
};

/** The largest of the color channels, 1 to 15; undefined: nothing is declared, or chunks point outside the file. */
function significantBits(bytes: Uint8Array): number | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const channels = (bytes[25]! & colourFlag) === 0 ? 1 : 3;
  for (let at = 8; at + 12 <= bytes.length; at += 12 + view.getUint32(at)) {
    const chunk = view.getUint32(at + 4);
    if (chunk === chunkIdat) return undefined;
    if (chunk !== chunkSbit) continue;
    // biome-ignore lint/plugin: four channels at most
    const bits = Math.max(...bytes.subarray(at + 8, at + 8 + channels));
    return bits >= 1 && bits <= 15 ? bits : undefined;
  }
  return undefined;
}

const colourFlag = 2;
const chunkIdat = 0x49444154;
const chunkSbit = 0x73424954;

/** undefined: not declared, or no less than the type's range. */
function maxSampleValue(bytes: Uint8Array): number | undefined {
  const value = tiffLayout(bytes)?.maxSampleValue ?? fullWhite;
  return value > 0 && value < fullWhite ? value : undefined;
}

function every(samples: Samples, holds: (value: number) => boolean): boolean {
  const { data, bands } = samples;
  const colours = colourBands(samples);
  for (let pixel = 0; pixel < data.length; pixel += bands)
    for (let band = pixel; band < pixel + colours; band++) if (!holds(data[band]!)) return false;
  return true;
}

function extreme(samples: Samples, of: (a: number, b: number) => number, start: number): number {
  const { data, bands } = samples;
  const colours = colourBands(samples);
  let most = start;
  for (let pixel = 0; pixel < data.length; pixel += bands)
    for (let band = pixel; band < pixel + colours; band++) most = of(most, data[band]!);
  return most;
}

/** Subtracts `by` from colors and leaves opacity unchanged. */
function darkened(samples: Samples, by: number): Samples {
  const { data, bands } = samples;
  const colours = colourBands(samples);
  const out = data.slice();
  for (let pixel = 0; pixel < data.length; pixel += bands)
    for (let band = pixel; band < pixel + colours; band++) out[band] = Math.max(0, data[band]! - by);
  return { ...samples, data: out };
}

const sketchSide = 256;

function sketchOf(samples: Samples): Samples {
  const { width, height, bands, data } = samples;
  const step = Math.max(1, Math.floor(Math.min(width, height) / sketchSide));
  if (step === 1) return samples;
  const [across, down] = [Math.floor(width / step), Math.floor(height / step)];
  const out = new Uint16Array(across * down * bands);
  for (let y = 0, to = 0; y < down; y++)
    for (let x = 0; x < across; x++) {
      const from = (y * step * width + x * step) * bands;
      for (let band = 0; band < bands; band++) out[to++] = data[from + band]!;
    }
  return { ...samples, width: across, height: down, data: out };
}
