// Times and durations in words.
import type { Translate } from './translate.ts';

/** The time of day for today, day and month for this year, else the full date. */
export function whenText(when: Date, now: Date, language: string): string {
  const sameYear = when.getFullYear() === now.getFullYear();
  const today = sameYear && when.getMonth() === now.getMonth() && when.getDate() === now.getDate();
  const style: Intl.DateTimeFormatOptions = today
    ? { timeStyle: 'short' }
    : sameYear
      ? { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' }
      : { dateStyle: 'medium' };
  return dateFormat(language, style).format(when);
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** Formatters are slow to create, and a sidebar may need a thousand: each kind is created once. */
export function dateFormat(language: string, style: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${language} ${JSON.stringify(style)}`;
  const format = formats.get(key) ?? new Intl.DateTimeFormat(language, style);
  formats.set(key, format);
  return format;
}

/** Rounded to a useful precision: seconds below a minute, minutes below two hours. */
export function durationText(durationMs: number, t: Translate): string {
  const seconds = Math.round(durationMs / 1000);
  if (seconds < 60) return t('{count} s', { count: seconds });
  const minutes = Math.round(seconds / 60);
  if (minutes < 120) return t('{count} min', { count: minutes });
  return t('{hours} h {minutes} min', { hours: Math.floor(minutes / 60), minutes: minutes % 60 });
}
