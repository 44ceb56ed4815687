// What the log says of the bytes of a run's files. Pure; shared/runFolder/verified.ts compares.
import { files } from './run.ts';
import type { RunState } from './runState.ts';

type Logged = Pick<RunState, 'epochs' | 'evaluation' | 'files'>;

/** SHA-256, hex, of a file by its path in the run folder; undefined: the log has none. For the model see modelHash(). */
export const loggedHash = ({ epochs, evaluation, files: listed }: Logged, path: string): string | undefined =>
  evaluation?.files?.[path] ??
  listed?.[path] ??
  epochs.findLast(({ files }) => files?.[path] !== undefined)?.files?.[path];

/**
 * Of model.safetensors as it was after an epoch: a process that was killed has perhaps written that of an epoch which the log does not
 * have yet.
 */
export const modelHash = ({ epochs, evaluation }: Logged, epoch: number): string | undefined =>
  epochs.find((row) => row.epoch === epoch)?.files?.[files.model] ??
  (evaluation?.keptEpoch === epoch ? evaluation.files?.[files.model] : undefined);

/** Older versions kept no checksums: then nothing can be verified. */
export const hasHashes = ({ epochs, evaluation, files: listed }: Logged): boolean =>
  listed !== undefined || evaluation?.files !== undefined || epochs.some(({ files }) => files !== undefined);
