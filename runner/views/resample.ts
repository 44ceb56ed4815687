// Pillow's bilinear resize with antialiasing, to the bit: separable, 8 bits between the passes, coefficients in 22-bit fixed point
// (Pillow src/libImaging/Resample.c). Only the pixels that the window needs are computed.
import type { Raster } from '../images/raster.ts';

/** A rectangle in pixels. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/**
 * Image.crop(box).resize((width, height), BILINEAR).crop(window).
 *
 * @param box     what part of the image is resized; pixels outside it are not looked at
 * @param resized size that the box is resized to
 * @param window  what part of the resized image is returned; all of it when left out
 * @returns [window.height, window.width, channels]
 */
export function resampleBox(
  image: Raster,
  box: Box,
  resized: { readonly width: number; readonly height: number },
  window: Box = { x: 0, y: 0, ...resized },
): Raster {
  const { channels } = image;
  const horizontal = coefficients(box.width, resized.width, window.x, window.width);
  const vertical = coefficients(box.height, resized.height, window.y, window.height);
  const firstRow = vertical.starts[0]!;
  const rows = vertical.starts[window.height - 1]! + vertical.counts[window.height - 1]! - firstRow;
  const middle = new Uint8Array(rows * window.width * channels);
  const from = ((box.y + firstRow) * image.width + box.x) * channels;
  if (channels === 1) resampleRowsGrey(image.data, from, image.width, rows, horizontal, middle);
  else resampleRowsRgb(image.data, from, image.width * 3, rows, horizontal, middle);
  const data = resampleColumns(middle, window.width * channels, firstRow, vertical);
  return { width: window.width, height: window.height, channels, data };
}

/** For each output pixel i: `counts[i]` weights at `weights[i * size]`, for the inputs from `starts[i]` on. Weights sum to 2^22. */
interface Coefficients {
  readonly size: number;
  readonly starts: Int32Array;
  readonly counts: Int32Array;
  readonly weights: Int32Array;
}

const precisionBits = 22;
const half = 1 << (precisionBits - 1);

/** The triangle filter, widened by the scale when shrinking, for `count` outputs from `first` on, of inputs [0, inSize). */
function coefficients(inSize: number, outSize: number, first: number, count: number): Coefficients {
  const scale = inSize / outSize;
  const filterScale = Math.max(scale, 1);
  const support = filterScale;
  const size = Math.ceil(support) * 2 + 1;
  const starts = new Int32Array(count);
  const counts = new Int32Array(count);
  const weights = new Int32Array(count * size);
  const exact = new Float64Array(size);
  for (let i = 0; i < count; i++) {
    const center = (first + i + 0.5) * scale;
    let start = Math.max(0, Math.trunc(center - support + 0.5));
    const end = Math.min(inSize, Math.trunc(center + support + 0.5));
    let sum = 0;
    for (let x = start; x < end; x++) sum += exact[x - start] = triangle((x - center + 0.5) / filterScale);
    const given = start;
    let stop = end;
    // Zero weights at the ends add nothing: fewer multiplications.
    while (start < stop - 1 && exact[start - given] === 0) start++;
    while (stop > start + 1 && exact[stop - 1 - given] === 0) stop--;
    for (let x = start; x < stop; x++)
      weights[i * size + x - start] = Math.trunc(0.5 + (exact[x - given]! / sum) * (1 << precisionBits));
    starts[i] = start;
    counts[i] = stop - start;
  }
  return { size, starts, counts, weights };
}

const triangle = (x: number): number => Math.max(0, 1 - Math.abs(x));

// A sum of weights never exceeds 2^22 by more than its count, so 8-bit pixels stay within 30 bits and need no clipping but at 255.
function resampleRowsRgb(
  data: Uint8Array,
  from: number,
  stride: number,
  rows: number,
  { size, starts, counts, weights }: Coefficients,
  out: Uint8Array,
): void {
  const width = starts.length;
  let to = 0;
  for (let y = 0; y < rows; y++) {
    const row = from + y * stride;
    for (let x = 0; x < width; x++) {
      let at = row + starts[x]! * 3;
      const end = x * size + counts[x]!;
      let red = half;
      let green = half;
      let blue = half;
      for (let k = x * size; k < end; k++) {
        const weight = weights[k]!;
        red = (red + Math.imul(data[at]!, weight)) | 0;
        green = (green + Math.imul(data[at + 1]!, weight)) | 0;
        blue = (blue + Math.imul(data[at + 2]!, weight)) | 0;
        at += 3;
      }
      out[to] = clip(red >> precisionBits);
      out[to + 1] = clip(green >> precisionBits);
      out[to + 2] = clip(blue >> precisionBits);
      to += 3;
    }
  }
}

function resampleRowsGrey(
  data: Uint8Array,
  from: number,
  stride: number,
  rows: number,
  { size, starts, counts, weights }: Coefficients,
  out: Uint8Array,
): void {
  const width = starts.length;
  let to = 0;
  for (let y = 0; y < rows; y++) {
    const row = from + y * stride;
    for (let x = 0; x < width; x++) {
      let at = row + starts[x]!;
      const end = x * size + counts[x]!;
      let sum = half;
      for (let k = x * size; k < end; k++) sum = (sum + Math.imul(data[at++]!, weights[k]!)) | 0;
      out[to++] = clip(sum >> precisionBits);
    }
  }
}

/** @param rows [h, length], row 0 being row `firstRow` of the box */
function resampleColumns(rows: Uint8Array, length: number, firstRow: number, vertical: Coefficients): Uint8Array {
  const { size, starts, counts, weights } = vertical;
  const out = new Uint8Array(starts.length * length);
  const sums = new Int32Array(length);
  for (let y = 0; y < starts.length; y++) {
    const first = (starts[y]! - firstRow) * length;
    const k = y * size;
    const to = y * length;
    let tap = 0;
    sums.fill(half);
    for (; tap + 1 < counts[y]!; tap += 2)
      addTwoRows(sums, rows, first + tap * length, weights[k + tap]!, weights[k + tap + 1]!);
    if (tap < counts[y]!) addRow(sums, rows, first + tap * length, weights[k + tap]!);
    for (let i = 0; i < length; i++) out[to + i] = clip(sums[i]! >> precisionBits);
  }
  return out;
}

function addTwoRows(sums: Int32Array, rows: Uint8Array, from: number, weight: number, next: number): void {
  const length = sums.length;
  const below = from + length;
  for (let i = 0; i < length; i++)
    sums[i] = (sums[i]! + Math.imul(rows[from + i]!, weight) + Math.imul(rows[below + i]!, next)) | 0;
}

function addRow(sums: Int32Array, rows: Uint8Array, from: number, weight: number): void {
  for (let i = 0; i < sums.length; i++) sums[i] = (sums[i]! + Math.imul(rows[from + i]!, weight)) | 0;
}

const clip = (value: number): number => Math.min(value, 255);
