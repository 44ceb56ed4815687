// Calibration of the displayed probabilities: of the positive class with two classes, of the most probable one with more. Pure.
import type { Figure } from '../../shared/contracts/classification/evaluation.ts';
import {
  type ByChance,
  brierFigure,
  brierFigureMulticlass,
  calibrationErrorFigure,
  type ReliabilityBin,
  reliabilityCurve,
  topLabel,
} from '../../shared/metrics/calibration.ts';
import type { EvaluationModel } from './model.ts';

export interface Calibration {
  /** Ten bins of equal width. */
  readonly bins: readonly ReliabilityBin[];
  readonly ece: Figure;
  /** Expected error of a perfectly calibrated model. */
  readonly eceByChance: ByChance | null;
  readonly brier: Figure;
  /** Brier score of always predicting the proportion of positives; null: more than two classes. */
  readonly brierBaseline: number | null;
}

/** null: no labels, no images, or a score that is not a probability. */
export function calibrationOf({ labels, probabilities, classNames, side }: EvaluationModel): Calibration | null {
  if (labels === null) return null;
  const asked =
    side?.labels == null
      ? topLabel(labels, probabilities, classNames.length)
      : { labels: side.labels, scores: side.probabilities };
  const bins = reliabilityCurve(asked.labels, asked.scores);
  if (bins === null) return null;
  const prevalence = asked.labels.filter((label) => label === 1).length / labels.length;
  const { figure: ece, byChance } = calibrationErrorFigure(bins);
  return {
    bins,
    ece,
    eceByChance: byChance,
    brier:
      side === null
        ? brierFigureMulticlass(labels, probabilities, classNames.length)
        : brierFigure(asked.labels, asked.scores),
    brierBaseline: side === null ? null : prevalence * (1 - prevalence),
  };
}
