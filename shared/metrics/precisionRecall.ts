import { averageOverClasses, type Cumulative, cumulate } from './roc.ts';

export interface PrecisionRecallCurve {
  /** One longer than `thresholds`: ends with precision 1, recall 0. */
  readonly precision: readonly number[];
  readonly recall: readonly number[];
  /** Increasing. */
  readonly thresholds: readonly number[];
}

/** @see sklearn.metrics.precision_recall_curve; recall is 1 everywhere when there are no positives, as there */
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
 * @returns in (0, 1]; undefined when there are no positives
 * @see sklearn.metrics.average_precision_score
 */
export const averagePrecision = (labels: ArrayLike<number>, scores: ArrayLike<number>): number | undefined =>
  areaUnderPrecisionRecall(cumulate(labels, scores));

/** `averagePrecision` of scores that are in order already. */
export function areaUnderPrecisionRecall({ truePositives, falsePositives, positives }: Cumulative): number | undefined {
  if (positives === 0) return undefined;
  const area = truePositives.reduce((sum, tp, i) => {
    const before = i === 0 ? 0 : truePositives[i - 1]!;
    return sum + ((tp - before) / positives) * (tp / (tp + falsePositives[i]!));
  }, 0);
  return Math.min(1, area); // rounding can put a perfect order a last digit above
}

/** One class against the rest, macro mean; undefined when a class is missing. */
export const averagePrecisionOneVsRest = (
  labels: ArrayLike<number>,
  scores: ArrayLike<number>,
  classCount: number,
): number | undefined => averageOverClasses(labels, scores, classCount, 'macro', averagePrecision);
