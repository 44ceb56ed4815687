// Wording of figures in a report.
import type { Figure } from '../../shared/contracts/classification/evaluation.ts';
import { fixed } from '../../shared/fixed.ts';
import type { Interval } from '../../shared/metrics/intervals.ts';
import { missingText } from '../words/missing.ts';

export const figure = (value: number | null | undefined, digits = 4): string =>
  value == null ? 'unknown' : fixed(value, digits);

export const percent = (share: number): string => `${fixed(100 * share, 1)} %`;

/** An estimate with its 95 % interval. */
export const withInterval = (value: number | null, interval: Interval | null | undefined, digits = 4): string =>
  interval
    ? `${figure(value, digits)} [${fixed(interval[0], digits)}, ${fixed(interval[1], digits)}]`
    : figure(value, digits);

/** The figure with its interval and the number of images behind it. */
export const figureWithInterval = (each: Figure, digits = 4): string =>
  each.value === null
    ? `${figure(null)}${each.missing ? `: ${missingText[each.missing]}` : ''}`
    : `${withInterval(each.value, each.interval, digits)}, n = ${each.n}`;

export const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
