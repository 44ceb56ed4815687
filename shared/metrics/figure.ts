import type { Figure, IntervalMethod, Missing } from '../contracts/classification/evaluation.ts';
import { type Interval, wilsonInterval } from './intervals.ts';

/** A number that is not there, and why. @param n  images it would rest on */
export const missing = (reason: Missing, n = 0): Figure => ({
  value: null,
  n,
  interval: null,
  method: null,
  missing: reason,
});

/** Rounding may put an end of an interval a last digit to the wrong side of the value; the figure's ends are on the right ones. */
export const figureOf = (value: number, n: number, interval: Interval | null, method: IntervalMethod): Figure => ({
  value,
  n,
  interval: interval && [Math.min(value, interval[0]), Math.max(value, interval[1])],
  method: interval === null ? null : method,
  missing: null,
});

/** A share of `total` images with Wilson's interval. @param otherwise  why it is not there when `total` is 0 */
export const shareOf = (successes: number, total: number, otherwise: Missing): Figure =>
  total === 0 ? missing(otherwise) : figureOf(successes / total, total, wilsonInterval(successes, total), 'wilson');

/** Whether all are numbers that can be compared and counted. */
export function allFinite(values: ArrayLike<number>): boolean {
  for (let i = 0; i < values.length; i++) if (!Number.isFinite(values[i])) return false;
  return true;
}
