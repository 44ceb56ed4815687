// From validation predictions to the content of the slider: one class's scores, their ROC, the decisions at a threshold.
// shared/metrics does the arithmetic, so that panel and report cannot disagree. Pure.
import type { RunState } from '../../shared/contracts/runState.ts';
import { logOddsOf, nothing } from '../../shared/contracts/scores.ts';
import type { Predictions } from '../../shared/messages/run.ts';
import { auroc, rocCurve } from '../../shared/metrics/roc.ts';
import { decisionsAt, type ThresholdDecisions, youdenThreshold } from '../../shared/metrics/threshold.ts';

/** One class against all others: `labels` 0 or 1, `scores` its log-odds, both [N]. */
export interface Binary {
  readonly labels: readonly number[];
  readonly scores: readonly number[];
  readonly positives: number;
  readonly negatives: number;
}

/** `threshold`: predicted positive if the log-odds are at least this. */
export interface RocPoint {
  readonly falsePositiveRate: number;
  readonly truePositiveRate: number;
  readonly threshold: number;
}

export interface Roc {
  /** From (0, 0) to (1, 1). */
  readonly points: readonly RocPoint[];
  readonly auroc: number;
  /** Threshold with the largest Youden's J (sensitivity + specificity - 1); null if none is better than chance. */
  readonly optimum: (RocPoint & { readonly j: number }) | null;
}

/** Label of the recipe's positive class with two classes, else the second; with more the picked one. */
export function positiveLabel(run: RunState, pickedClass: number): number {
  if (run.classNames.length > 2) return pickedClass;
  const named = run.evaluation?.positiveClass ?? run.recipe?.positiveClass ?? null;
  const label = named === null ? -1 : run.classNames.indexOf(named);
  return label >= 0 ? label : 1;
}

export function binaryOf({ labels: all, logits, classCount }: Predictions, positive: number): Binary {
  const labels = all.map((label) => (label === positive ? 1 : 0));
  const positives = labels.filter((label) => label === 1).length;
  return { labels, scores: logOddsOf(logits, classCount, positive), positives, negatives: labels.length - positives };
}

/** Fewer than 100 images or fewer than 30 of a class: single images change the numbers visibly. */
export const isSmall = ({ positives, negatives }: Binary): boolean =>
  positives + negatives < 100 || Math.min(positives, negatives) < 30;

/** null when a class has no images, because then there is no curve. */
export function rocOf(binary: Binary): Roc | null {
  const { labels, scores, positives, negatives } = binary;
  if (positives === 0 || negatives === 0) return null;
  return { points: rocPoints(binary), auroc: auroc(labels, scores)!, optimum: optimumOf(binary) };
}

/** From (0, 0) to (1, 1); both classes need images. */
export function rocPoints({ labels, scores }: Pick<Binary, 'labels' | 'scores'>): RocPoint[] {
  const { falsePositiveRate, truePositiveRate, thresholds } = rocCurve(labels, scores);
  return thresholds.map((threshold, i) => ({
    // The curve's first threshold is above every score, and must be finite to be stored and sent.
    threshold: Math.min(threshold, nothing.logOdds),
    falsePositiveRate: falsePositiveRate[i]!,
    truePositiveRate: truePositiveRate[i]!,
  }));
}

export function decisionOf({ labels, scores }: Binary, threshold: number): ThresholdDecisions {
  return decisionsAt(labels, scores, threshold);
}

function optimumOf(binary: Binary): Roc['optimum'] {
  const threshold = youdenThreshold(binary.labels, binary.scores);
  if (threshold === Number.POSITIVE_INFINITY) return null;
  const { sensitivity, specificity } = decisionOf(binary, threshold);
  return {
    threshold,
    truePositiveRate: sensitivity,
    falsePositiveRate: 1 - specificity,
    j: sensitivity + specificity - 1,
  };
}
