// Hashes of a run's files in its log. Pure; shared/runFolder/verified.ts compares them.
import { files } from './run.ts';
import type { RunState } from './runState.ts';

type Logged = Pick<RunState, 'epochs' | 'evaluation' | 'files'>;

/** SHA-256 (hex) of a file by its path in the run folder; undefined: none is logged. For the model see modelHash(). */
export const loggedHash = ({ epochs, evaluation, files: listed }: Logged, path: string): string | undefined =>
  evaluation?.files?.[path] ??
  listed?.[path] ??
  epochs.findLast(({ files }) => files?.[path] !== undefined)?.files?.[path];

/**
 * Hash of model.safetensors after an epoch. A process that was killed may already have written the model of a later epoch, which the log
 * does not contain.
 */
export const modelHash = ({ epochs, evaluation }: Logged, epoch: number): string | undefined =>
  epochs.find((row) => row.epoch === epoch)?.files?.[files.model] ??
  (evaluation?.keptEpoch === epoch ? evaluation.files?.[files.model] : undefined);

/** False for older versions, which kept no checksums: nothing can be verified. */
export const hasHashes = ({ epochs, evaluation, files: listed }: Logged): boolean =>
  listed !== undefined || evaluation?.files !== undefined || epochs.some(({ files }) => files !== undefined);
