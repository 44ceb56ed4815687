// A threshold in words: for the terminal, the report and the model card alike.
import type { ThresholdMissing } from '../../shared/contracts/classification/evaluation.ts';
import { needsLogOdds, type Threshold } from '../../shared/contracts/scores.ts';
import { fixed } from '../../shared/fixed.ts';

/** 0.4312; with the log-odds where the digits would read 0 or 1. */
export const thresholdText = (threshold: Threshold, digits = 4): string => {
  const probability = fixed(threshold.probability, digits);
  return needsLogOdds(threshold, digits) ? `${probability} (log-odds ${fixed(threshold.logOdds, 2)})` : probability;
};

/** Why the most probable class decides; files of older versions give no reason. */
export const noThresholdText = (reason: ThresholdMissing | null | undefined): string =>
  reason ? reasons[reason] : 'no threshold is known';

const reasons: Readonly<Record<ThresholdMissing, string>> = {
  noBetterThanChance: 'no threshold beats chance on validation',
  oneClassOnly: 'the validation images are of one class, so no threshold was fitted',
  notFinite: 'validation has scores that are not finite, so no threshold was fitted',
  noImages: 'without validation images no threshold was fitted',
  notFitted: 'the run ended before a threshold was fitted, and the predictions of its kept epoch cannot be read',
  notInModel: 'the model file brings no threshold',
};
