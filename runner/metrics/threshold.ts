import { rocCurve } from './roc.ts';

/** Counts and shares when every score >= threshold is predicted positive. */
export interface ThresholdDecisions {
  readonly truePositives: number;
  readonly falsePositives: number;
  readonly falseNegatives: number;
  readonly trueNegatives: number;
  /** NaN without positives. */
  readonly sensitivity: number;
  /** NaN without negatives. */
  readonly specificity: number;
  /** null when nothing is predicted positive. */
  readonly precision: number | null;
}

/** @param labels N values, 0 or 1 */
export function decisionsAt(
  labels: ArrayLike<number>,
  scores: ArrayLike<number>,
  threshold: number,
): ThresholdDecisions {
  let truePositives = 0;
  let falsePositives = 0;
  let falseNegatives = 0;
  let trueNegatives = 0;
  for (let i = 0; i < labels.length; i++) {
    const positive = scores[i]! >= threshold;
    if (labels[i] === 1) positive ? truePositives++ : falseNegatives++;
    else positive ? falsePositives++ : trueNegatives++;
  }
  const predictedPositive = truePositives + falsePositives;
  return {
    truePositives,
    falsePositives,
    falseNegatives,
    trueNegatives,
    sensitivity: truePositives / (truePositives + falseNegatives),
    specificity: trueNegatives / (trueNegatives + falsePositives),
    precision: predictedPositive === 0 ? null : truePositives / predictedPositive,
  };
}

/**
 * The threshold of the largest Youden's J = sensitivity + specificity − 1 on the ROC curve; of equals the highest threshold.
 * Infinity (predict nothing) when no threshold beats chance; NaN rates, when a class is missing, are an error of the caller.
 * @see Youden 1950; numpy.argmax(tpr - fpr) over sklearn.metrics.roc_curve
 */
export function youdenThreshold(labels: ArrayLike<number>, scores: ArrayLike<number>): number {
  const { falsePositiveRate, truePositiveRate, thresholds } = rocCurve(labels, scores);
  let best = 0;
  thresholds.forEach((_, i) => {
    if (truePositiveRate[i]! - falsePositiveRate[i]! > truePositiveRate[best]! - falsePositiveRate[best]!) best = i;
  });
  return thresholds[best]!;
}
