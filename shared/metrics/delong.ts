import { aurocInfluence, standardError as spreadOf } from './influence.ts';
import { type Interval, logitInterval, normalQuantile975 } from './intervals.ts';
import { twoSidedP } from './normal.ts';
import { areaUnderRoc, type Cumulative, cumulate } from './roc.ts';

export interface DeLong {
  /** AUROC of the first and of the second classifier. */
  readonly areas: readonly [number, number];
  /** First minus second. */
  readonly difference: number;
  readonly standardError: number;
  /** 95 % interval of the difference, within [−1, 1]; null when the standard error is 0 (see `pValue`). */
  readonly interval: readonly [low: number, high: number] | null;
  /** Two-sided, for the hypothesis of equal areas; null if the scores never differ or have no spread: then there is nothing to test. */
  readonly pValue: number | null;
}

/**
 * DeLong's test for two correlated AUROCs: two scores of the same images. The fast form: a score's placement follows from its midrank
 * among all images and among those of its own class, so the cost is that of sorting.
 *
 *   V10ᵢ = (rank of positive i among all − its rank among positives) / n,   V01ⱼ = 1 − (rank among all − among negatives) / m
 *   var(θ₁ − θ₂) = var(V10₁ − V10₂)/m + var(V01₁ − V01₂)/n,   m positives, n negatives
 *
 * @param labels  N values, 0 or 1
 * @param first, second  N finite scores each; higher means more likely 1
 * @returns undefined if a class has fewer than two images, because there is no variance then
 * @throws Error naming the first score that is not finite
 * @see DeLong, DeLong & Clarke-Pearson 1988; Sun & Xu 2014 (IEEE Signal Processing Letters 21:1389); pROC's roc.test
 */
export function delong(
  labels: ArrayLike<number>,
  first: ArrayLike<number>,
  second: ArrayLike<number>,
): DeLong | undefined {
  const { positives, negatives } = bySide(labels);
  if (positives.length < 2 || negatives.length < 2) return undefined;
  const [a, b] = [placements(positives, negatives, first), placements(positives, negatives, second)];
  const areas = [mean(a.positives), mean(b.positives)] as const;
  const difference = areas[0] - areas[1];
  const differences = (first: readonly number[], second: readonly number[]) =>
    first.map((value, i) => value - second[i]!);
  const standardError = errorOf(differences(a.positives, b.positives), differences(a.negatives, b.negatives));
  if (standardError === 0) return { areas, difference, standardError, interval: null, pValue: null };
  const reach = normalQuantile975 * standardError;
  return {
    areas,
    difference,
    standardError,
    interval: [Math.max(-1, difference - reach), Math.min(1, difference + reach)],
    pValue: twoSidedP(difference / standardError),
  };
}

export interface DeLongArea {
  readonly area: number;
  readonly standardError: number;
  /** logit(area) ± z·standardError / (area·(1 − area)), mapped back: inside (0, 1). null where the error is 0. */
  readonly interval: Interval | null;
}

/**
 * DeLong's standard error of one AUROC, and the 95 % interval on the logit scale:
 *
 *   var(θ) = var(V10)/m + var(V01)/n,   logit(θ) ± 1.96·√var(θ) / (θ·(1 − θ))
 *
 * Estimates the spread from these scores, where `aurocInterval` assumes that of a model; with few images and an area near 1 the
 * estimate is too small (docs/intervals.md), so `aurocFigure` uses both. An area of 1 or 0 has no spread, and no interval.
 *
 * @returns undefined if a class has fewer than two images
 * @throws Error naming the first score that is not finite
 * @see DeLong, DeLong & Clarke-Pearson 1988; Qin & Hotilovac 2008 (Statistical Methods in Medical Research 17:207) on the logit
 */
export function delongArea(labels: ArrayLike<number>, scores: ArrayLike<number>): DeLongArea | undefined {
  return delongOf(cumulate(labels, scores), labels);
}

/** `delongArea` of scores that are already sorted. */
export function delongOf(ordered: Cumulative, labels: ArrayLike<number>): DeLongArea | undefined {
  if (ordered.positives < 2 || ordered.negatives < 2) return undefined;
  const area = areaUnderRoc(ordered)!;
  const standardError = spreadOf([aurocInfluence(ordered, labels)], labels);
  if (standardError === 0 || area <= 0 || area >= 1) return { area, standardError, interval: null };
  const reach = (normalQuantile975 * standardError) / (area * (1 - area));
  return { area, standardError, interval: logitInterval(area, reach) };
}

/** For each positive the share of negatives below it, for each negative the share of positives above it; ties count one half. */
function placements(positives: readonly number[], negatives: readonly number[], scores: ArrayLike<number>) {
  for (let i = 0; i < scores.length; i++)
    if (!Number.isFinite(scores[i])) throw new Error(`Score ${i} is ${scores[i]}, not a finite number`);
  const high = positives.map((i) => scores[i]!);
  const low = negatives.map((i) => scores[i]!);
  const all = midranks([...high, ...low]);
  const amongHigh = midranks(high);
  const amongLow = midranks(low);
  return {
    positives: high.map((_, i) => (all[i]! - amongHigh[i]!) / low.length),
    negatives: low.map((_, j) => 1 - (all[high.length + j]! - amongLow[j]!) / high.length),
  };
}

/** Ranks from 1; equal values share their mean rank. */
function midranks(values: readonly number[]): number[] {
  const order = values.map((_, i) => i).sort((a, b) => values[a]! - values[b]!);
  const ranks = new Array<number>(values.length);
  for (let start = 0; start < order.length; ) {
    let end = start;
    while (end < order.length && values[order[end]!] === values[order[start]!]) end++;
    for (let k = start; k < end; k++) ranks[order[k]!] = (start + 1 + end) / 2;
    start = end;
  }
  return ranks;
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Standard error of a mean over positives and over negatives. */
function errorOf(positives: readonly number[], negatives: readonly number[]): number {
  const squared = variance(positives) / positives.length + variance(negatives) / negatives.length;
  // Placements are ratios of counts: a smaller variance is rounding.
  return squared < 1e-24 ? 0 : Math.sqrt(squared);
}

function variance(values: readonly number[]): number {
  const centre = mean(values);
  return values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (values.length - 1);
}

function bySide(labels: ArrayLike<number>): { readonly positives: number[]; readonly negatives: number[] } {
  const positives: number[] = [];
  const negatives: number[] = [];
  for (let i = 0; i < labels.length; i++) (labels[i] === 1 ? positives : negatives).push(i);
  return { positives, negatives };
}
