// Influence functions: first-order change of a figure per image. They give standard errors and the correlation of
// figures from the same images without drawing samples. Pure.
import type { Cumulative } from './roc.ts';

/** [N]: change of the figure by image i, up to a constant of its stratum. */
export type Influence = Float64Array;

/**
 * Influence on the area under the ROC curve: a positive image's share of negatives below it over the number of positives, and likewise
 * for negatives; ties count one half. Its spread equals DeLong's.
 *
 * @param labels  0 or 1; both occur
 * @see DeLong, DeLong & Clarke-Pearson 1988; Sun & Xu 2014 (IEEE Signal Processing Letters 21:1389)
 */
export function aurocInfluence(
  { truePositives, falsePositives, positives, negatives, groupOf }: Cumulative,
  labels: ArrayLike<number>,
): Influence {
  const midway = (counts: readonly number[], group: number) => ((counts[group - 1] ?? 0) + counts[group]!) / 2;
  const ofPositive = truePositives.map((_, g) => (1 - midway(falsePositives, g) / negatives) / positives);
  const ofNegative = truePositives.map((_, g) => midway(truePositives, g) / positives / negatives);
  const influence = new Float64Array(groupOf.length);
  for (let i = 0; i < influence.length; i++) influence[i] = (labels[i] === 1 ? ofPositive : ofNegative)[groupOf[i]!]!;
  return influence;
}

/**
 * Influence on average precision. With TP and FP counted down to the score of each of n positives, AP is the mean of TP/(TP + FP); one
 * more positive at or above it adds FP/(TP + FP)², one more negative subtracts TP/(TP + FP)². So an image's influence is a sum over the
 * positives at or below it, which one pass from the lowest score upwards computes for all.
 *
 * @param labels  0 or 1; at least one 1
 */
export function averagePrecisionInfluence(
  { truePositives, falsePositives, positives, groupOf }: Cumulative,
  labels: ArrayLike<number>,
): Influence {
  const groups = truePositives.length;
  const ofPositive = new Float64Array(groups + 1);
  const ofNegative = new Float64Array(groups + 1);
  for (let g = groups - 1; g >= 0; g--) {
    const [tp, fp] = [truePositives[g]!, falsePositives[g]!];
    const found = (tp - (truePositives[g - 1] ?? 0)) / (tp + fp) ** 2 / positives;
    ofPositive[g] = ofPositive[g + 1]! + found * fp;
    ofNegative[g] = ofNegative[g + 1]! - found * tp;
  }
  const influence = new Float64Array(groupOf.length);
  for (let i = 0; i < influence.length; i++) {
    const g = groupOf[i]!;
    influence[i] =
      labels[i] === 1
        ? ofPositive[g]! + truePositives[g]! / (truePositives[g]! + falsePositives[g]!) / positives
        : ofNegative[g]!;
  }
  return influence;
}

/**
 * Mean excess of average precision, due to each positive counting itself: the jackknife's estimate from leaving out every image once,
 * with separate sums for positives and negatives:
 *
 *   Σ over both sides (n − 1)·(mean of AP without one − AP)
 *
 * @returns 0 with fewer than two positives
 * @see Quenouille 1956; Arvesen 1969 on two samples
 */
export function averagePrecisionBias(
  { truePositives, falsePositives, positives, negatives }: Cumulative,
  area: number,
): number {
  if (positives < 2) return 0;
  const groups = truePositives.length;
  const precision = (tp: number, fp: number) => (tp <= 0 ? 0 : tp / (tp + fp));
  const found = truePositives.map((tp, g) => tp - (truePositives[g - 1] ?? 0));
  // Sums over the positives below a group, had one positive or one negative of the group been left out.
  let belowLessPositive = 0;
  let belowLessNegative = 0;
  let withoutPositive = 0;
  let withoutNegative = 0;
  let above = area * positives;
  for (let g = groups - 1; g >= 0; g--) {
    const [tp, fp, own] = [truePositives[g]!, falsePositives[g]!, found[g]!];
    above -= own * precision(tp, fp);
    const lessPositive = precision(tp - 1, fp);
    const lessNegative = fp === 0 ? 0 : precision(tp, fp - 1);
    withoutPositive += own * ((above + (own - 1) * lessPositive + belowLessPositive) / (positives - 1) - area);
    const negativesHere = fp - (falsePositives[g - 1] ?? 0);
    withoutNegative += negativesHere * ((above + own * lessNegative + belowLessNegative) / positives - area);
    belowLessPositive += own * lessPositive;
    belowLessNegative += own * lessNegative;
  }
  return (
    ((positives - 1) * withoutPositive) / positives +
    (negatives < 2 ? 0 : ((negatives - 1) * withoutNegative) / negatives)
  );
}

/**
 * Standard error of Σₖ scaleₖ·influenceₖ for images drawn separately per stratum, in its present number. A stratum of one image adds 0.
 *
 * @param strata  [N], class of each image
 */
export function standardError(
  influences: readonly Influence[],
  strata: ArrayLike<number>,
  scales: readonly number[] = influences.map(() => 1),
): number {
  const sum = new Float64Array(strata.length);
  influences.forEach((influence, k) => {
    const scale = scales[k]!;
    if (scale !== 0) for (let i = 0; i < sum.length; i++) sum[i]! += scale * influence[i]!;
  });
  let size = 0;
  for (let i = 0; i < strata.length; i++) size = Math.max(size, strata[i]! + 1);
  const counts = new Float64Array(size);
  const means = new Float64Array(size);
  const squares = new Float64Array(size);
  for (let i = 0; i < sum.length; i++) {
    const stratum = strata[i]!;
    counts[stratum]!++;
    const away = sum[i]! - means[stratum]!;
    means[stratum]! += away / counts[stratum]!;
    squares[stratum]! += away * (sum[i]! - means[stratum]!);
  }
  let variance = 0;
  for (let stratum = 0; stratum < size; stratum++) {
    const count = counts[stratum]!;
    if (count > 1) variance += (squares[stratum]! * count) / (count - 1);
  }
  // Influences are ratios of counts: a smaller variance is rounding.
  return variance < 1e-24 ? 0 : Math.sqrt(variance);
}
