// The system's write errors, reduced to the two that a user can act on: a full disk, or a place that cannot be written to. Advice depends
// on the moment: before a run, during one (it waits, or ends and is resumed), or elsewhere.
import { freeAmount, neededAmount } from '../amount.ts';
import { UserError } from '../contracts/errors.ts';
import type { Problem } from '../contracts/events.ts';
import { isSystemError } from './systemError.ts';

/** The system's error about writing `file`, as an error for the user; other errors are returned unchanged. */
export function writeError(file: string, error: unknown): unknown {
  if (error instanceof UserError || !isSystemError(error)) return error;
  if (error.code === 'ENOSPC' || error.code === 'EDQUOT') return new UserError('diskFull', { file }, { cause: error });
  const reason = reasons[error.code] ?? error.message;
  return new UserError('cannotWrite', { file, reason }, { cause: error });
}

/** A write that was not begun because it would not fit. */
export const noRoomFor = (file: string, neededBytes: number, freeBytes: number): UserError =>
  new UserError('diskFull', { file, needed: neededAmount(neededBytes), free: freeAmount(freeBytes) });

/** The problem that a running run waits for; undefined: waiting is useless. */
export function waitingFor(error: unknown): Problem | undefined {
  if (!(error instanceof UserError)) return undefined;
  const { code, params, cause } = error;
  if (code === 'diskFull') return { code: 'needed' in params ? 'waitsForRoom' : 'waitsForSpace', params };
  if (code !== 'cannotWrite' || !isSystemError(cause) || !passing.has(cause.code)) return undefined;
  return { code: 'waitsForDisk', params };
}

/** A disk that was unplugged or became read-only, a network share that is away, a file held by another program. */
const passing: ReadonlySet<string> = new Set([
  'EIO',
  'EROFS',
  'EACCES',
  'EPERM',
  'EBUSY',
  'EAGAIN',
  'EMFILE',
  'ENFILE',
  'ENXIO',
  'ENODEV',
  'ESTALE',
  'ETIMEDOUT',
  'ENOTCONN',
  'EHOSTDOWN',
  'EHOSTUNREACH',
  'ENETDOWN',
  'ENETUNREACH',
]);

/** For a run that could not begin and has no folder yet. */
export const atStart = (error: unknown): unknown =>
  reworded(error, { diskFull: 'noRoomToStart', cannotWrite: 'cannotStart' });

/** For a run that has a folder, and ends. */
export const inRun = (error: unknown, run: string): unknown =>
  reworded(error, { diskFull: 'diskFullInRun', cannotWrite: 'cannotWriteInRun' }, { run });

function reworded(
  error: unknown,
  codes: {
    readonly diskFull: 'noRoomToStart' | 'diskFullInRun';
    readonly cannotWrite: 'cannotStart' | 'cannotWriteInRun';
  },
  more: UserError['params'] = {},
): unknown {
  if (!(error instanceof UserError) || (error.code !== 'diskFull' && error.code !== 'cannotWrite')) return error;
  return new UserError(codes[error.code], { ...error.params, ...more }, { cause: error.cause });
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
