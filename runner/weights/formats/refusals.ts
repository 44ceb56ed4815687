// The two ways of refusing a weights file, and the one place that quotes names from foreign files.
import { UserError } from '../../../shared/contracts/errors.ts';

/** Damaged, truncated, or not a weights file. */
export const broken = (file: string, reason: string, cause?: unknown): UserError =>
  new UserError('weightsBroken', { file, reason }, cause === undefined ? undefined : { cause });

/** Well-formed, but uses something that a weights file never needs. */
export const unsafe = (file: string, reason: string): UserError => new UserError('weightsUnsafe', { file, reason });

/** A name from a foreign file, made safe for a sentence: one line, printable, at most 80 characters. */
export function quoted(name: string): string {
  const printable = name.slice(0, 200).replace(/[^\p{L}\p{N}\p{P}\p{S} ]/gu, '\u{FFFD}');
  return `"${printable.length > 80 ? `${printable.slice(0, 79)}…` : printable}"`;
}
