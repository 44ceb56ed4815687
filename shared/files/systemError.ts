import { UserError } from '../contracts/errors.ts';

/** An error of the operating system (ENOSPC, EACCES, ...), as Node reports it. */
export const isSystemError = (error: unknown): error is NodeJS.ErrnoException & { code: string } =>
  error instanceof Error && !(error instanceof UserError) && typeof (error as NodeJS.ErrnoException).code === 'string';

/** The file or folder is missing, or a folder on the way to it. */
export const isMissing = (error: unknown): boolean =>
  isSystemError(error) && (error.code === 'ENOENT' || error.code === 'ENOTDIR');

/** A handler for `catch`: there is no such file, and that is an answer. */
export function unlessMissing(error: unknown): undefined {
  if (!isMissing(error)) throw error;
  return undefined;
}
