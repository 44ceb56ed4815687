// Fits on a run's validation images: a threshold for two classes, and a temperature.
import type { ThresholdMissing } from '../contracts/classification/evaluation.ts';
import { atLogOdds, logOddsOf, type Threshold } from '../contracts/scores.ts';
import { fitTemperature, type TemperatureFit } from './temperature.ts';
import { thresholdBy } from './threshold.ts';

export interface FittedThreshold {
  /** The threshold with the largest Youden's J. */
  readonly threshold: Threshold | null;
  /** null: there is a threshold, or there are more than two classes. */
  readonly missing: ThresholdMissing | null;
}

export interface FittedDecision extends FittedThreshold {
  readonly temperature: TemperatureFit;
}

/**
 * @param labels         N class numbers
 * @param logits         [N, K]
 * @param positiveLabel  null: more than two classes
 */
export const fitDecision = (
  labels: readonly number[],
  logits: ArrayLike<number>,
  classCount: number,
  positiveLabel: number | null,
): FittedDecision => ({
  ...(positiveLabel === null ? { threshold: null, missing: null } : fitThreshold(labels, logits, positiveLabel)),
  temperature: fitTemperature(labels, logits, classCount),
});

function fitThreshold(labels: readonly number[], logits: ArrayLike<number>, positiveLabel: number): FittedThreshold {
  const isPositive = labels.map((label) => (label === positiveLabel ? 1 : 0));
  const { threshold, reason } = thresholdBy({ rule: 'youden' }, isPositive, logOddsOf(logits, 2, positiveLabel));
  if (threshold !== null) return { threshold: atLogOdds(threshold), missing: null };
  switch (reason) {
    case 'oneClassOnly':
    case 'noImages':
    case 'notFinite':
      return { threshold: null, missing: reason };
    default:
      return { threshold: null, missing: 'noBetterThanChance' };
  }
}
