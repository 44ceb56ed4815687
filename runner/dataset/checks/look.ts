// The look of an image in a few numbers that a smaller, a re-encoded or a slightly cropped copy nearly keeps: a hash of 64 bits to find
// candidates, and the detail at 32 x 32 to judge them. Measured in docs/near-duplicates.md.
import { luma, type Raster } from '../../images/samples/raster.ts';

export interface Look {
  /** 64 bits, low and high half: signs of the lowest cosine frequencies relative to their median. */
  readonly hash: readonly [number, number];
  /** [32, 32]: the gray picture without its coarse shading, scaled to the range of a byte. */
  readonly detail: Int8Array;
  /** Euclidean norm of `detail`. */
  readonly norm: number;
  /** Width divided by height. */
  readonly aspect: number;
}

const side = 32;
/** Least standard deviation of the detail, in gray levels: below it there is only noise to compare (flat colors, empty scans). */
const leastDetail = 1;

/** @returns null below 32 pixels on a side and for nearly flat images, which look alike without being copies */
export function lookOf(raster: Raster): Look | null {
  if (Math.min(raster.width, raster.height) < side) return null;
  const grey = reduced(raster);
  const detail = withoutShading(grey);
  const energy = sumOfSquares(detail);
  if (Math.sqrt(energy / detail.length) < leastDetail) return null;
  let most = 0;
  for (let i = 0; i < detail.length; i++) most = Math.max(most, Math.abs(detail[i]!));
  const bytes = new Int8Array(detail.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = Math.round((127 * detail[i]!) / most);
  return {
    hash: hashOf(grey),
    detail: bytes,
    norm: Math.sqrt(sumOfSquares(bytes)),
    aspect: raster.width / raster.height,
  };
}

/** Correlation of the details in [-1, 1]: 1 for the same picture, whatever its size, brightness and contrast. */
export function likeness(a: Look, b: Look): number {
  let dot = 0;
  for (let i = 0; i < a.detail.length; i++) dot += a.detail[i]! * b.detail[i]!;
  return dot / (a.norm * b.norm);
}

/** Number of different bits in the hashes, 0 to 64. */
export const hashDistance = (a: Look, b: Look): number => bitsIn(a.hash[0] ^ b.hash[0]) + bitsIn(a.hash[1] ^ b.hash[1]);

function bitsIn(word: number): number {
  let bits = word - ((word >>> 1) & 0x55555555);
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
  return (((bits + (bits >>> 4)) & 0x0f0f0f0f) * 0x01010101) >>> 24;
}

/**
 * Means of 32 x 32 fields, in gray levels. Pixels on the border of two fields are shared between them, or a small copy would be
 * shifted against its original. For large pictures a grid of points suffices, at least 4 x 4 per field.
 */
function reduced({ width, height, channels, data }: Raster): Float32Array {
  const step = Math.max(1, Math.floor(Math.min(width, height) / (4 * side)));
  const columns = gridOf(width, step);
  const rows = gridOf(height, step);
  const sums = new Float32Array(side * side);
  const row = new Float32Array(side);
  for (let i = 0; i < rows.at.length; i++) {
    addUp(data, channels, rows.at[i]! * width, columns, row);
    const field = rows.fields[i]! * side;
    const share = rows.shares[i]!;
    for (let x = 0; x < side; x++) {
      sums[field + x]! += share * row[x]!;
      if (share < 1) sums[field + side + x]! += (1 - share) * row[x]!;
    }
  }
  const area = (columns.at.length * rows.at.length) / (side * side);
  for (let i = 0; i < sums.length; i++) sums[i]! /= area;
  return sums;
}

/**
 * Sums of the fields of a row, which begins at pixel `start`. Shares are multiples of 1/32, so all these sums are exact, whatever the
 * order of addition. The loops over the pixels take nearly all the time of a look.
 */
function addUp(data: Uint8Array, channels: 1 | 3, start: number, grid: Grid, row: Float32Array): void {
  const { at, wholeUntil, shares } = grid;
  let carried = 0;
  for (let field = 0, k = 0; field < side; field++) {
    const end = wholeUntil[field]!;
    let whole = 0;
    if (channels === 1) for (; k < end; k++) whole += data[start + at[k]!]!;
    else
      for (; k < end; k++) {
        const from = (start + at[k]!) * 3;
        whole += luma(data[from]!, data[from + 1]!, data[from + 2]!);
      }
    row[field] = carried + whole;
    carried = 0;
    if (k < at.length && shares[k]! < 1) {
      const from = (start + at[k]!) * channels;
      const grey = channels === 1 ? data[from]! : luma(data[from]!, data[from + 1]!, data[from + 2]!);
      const inside = shares[k++]! * grey;
      row[field]! += inside;
      carried = grey - inside;
    }
  }
}

interface Grid {
  readonly at: Int32Array;
  /** The field in which a position begins, and the position's share in it; the rest belongs to the next field. */
  readonly fields: Uint8Array;
  readonly shares: Float32Array;
  /** For each field, the position after the last one that belongs entirely to it. */
  readonly wholeUntil: Int32Array;
}

/** Images of a set often share their sizes. */
const grids = new Map<string, Grid>();
const keptGrids = 64;

/** Every `step`-th position of a side. */
function gridOf(length: number, step: number): Grid {
  const key = `${length} ${step}`;
  const known = grids.get(key);
  if (known) return known;
  const count = Math.floor(length / step);
  const grid: Grid = {
    at: new Int32Array(count),
    fields: new Uint8Array(count),
    shares: new Float32Array(count),
    wholeUntil: new Int32Array(side),
  };
  for (let i = 0; i < count; i++) {
    const field = Math.floor((i * side) / count);
    grid.at[i] = Math.floor(((i + 0.5) * length) / count);
    grid.fields[i] = field;
    grid.shares[i] = Math.min(1, ((field + 1) * count) / side - i);
    grid.wholeUntil[field] = grid.shares[i]! < 1 ? i : i + 1;
  }
  if (grids.size >= keptGrids) grids.clear();
  grids.set(key, grid);
  return grid;
}

const reach = 3;

/** Subtracts the mean of the surrounding 7 x 7 fields, as far as they are in the picture. */
function withoutShading(grey: Float32Array): Float32Array {
  const rows = boxMeans(grey, 1, side);
  const means = boxMeans(rows, side, 1);
  for (let i = 0; i < grey.length; i++) means[i] = grey[i]! - means[i]!;
  return means;
}

function boxMeans(values: Float32Array, step: number, lineStep: number): Float32Array {
  const means = new Float32Array(values.length);
  for (let line = 0; line < side; line++) {
    const start = line * lineStep;
    let sum = 0;
    let count = 0;
    for (let i = -reach; i < side; i++) {
      const enters = i + reach;
      const leaves = i - reach - 1;
      if (enters < side) {
        sum += values[start + enters * step]!;
        count++;
      }
      if (leaves >= 0) {
        sum -= values[start + leaves * step]!;
        count--;
      }
      if (i >= 0) means[start + i * step] = sum / count;
    }
  }
  return means;
}

const frequencies = 8;
/** [8, 32]: cos(π·(k + 1)·(2x + 1) / 64), the frequencies 1 to 8. */
const cosines = Float32Array.from({ length: frequencies * side }, (_, i) =>
  Math.cos((Math.PI * (Math.floor(i / side) + 1) * (2 * (i % side) + 1)) / (2 * side)),
);

function hashOf(grey: Float32Array): [number, number] {
  const rows = new Float32Array(frequencies * side); // [8, 32]
  for (let k = 0; k < frequencies; k++)
    for (let y = 0; y < side; y++) {
      let sum = 0;
      for (let x = 0; x < side; x++) sum += grey[y * side + x]! * cosines[k * side + x]!;
      rows[k * side + y] = sum;
    }
  const values = new Float32Array(frequencies * frequencies);
  for (let k = 0; k < frequencies; k++)
    for (let l = 0; l < frequencies; l++) {
      let sum = 0;
      for (let y = 0; y < side; y++) sum += rows[k * side + y]! * cosines[l * side + y]!;
      values[k * frequencies + l] = sum;
    }
  const sorted = values.toSorted();
  const median = (sorted[31]! + sorted[32]!) / 2;
  const word = (from: number): number => {
    let bits = 0;
    for (let i = 0; i < 32; i++) if (values[from + i]! > median) bits |= 1 << i;
    return bits;
  };
  return [word(0), word(32)];
}

const sumOfSquares = (values: Float32Array | Int8Array): number => {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]! * values[i]!;
  return sum;
};
