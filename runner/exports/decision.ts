// From logits to a class, as a run decides: by the threshold on the positive class' probability, before any temperature; else the most
// probable class.
import { indexOfLargest } from '../contracts/lists.ts';
import { softmaxRows } from '../metrics/logLoss.ts';

export interface Decider {
  /** Index of the positive class; null: none. */
  readonly positiveLabel: number | null;
  readonly threshold: number | null;
  /** Of the calibrated probabilities; no decision depends on it. */
  readonly temperature: number | null;
}

export function decisionOf(logits: readonly number[], { positiveLabel, threshold }: Decider): number {
  const probabilities = softmaxRows(logits, logits.length);
  if (positiveLabel === null || threshold === null || logits.length !== 2) return indexOfLargest(probabilities);
  return probabilities[positiveLabel]! >= threshold ? positiveLabel : 1 - positiveLabel;
}
