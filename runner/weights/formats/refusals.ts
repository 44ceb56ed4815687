// The two ways in which a weights file is refused, with one place for how a stranger's names are quoted.
import { UserError } from '../../../shared/contracts/errors.ts';

/** Damaged, cut, or not a weights file. */
export const broken = (file: string, reason: string, cause?: unknown): UserError =>
  new UserError('weightsBroken', { file, reason }, cause === undefined ? undefined : { cause });

/** Well-formed, but asks for something that a weights file never needs. */
export const unsafe = (file: string, reason: string): UserError => new UserError('weightsUnsafe', { file, reason });

/** A name from a foreign file, fit to stand in a sentence: one line, printable, at most 80 characters. */
export function quoted(name: string): string {
  const printable = name.slice(0, 200).replace(/[^\p{L}\p{N}\p{P}\p{S} ]/gu, '\u{FFFD}');
  return `"${printable.length > 80 ? `${printable.slice(0, 79)}…` : printable}"`;
}
