import { UserError } from '../contracts/errors.ts';
import { loggedHash } from '../contracts/fileHashes.ts';
import { type Predictions, parsePredictions } from '../contracts/predictionsFile.ts';
import type { RunState } from '../contracts/runState.ts';
import { readVerified } from '../store/verified.ts';
import { isSystemError } from '../systemError.ts';

/** @param file  relative to the run folder @returns null: it is gone, cannot be used, or is not what the run wrote */
export async function readPredictions(runFolder: string, file: string, state: RunState): Promise<Predictions | null> {
  try {
    return parsePredictions(await readVerified(runFolder, file, loggedHash(state, file)), state.classNames);
  } catch (error) {
    if (error instanceof UserError || isSystemError(error)) return null;
    throw error;
  }
}
