// From validation predictions to what the slider shows: one class's scores, their ROC, the decisions at a threshold.
// The arithmetic is runner/metrics', so that panel and report cannot disagree. Pure.
import type { RunState } from '../runner/contracts/runState.ts';
import { auroc, rocCurve } from '../runner/metrics/roc.ts';
import { decisionsAt, youdenThreshold } from '../runner/metrics/threshold.ts';
import type { Predictions } from './contract.ts';
import type { ViewState } from './state.ts';

/** One class against all others: `labels` 0 or 1, `scores` its probabilities, both [N]. */
export interface Binary {
  readonly labels: readonly number[];
  readonly scores: readonly number[];
  readonly positives: number;
  readonly negatives: number;
}

/** `threshold`: predicted positive if the score is at least this. */
export interface RocPoint {
  readonly falsePositiveRate: number;
  readonly truePositiveRate: number;
  readonly threshold: number;
}

export interface Roc {
  /** From (0, 0) to (1, 1). */
  readonly points: readonly RocPoint[];
  readonly auroc: number;
  /** Where Youden's J (sensitivity + specificity - 1) is largest. */
  readonly optimum: RocPoint & { readonly j: number };
}

/** Counts and shares at one threshold. `precision` is null when nothing is predicted positive. */
export interface Decision {
  readonly truePositives: number;
  readonly falsePositives: number;
  readonly falseNegatives: number;
  readonly trueNegatives: number;
  readonly sensitivity: number;
  readonly specificity: number;
  readonly precision: number | null;
}

/** With two classes the recipe's positive class, else the second; with more the picked one. */
export function positiveLabel(run: RunState, pickedClass: number): number {
  if (run.classNames.length > 2) return pickedClass;
  const named = run.evaluation?.positiveClass ?? run.recipe?.positiveClass ?? null;
  const label = named === null ? -1 : run.classNames.indexOf(named);
  return label >= 0 ? label : 1;
}

/** What the user chose, else the run's own fitted threshold, else 0.5. */
export const thresholdOf = (state: ViewState): number => state.threshold ?? state.run?.evaluation?.threshold ?? 0.5;

export function binaryOf({ labels, probabilities, classCount }: Predictions, positive: number): Binary {
  const positives = labels.filter((label) => label === positive).length;
  return {
    labels: labels.map((label) => (label === positive ? 1 : 0)),
    scores: labels.map((_, i) => probabilities[i * classCount + positive]!),
    positives,
    negatives: labels.length - positives,
  };
}

/** Fewer than 100 images or fewer than 30 of a side: single images move the numbers visibly. */
export const isSmall = ({ positives, negatives }: Binary): boolean =>
  positives + negatives < 100 || Math.min(positives, negatives) < 30;

/** null when one side has no images: then there is no curve. */
export function rocOf({ labels, scores, positives, negatives }: Binary): Roc | null {
  if (positives === 0 || negatives === 0) return null;
  const { falsePositiveRate, truePositiveRate, thresholds } = rocCurve(labels, scores);
  const points = thresholds.map((threshold, i) => ({
    // The curve's first threshold is above every score; a slider ends at 1.
    threshold: Math.min(threshold, 1),
    falsePositiveRate: falsePositiveRate[i]!,
    truePositiveRate: truePositiveRate[i]!,
  }));
  const threshold = Math.min(youdenThreshold(labels, scores), 1);
  const { sensitivity, specificity } = decisionOf({ labels, scores, positives, negatives }, threshold);
  const optimum = {
    threshold,
    truePositiveRate: sensitivity,
    falsePositiveRate: 1 - specificity,
    j: sensitivity + specificity - 1,
  };
  return { points, auroc: auroc(labels, scores)!, optimum };
}

export function decisionOf({ labels, scores }: Binary, threshold: number): Decision {
  return decisionsAt(labels, scores, threshold);
}
