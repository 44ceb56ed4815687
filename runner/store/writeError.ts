// The system's refusals to write, as the two things a person can act on: a full disk, or a place that refuses.
import { UserError } from '../contracts/errors.ts';
import { isSystemError } from '../systemError.ts';

/** What the system said about writing `file`, as an error for the person; what is not the system's stays as it is. */
export function writeError(file: string, error: unknown): unknown {
  if (error instanceof UserError || !isSystemError(error)) return error;
  if (error.code === 'ENOSPC' || error.code === 'EDQUOT') return new UserError('diskFull', { file }, { cause: error });
  const reason = reasons[error.code] ?? error.message;
  return new UserError('cannotWrite', { file, reason }, { cause: error });
}

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'permission denied (EACCES)',
  EPERM: 'not permitted (EPERM)',
  EROFS: 'the disk is read-only (EROFS)',
  EBUSY: 'another program is using it (EBUSY)',
  EIO: 'the disk reports a fault (EIO)',
  EEXIST: 'it exists already (EEXIST)',
  ENOENT: 'its folder is gone (ENOENT)',
  ENOTDIR: 'a file stands where a folder is expected (ENOTDIR)',
  ENAMETOOLONG: 'the path is too long (ENAMETOOLONG)',
  EMFILE: 'too many files are open (EMFILE)',
};
