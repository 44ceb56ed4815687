// The run's rule from logits to a class: the threshold on the positive class's log-odds, before any temperature; otherwise the most
// probable class.

import { logOddsRows, type Threshold } from '../../shared/contracts/scores.ts';
import { indexOfLargest } from '../../shared/lists.ts';

export interface Decider {
  /** Index of the positive class; null: there is none. */
  readonly positiveLabel: number | null;
  readonly threshold: Threshold | null;
  /** Temperature of the calibrated probabilities; no decision depends on it. */
  readonly temperature: number | null;
}

export function decisionOf(logits: readonly number[], { positiveLabel, threshold }: Decider): number {
  if (positiveLabel === null || threshold === null || logits.length !== 2) return indexOfLargest(logits);
  return logOddsRows(logits, 2)[positiveLabel]! >= threshold.logOdds ? positiveLabel : 1 - positiveLabel;
}
