import type { Missing } from '../../shared/contracts/classification/evaluation.ts';

/** Reason for a missing figure, for both terminal and report. */
export const missingText: Readonly<Record<Missing, string>> = {
  noImages: 'no images',
  oneClassOnly: 'one class only',
  noPositives: 'no positives',
  noNegatives: 'no negatives',
  nothingPredictedPositive: 'none predicted positive',
  nothingPredictedNegative: 'none predicted negative',
  notFinite: 'not a number',
};
