import type { Figure, IntervalMethod, Missing } from '../contracts/classification/evaluation.ts';
import { type Interval, wilsonInterval } from './intervals.ts';

/** A missing figure with its reason. @param n  number of images */
export const missing = (reason: Missing, n = 0): Figure => ({
  value: null,
  n,
  interval: null,
  method: null,
  missing: reason,
});

/** Rounding may put an end of an interval on the wrong side of the value by a last digit; here both are on the right side. */
export const figureOf = (value: number, n: number, interval: Interval | null, method: IntervalMethod): Figure => ({
  value,
  n,
  interval: interval && [Math.min(value, interval[0]), Math.max(value, interval[1])],
  method: interval === null ? null : method,
  missing: null,
});

/** A share of `total` images with Wilson's interval. @param otherwise  reason for its absence when `total` is 0 */
export const shareOf = (successes: number, total: number, otherwise: Missing): Figure =>
  total === 0 ? missing(otherwise) : figureOf(successes / total, total, wilsonInterval(successes, total), 'wilson');

/** Whether all values are finite. */
export function allFinite(values: ArrayLike<number>): boolean {
  for (let i = 0; i < values.length; i++) if (!Number.isFinite(values[i])) return false;
  return true;
}
