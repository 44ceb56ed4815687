// Formats of numbers and times in the panels. Absent: words that need translation (strings.ts).
import { fixed } from '../../shared/fixed.ts';

/** Proportion or loss with a fixed number of digits, so that columns align; an en dash if missing. */
export const formatMetric = (value: number | null | undefined, digits = 3): string =>
  value === null || value === undefined || !Number.isFinite(value) ? '–' : fixed(value, digits);

/** 0.002, 4.8e-5: three significant digits, as recipes write learning rates. */
export function formatLearningRate(value: number | null): string {
  if (value === null) return '–';
  const rounded = Number(value.toPrecision(3));
  return rounded !== 0 && Math.abs(rounded) < 1e-3 ? rounded.toExponential() : String(rounded);
}

/** Images per second: an integer from 10 on. */
export const formatRate = (value: number | null): string => (value === null ? '–' : value.toFixed(value >= 10 ? 0 : 1));

/** 8 s, 12 min, 1 h 05 min. Rounds up to the shown unit, so that no wait is underestimated. */
export function formatDuration(elapsedMs: number): string {
  const seconds = Math.ceil(Math.max(0, elapsedMs) / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.ceil(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`;
}

const grouped = new Intl.NumberFormat('en', { useGrouping: true });

/** 5,216 */
export const formatCount = (value: number): string => grouped.format(value);

/** Last part of a path with either separator. */
export const baseName = (path: string): string =>
  path
    .replace(/[\\/]+$/, '')
    .split(/[\\/]/)
    .at(-1) ?? path;
