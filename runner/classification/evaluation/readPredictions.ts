import { type Predictions, parsePredictions } from '../../../shared/contracts/classification/predictionsFile.ts';
import { UserError } from '../../../shared/contracts/errors.ts';
import { loggedHash } from '../../../shared/contracts/fileHashes.ts';
import type { RunState } from '../../../shared/contracts/runState.ts';
import { isSystemError } from '../../../shared/files/systemError.ts';
import { readVerified } from '../../../shared/runFolder/verified.ts';

/** @param file  relative to the run folder @returns null: missing, unusable, or changed since the run */
export async function readPredictions(runFolder: string, file: string, state: RunState): Promise<Predictions | null> {
  try {
    return parsePredictions(await readVerified(runFolder, file, loggedHash(state, file)), state.classNames);
  } catch (error) {
    if (error instanceof UserError || isSystemError(error)) return null;
    throw error;
  }
}
