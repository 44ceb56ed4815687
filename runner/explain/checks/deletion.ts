// The deletion curve: the fall of the score while pixels are removed in the order of a map's values, compared with random orders.
// Petsiuk et al. 2018 (RISE), https://arxiv.org/abs/1806.07421, with a blurred image instead of gray, which no network was trained on.
import { upsampledMap } from '../../../shared/contracts/heatMap.ts';
import { stream } from '../../../shared/random.ts';

/** Shares of removed pixels. Closer together at the start, where a good map has its effect. */
export const deletionFractions = [0, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 1] as const;

/** A map no better than chance has a lower area than all random ones in one of twenty cases. */
export const randomRepeats = 19;

/** Computes the scores: 8-bit RGB views [size, size, 3] -> one number each, in order. */
export type ScoreViews = (views: readonly Uint8Array[]) => Promise<readonly number[]>;

export interface Curve {
  /** One score for each of `deletionFractions`. */
  readonly scores: readonly number[];
  /** Area under the scores over the fractions, by the trapezoid rule: the mean score over the deletion. */
  readonly area: number;
}

/**
 * @param view   [size, size, 3]
 * @param values the map, [side, side], in [0, 1]
 * @returns the map's curve and those of `randomRepeats` random maps of the same coarseness, which remove patches of the same size
 */
export async function deletionCurves(
  view: Uint8Array,
  size: number,
  values: Float32Array,
  side: number,
  seed: number,
  score: ScoreViews,
): Promise<{ readonly map: Curve; readonly random: readonly Curve[] }> {
  const blurred = blurredView(view, size);
  const randomMap = (repeat: number) => {
    const draw = stream(seed, 'deletion', repeat);
    return upsampledMap(Float32Array.from(values, draw), side, side, size);
  };
  const upsampled = upsampledMap(values, side, side, size);
  // Where the map is constant (0 over wide parts), a random map decides, again in patches.
  const orders = [
    orderOf(upsampled, randomMap(0)),
    ...Array.from({ length: randomRepeats }, (_, repeat) => orderOf(randomMap(repeat + 1), upsampled)),
  ];
  const inner = deletionFractions.slice(1, -1);
  const [full = 0, none = 0] = await score([view.slice(), blurred.slice()]);
  const curves: Curve[] = [];
  for (const order of orders) {
    const views = inner.map((fraction) => removed(view, blurred, order, Math.round(fraction * order.length)));
    const scores = [full, ...(await score(views)), none];
    curves.push({ scores, area: areaUnder(deletionFractions, scores) });
  }
  const [map, ...random] = curves;
  return { map: map!, random };
}

/** Pixels by falling value; equal ones by the other map, then by position. */
export function orderOf(values: Float32Array, amongEqual: Float32Array): Uint32Array {
  return Uint32Array.from({ length: values.length }, (_, i) => i).sort(
    (i, j) => values[j]! - values[i]! || amongEqual[j]! - amongEqual[i]! || i - j,
  );
}

/** The view with the first `count` pixels of the order replaced by those of the blurred view. */
export function removed(view: Uint8Array, blurred: Uint8Array, order: Uint32Array, count: number): Uint8Array {
  const out = view.slice();
  for (const pixel of order.subarray(0, count)) for (let c = 3 * pixel; c < 3 * pixel + 3; c++) out[c] = blurred[c]!;
  return out;
}

/** Trapezoid rule. */
export function areaUnder(x: readonly number[], y: readonly number[]): number {
  return y.slice(1).reduce((sum, value, i) => sum + ((value + y[i]!) / 2) * (x[i + 1]! - x[i]!), 0);
}

/** Three box blurs of an eighth of the side, edges continued: close to a Gaussian that keeps colors and removes shapes. */
export function blurredView(view: Uint8Array, size: number): Uint8Array {
  const reach = Math.max(1, Math.round(size / 16));
  let pixels = Float32Array.from(view);
  for (let pass = 0; pass < 3; pass++) {
    pixels = boxBlur(pixels, size, reach, 3, 3 * size);
    pixels = boxBlur(pixels, size, reach, 3 * size, 3);
  }
  return Uint8Array.from(pixels, (value) => Math.round(value));
}

/** Mean of 2 · reach + 1 neighbors along one direction; `step` is the distance of two pixels, `stride` that of two lines. */
function boxBlur(
  pixels: Float32Array,
  size: number,
  reach: number,
  step: number,
  stride: number,
): Float32Array<ArrayBuffer> {
  const out = new Float32Array(pixels.length);
  const width = 2 * reach + 1;
  const inside = (i: number) => Math.min(size - 1, Math.max(0, i));
  for (let line = 0; line < size; line++)
    for (let c = 0; c < 3; c++) {
      const from = line * stride + c;
      let sum = 0;
      for (let k = -reach; k <= reach; k++) sum += pixels[from + inside(k) * step]!;
      for (let i = 0; i < size; i++) {
        out[from + i * step] = sum / width;
        sum += pixels[from + inside(i + reach + 1) * step]! - pixels[from + inside(i - reach) * step]!;
      }
    }
  return out;
}
