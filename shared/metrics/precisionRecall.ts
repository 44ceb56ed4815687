import { averageOverClasses, type Cumulative, cumulate } from './roc.ts';

export interface PrecisionRecallCurve {
  /** One longer than `thresholds`: ends with precision 1, recall 0. */
  readonly precision: readonly number[];
  readonly recall: readonly number[];
  /** Increasing. */
  readonly thresholds: readonly number[];
}

/** @see sklearn.metrics.precision_recall_curve; recall is 1 everywhere without positives, as there */
export function precisionRecallCurve(labels: ArrayLike<number>, scores: ArrayLike<number>): PrecisionRecallCurve {
  const { scores: thresholds, truePositives, falsePositives, positives } = cumulate(labels, scores);
  const precision = truePositives.map((tp, i) => tp / (tp + falsePositives[i]!));
  const recall = truePositives.map((tp) => (positives === 0 ? 1 : tp / positives));
  return {
    precision: [...precision.toReversed(), 1],
    recall: [...recall.toReversed(), 0],
    thresholds: thresholds.toReversed(),
  };
}

/**
 * AUPRC as average precision: Σ (Rₙ − Rₙ₋₁)·Pₙ, without interpolation.
 * @returns in (0, 1]; undefined without positives
 * @see sklearn.metrics.average_precision_score
 */
export const averagePrecision = (labels: ArrayLike<number>, scores: ArrayLike<number>): number | undefined =>
  areaUnderPrecisionRecall(cumulate(labels, scores));

/** `averagePrecision` of scores that are already sorted. */
export function areaUnderPrecisionRecall({ truePositives, falsePositives, positives }: Cumulative): number | undefined {
  if (positives === 0) return undefined;
  const area = truePositives.reduce((sum, tp, i) => {
    const before = i === 0 ? 0 : truePositives[i - 1]!;
    return sum + ((tp - before) / positives) * (tp / (tp + falsePositives[i]!));
  }, 0);
  return Math.min(1, area); // rounding can lift a perfect order above 1 by a last digit
}

/** One class against the rest, macro mean; undefined if a class has no images. */
export const averagePrecisionOneVsRest = (
  labels: ArrayLike<number>,
  scores: ArrayLike<number>,
  classCount: number,
): number | undefined => averageOverClasses(labels, scores, classCount, 'macro', averagePrecision);
