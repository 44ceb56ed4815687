// Pillow's bilinear resize with antialiasing, bit for bit: separable, 8 bits between the passes, coefficients in 22-bit fixed point
// (Pillow src/libImaging/Resample.c). Only the pixels that the window needs are computed.
import type { Raster } from '../images/samples/raster.ts';

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
 * @param box     part of the image to resize; pixels outside it are ignored
 * @param resized size to which the box is resized
 * @param window  part of the resized image to return; all of it when left out
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
  const rows = vertical.starts[window.height - 1]! + vertical.taps - firstRow;
  const middle = new Uint8Array(rows * window.width * channels);
  const from = ((box.y + firstRow) * image.width + box.x) * channels;
  if (channels === 1) resampleRowsGrey(image.data, from, image.width, rows, horizontal, middle);
  else resampleRowsRgb(image.data, from, image.width * 3, rows, horizontal, middle);
  const data = resampleColumns(middle, window.width * channels, firstRow, vertical);
  return { width: window.width, height: window.height, channels, data };
}

/** For each output pixel i: `taps` weights at `weights[i * taps]`, for the inputs from `starts[i]` on. Weights sum to about 2^22. */
interface Coefficients {
  readonly taps: number;
  readonly starts: Int32Array;
  readonly weights: Int32Array;
}

const precisionBits = 22;
const half = 1 << (precisionBits - 1);

/** The triangle filter, widened when shrinking, for `count` outputs from `first` on, of inputs [0, inSize). */
function coefficients(inSize: number, outSize: number, first: number, count: number): Coefficients {
  const scale = inSize / outSize;
  const support = Math.max(scale, 1);
  const lists: { start: number; weights: number[] }[] = [];
  for (let i = 0; i < count; i++) {
    const center = (first + i + 0.5) * scale;
    const low = Math.max(0, Math.trunc(center - support + 0.5));
    const high = Math.min(inSize, Math.trunc(center + support + 0.5));
    const exact: number[] = [];
    for (let x = low; x < high; x++) exact.push(triangle((x - center + 0.5) / support));
    const sum = exact.reduce((total, weight) => total + weight, 0);
    const weights = exact.map((weight) => Math.trunc(0.5 + (weight / sum) * (1 << precisionBits)));
    // Zero weights at the ends only cost time.
    const from = weights.findIndex((weight) => weight !== 0);
    const to = weights.findLastIndex((weight) => weight !== 0) + 1;
    lists.push({ start: low + from, weights: weights.slice(from, to) });
  }
  // The same number of taps everywhere gives the loops over pixels an inner loop of known length.
  const taps = lists.reduce((most, { weights }) => Math.max(most, weights.length), 1);
  const starts = new Int32Array(count);
  const all = new Int32Array(count * taps);
  lists.forEach(({ start, weights }, i) => {
    starts[i] = Math.min(start, inSize - taps);
    all.set(weights, i * taps + start - starts[i]!);
  });
  return { taps, starts, weights: all };
}

const triangle = (x: number): number => Math.max(0, 1 - Math.abs(x));

// Rounded weights sum to 2^22 plus at most half their number, so 8-bit pixels give sums within 31 bits and no more than 255 after the
// shift (up to 16,000 taps): nothing needs clipping.

function resampleRowsRgb(
  data: Uint8Array,
  from: number,
  stride: number,
  rows: number,
  { taps, starts, weights }: Coefficients,
  out: Uint8Array,
): void {
  const width = starts.length;
  let to = 0;
  for (let y = 0; y < rows; y++) {
    const row = from + y * stride;
    for (let x = 0; x < width; x++) {
      let at = row + starts[x]! * 3;
      let k = x * taps;
      let weight = weights[k]!;
      let red = (half + Math.imul(data[at]!, weight)) | 0;
      let green = (half + Math.imul(data[at + 1]!, weight)) | 0;
      let blue = (half + Math.imul(data[at + 2]!, weight)) | 0;
      for (const end = k + taps - 1; k < end; ) {
        weight = weights[++k]!;
        at += 3;
        red = (red + Math.imul(data[at]!, weight)) | 0;
        green = (green + Math.imul(data[at + 1]!, weight)) | 0;
        blue = (blue + Math.imul(data[at + 2]!, weight)) | 0;
      }
      out[to] = red >> precisionBits;
      out[to + 1] = green >> precisionBits;
      out[to + 2] = blue >> precisionBits;
      to += 3;
    }
  }
}

function resampleRowsGrey(
  data: Uint8Array,
  from: number,
  stride: number,
  rows: number,
  { taps, starts, weights }: Coefficients,
  out: Uint8Array,
): void {
  const width = starts.length;
  let to = 0;
  for (let y = 0; y < rows; y++) {
    const row = from + y * stride;
    for (let x = 0; x < width; x++) {
      let at = row + starts[x]!;
      let sum = half;
      for (let k = x * taps; k < (x + 1) * taps; k++) sum = (sum + Math.imul(data[at++]!, weights[k]!)) | 0;
      out[to++] = sum >> precisionBits;
    }
  }
}

/** @param rows [h, length]; row 0 is row `firstRow` of the box */
function resampleColumns(rows: Uint8Array, length: number, firstRow: number, vertical: Coefficients): Uint8Array {
  const { taps, starts, weights } = vertical;
  const out = new Uint8Array(starts.length * length);
  const sums = new Int32Array(length);
  for (let y = 0; y < starts.length; y++) {
    const from = (starts[y]! - firstRow) * length;
    const k = y * taps;
    sums.fill(half);
    // Four rows at a time, because most of the time is spent reading and writing the sums.
    let tap = 0;
    for (; tap + 3 < taps; tap += 4) addFourRows(sums, rows, from + tap * length, weights, k + tap);
    for (; tap + 1 < taps; tap += 2) addTwoRows(sums, rows, from + tap * length, weights, k + tap);
    if (tap < taps) addRow(sums, rows, from + tap * length, weights[k + tap]!);
    const to = y * length;
    for (let i = 0; i < length; i++) out[to + i] = sums[i]! >> precisionBits;
  }
  return out;
}

function addFourRows(sums: Int32Array, rows: Uint8Array, a: number, weights: Int32Array, k: number): void {
  const { length } = sums;
  const [b, c, d] = [a + length, a + 2 * length, a + 3 * length];
  const [wa, wb, wc, wd] = [weights[k]!, weights[k + 1]!, weights[k + 2]!, weights[k + 3]!];
  for (let i = 0; i < length; i++) {
    const first = (Math.imul(rows[a + i]!, wa) + Math.imul(rows[b + i]!, wb)) | 0;
    const second = (Math.imul(rows[c + i]!, wc) + Math.imul(rows[d + i]!, wd)) | 0;
    sums[i] = (sums[i]! + first + second) | 0;
  }
}

function addTwoRows(sums: Int32Array, rows: Uint8Array, a: number, weights: Int32Array, k: number): void {
  const { length } = sums;
  const b = a + length;
  const [wa, wb] = [weights[k]!, weights[k + 1]!];
  for (let i = 0; i < length; i++) sums[i] = (sums[i]! + Math.imul(rows[a + i]!, wa) + Math.imul(rows[b + i]!, wb)) | 0;
}

function addRow(sums: Int32Array, rows: Uint8Array, from: number, weight: number): void {
  for (let i = 0; i < sums.length; i++) sums[i] = (sums[i]! + Math.imul(rows[from + i]!, weight)) | 0;
}
