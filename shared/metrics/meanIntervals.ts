// 95 % intervals of means over classes that share images. Pure.
import type { Influence } from './influence.ts';
import { standardError } from './influence.ts';
import { type Interval, normalQuantile975, type Share } from './intervals.ts';

export interface MeanPart {
  readonly value: number;
  readonly interval: Interval;
  readonly weight: number;
  readonly influence: Influence;
}

export const weightedMean = (parts: readonly { readonly value: number; readonly weight: number }[]): number =>
  parts.reduce((sum, { value, weight }) => sum + weight * value, 0) /
  parts.reduce((sum, { weight }) => sum + weight, 0);

/**
 * Interval of the mean of several classes' areas: the distances from each area to its limits are added as squares, with the correlation
 * of the areas due to shared images (from their influences):
 *
 *   low = mean − √(Σₖ Σⱼ rₖⱼ·wₖ(vₖ − lₖ)·wⱼ(vⱼ − lⱼ)),   high likewise
 *
 * An area without spread, such as that of a perfect order, counts as independent. No end is closer than it would be for independent areas:
 * with two or three images per class the observed correlations are chance, and negative ones could cancel the whole spread
 * (docs/intervals.md).
 *
 * @param strata  [N], class of each image
 * @see Zou & Donner 2008 (Statistics in Medicine 27:1693), MOVER, with the correlations of DeLong et al. 1988
 */
export function correlatedMeanInterval(parts: readonly MeanPart[], strata: ArrayLike<number>): Interval {
  const mean = weightedMean(parts);
  const total = parts.reduce((sum, { weight }) => sum + weight, 0);
  const errors = parts.map(({ influence }) => standardError([influence], strata));
  const reach = (end: 0 | 1) => {
    const distances = parts.map(({ value, interval, weight }) => (weight * Math.abs(value - interval[end])) / total);
    const alone = distances.filter((_, k) => errors[k] === 0);
    const together = standardError(
      parts.map(({ influence }) => influence),
      strata,
      distances.map((distance, k) => (errors[k] === 0 ? 0 : distance / errors[k]!)),
    );
    // biome-ignore lint/plugin: one number a class
    return Math.max(Math.hypot(together, ...alone), Math.hypot(...distances));
  };
  return [Math.max(0, mean - reach(0)), Math.min(1, mean + reach(1))];
}

/**
 * Interval of the weighted mean of K independent proportions, such as balanced accuracy: each gets 2/K successes and as many failures,
 *
 *   p̃ₖ = (aₖ + 2/K) / (nₖ + 4/K),   Σ wₖp̃ₖ ± 1.96·√(Σ wₖ²·p̃ₖ(1 − p̃ₖ) / (nₖ + 4/K)),
 *
 * and it always contains the mean itself. A proportion of no images could have any value.
 *
 * @param weights  equal when left out; any sum
 * @example meanOfSharesInterval([[81, 263], [15, 148]]) // [0.1708, 0.2453]
 * @see Price & Bonett 2004 (Computational Statistics & Data Analysis 45:449); of two: Agresti & Caffo 2000
 */
export function meanOfSharesInterval(shares: readonly Share[], weights = shares.map(() => 1)): Interval {
  const parts = adjusted(shares, weights);
  const value = weightedMean(shares.map(([a, n], k) => ({ value: n === 0 ? 0 : a / n, weight: weights[k]! })));
  return around(
    value,
    parts.reduce((sum, { weight, share }) => sum + weight * share, 0),
    // biome-ignore lint/plugin: one number a class
    Math.hypot(...parts.map(({ weight, share, total }) => weight * Math.sqrt((share * (1 - share)) / total))),
  );
}

/**
 * Interval of the weighted mean of F1 = 2J/(1 + J) over classes, J = TP / (TP + FP + FN): as `meanOfSharesInterval`, on F1's scale, with
 * the correlation between the F1 of two classes: an image of one predicted as the other counts against both.
 *
 *   Σ wₖ·F̃ₖ ± 1.96·√(Σₖ Σⱼ rₖⱼ·sₖ·sⱼ),   sₖ = wₖ·2/(1 + J̃ₖ)²·√(J̃ₖ(1 − J̃ₖ) / (nₖ + 4/K))
 *
 * @param matrix   `confusionMatrix[true][predicted]`
 * @param weights  of each class; 0 excludes it
 */
export function meanF1Interval(matrix: readonly (readonly number[])[], weights: readonly number[]): Interval {
  const right = matrix.map((row, k) => row[k]!);
  const wrong = matrix.map((row, k) => sumOf(row) + sumOf(matrix.map((other) => other[k]!)) - 2 * right[k]!);
  const kept = [...matrix.keys()].filter((k) => weights[k]! > 0);
  const parts = adjusted(
    kept.map((k) => [right[k]!, right[k]! + wrong[k]!]),
    kept.map((k) => weights[k]!),
  );
  // Effect of an image on the F1 of a class: found, or missed or wrongly found; the mean over all images is 0.
  const found = matrix.map((_, k) => (2 * wrong[k]!) / denominator(right[k]!, wrong[k]!) ** 2);
  const lost = matrix.map((_, k) => (-2 * right[k]!) / denominator(right[k]!, wrong[k]!) ** 2);
  const scales = new Float64Array(matrix.length);
  let alone = 0;
  kept.forEach((k, i) => {
    const { weight, share, total } = parts[i]!;
    const reach = (weight * 2 * Math.sqrt((share * (1 - share)) / total)) / (1 + share) ** 2;
    const spread = Math.sqrt(right[k]! * found[k]! ** 2 + wrong[k]! * lost[k]! ** 2);
    if (spread < 1e-12) alone += reach ** 2;
    else scales[k] = reach / spread;
  });
  let together = 0;
  matrix.forEach((row, truth) => {
    row.forEach((count, said) => {
      if (count === 0) return;
      const moved =
        truth === said ? scales[truth]! * found[truth]! : scales[truth]! * lost[truth]! + scales[said]! * lost[said]!;
      together += count * moved ** 2;
    });
  });
  const f1 = (share: number) => (2 * share) / (1 + share);
  return around(
    weightedMean(
      kept.map((k) => ({ value: (2 * right[k]!) / denominator(right[k]!, wrong[k]!), weight: weights[k]! })),
    ),
    parts.reduce((sum, { weight, share }) => sum + weight * f1(share), 0),
    Math.sqrt(together + alone),
  );
}

/** 2·TP + FP + FN; 1 if all are 0. */
const denominator = (right: number, wrong: number): number => Math.max(1, 2 * right + wrong);

/** Weights with a sum of 1, and shares with 2/K additional successes and failures. */
function adjusted(shares: readonly Share[], weights: readonly number[]) {
  const more = 2 / shares.length;
  const sum = sumOf(weights);
  return shares.map(([a, n], k) => ({
    weight: weights[k]! / sum,
    share: (a + more) / (n + 2 * more),
    total: n + 2 * more,
  }));
}

function around(value: number, centre: number, error: number): Interval {
  const reach = normalQuantile975 * error;
  return [Math.max(0, Math.min(value, centre - reach)), Math.min(1, Math.max(value, centre + reach))];
}

const sumOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);
