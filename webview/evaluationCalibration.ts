// Calibration of what is shown: two classes by the positive class, more by the most probable one. Pure.
import {
  brierScore,
  brierScoreMulticlass,
  expectedCalibrationError,
  type ReliabilityBin,
  reliabilityCurve,
  topLabel,
} from '../runner/metrics/calibration.ts';
import type { EvaluationModel } from './evaluationModel.ts';

export interface Calibration {
  /** Ten of the same width. */
  readonly bins: readonly ReliabilityBin[];
  readonly ece: number | null;
  readonly brier: number | null;
  /** Of always saying the share of the positives; null: more than two classes. */
  readonly brierBaseline: number | null;
  /** Images. */
  readonly count: number;
}

/** null: no labels, no images, or a score that is no probability. */
export function calibrationOf({ labels, probabilities, classNames, side }: EvaluationModel): Calibration | null {
  if (labels === null) return null;
  const asked =
    side?.labels == null ? topLabel(labels, probabilities, classNames.length) : { ...side, labels: side.labels };
  const bins = reliabilityCurve(asked.labels, asked.scores);
  if (bins === null) return null;
  const prevalence = asked.labels.filter((label) => label === 1).length / labels.length;
  return {
    bins,
    ece: expectedCalibrationError(bins),
    brier:
      side === null
        ? brierScoreMulticlass(labels, probabilities, classNames.length)
        : brierScore(asked.labels, asked.scores),
    brierBaseline: side === null ? null : prevalence * (1 - prevalence),
    count: labels.length,
  };
}
