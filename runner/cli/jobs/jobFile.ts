// --job FILE: reads a job and validates it. Absent: what a job does.
import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { closest } from 'fastest-levenshtein';
import type { z } from 'zod';
import { UserError } from '../../../shared/contracts/errors.ts';
import { jobVersion } from '../../../shared/contracts/jobFile.ts';
import { fieldsOf, humanReason } from '../../../shared/recipes/fields.ts';

/**
 * @param file  a path, or "-" for the standard input
 * @throws UserError jobUnreadable, jobOfOtherVersion, jobUnknownField, jobInvalid
 */
export async function readJob<Job>(file: string, schema: z.ZodType<Job>): Promise<Job> {
  const value = parsed(file, await textOf(file));
  if (!isObject(value)) throw unreadable(file, 'it must be a JSON object { … }');
  const { version } = value;
  if (version !== undefined && version !== jobVersion)
    throw new UserError('jobOfOtherVersion', { file, version: JSON.stringify(version), known: jobVersion });
  const checked = schema.safeParse(value);
  if (checked.success) return checked.data;
  const [issue] = checked.error.issues;
  if (issue!.code === 'unrecognized_keys') {
    const field = issue!.keys[0]!;
    throw new UserError('jobUnknownField', { file, field, nearest: closest(field, [...fieldsOf(schema)]) });
  }
  const field = issue!.path.map(String).join('.');
  throw new UserError('jobInvalid', { file, field, reason: humanReason(issue!, value[field]) });
}

async function textOf(file: string): Promise<string> {
  try {
    return file === '-' ? await text(process.stdin) : await readFile(file, 'utf8');
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    throw unreadable(file, reasons[code ?? ''] ?? message, cause);
  } finally {
    if (file === '-') process.stdin.destroy();
  }
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'there is no such file',
  EISDIR: 'it is a folder',
  EACCES: 'its permissions do not allow it',
};

function parsed(file: string, words: string): unknown {
  try {
    return JSON.parse(words.replace(/^\uFEFF/, '')); // some editors begin a file with a byte order mark
  } catch (cause) {
    throw unreadable(file, `it is no JSON (${(cause as Error).message})`, cause);
  }
}

const unreadable = (file: string, reason: string, cause?: unknown): UserError =>
  new UserError('jobUnreadable', { file, reason }, { cause });

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
