// A threshold in words, for terminal, report and model card.
import type { ThresholdMissing } from '../../shared/contracts/classification/evaluation.ts';
import { needsLogOdds, type Threshold } from '../../shared/contracts/scores.ts';
import { fixed } from '../../shared/fixed.ts';

/** 0.4312; with the log-odds where the digits would read 0 or 1. */
export const thresholdText = (threshold: Threshold, digits = 4): string => {
  const probability = fixed(threshold.probability, digits);
  return needsLogOdds(threshold, digits) ? `${probability} (log-odds ${fixed(threshold.logOdds, 2)})` : probability;
};

/** Reason why the most probable class decides; files of older versions contain none. */
export const noThresholdText = (reason: ThresholdMissing | null | undefined): string =>
  reason ? reasons[reason] : 'the threshold is unknown';

const reasons: Readonly<Record<ThresholdMissing, string>> = {
  noBetterThanChance: 'no threshold is better than chance on validation',
  oneClassOnly: 'the validation images are of one class, so no threshold was fitted',
  notFinite: 'some validation scores are not finite, so no threshold was fitted',
  noImages: 'there are no validation images, so no threshold was fitted',
  notFitted: 'the run ended before a threshold was fitted, and the predictions of its kept epoch cannot be read',
  notInModel: 'the model file contains no threshold',
};
