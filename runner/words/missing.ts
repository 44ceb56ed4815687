import type { Missing } from '../../shared/contracts/classification/evaluation.ts';

/** Why a number is not there, in words: for the terminal and the report alike. */
export const missingText: Readonly<Record<Missing, string>> = {
  noImages: 'no images',
  oneClassOnly: 'one class only',
  noPositives: 'no positives',
  noNegatives: 'no negatives',
  nothingPredictedPositive: 'none predicted positive',
  nothingPredictedNegative: 'none predicted negative',
  notFinite: 'not a number',
};
