import type { Missing } from '../../shared/contracts/classification/evaluation.ts';

/** The reason why a number is missing, in words, for both terminal and report. */
export const missingText: Readonly<Record<Missing, string>> = {
  noImages: 'no images',
  oneClassOnly: 'one class only',
  noPositives: 'no positives',
  noNegatives: 'no negatives',
  nothingPredictedPositive: 'none predicted positive',
  nothingPredictedNegative: 'none predicted negative',
  notFinite: 'not a number',
};
