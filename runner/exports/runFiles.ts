// What an export needs of a run folder beside its weights: temperature, and which images were predicted.

import { Evaluation } from '../../shared/contracts/classification/evaluation.ts';
import { parsePredictions } from '../../shared/contracts/classification/predictionsFile.ts';
import { UserError } from '../../shared/contracts/errors.ts';
import { loggedHash } from '../../shared/contracts/fileHashes.ts';
import { files } from '../../shared/contracts/run.ts';
import type { RunState } from '../../shared/contracts/runState.ts';
import { isSystemError } from '../../shared/files/systemError.ts';
import { readVerified } from '../../shared/files/verified.ts';
import { appendAll } from '../../shared/lists.ts';

const Calibrated = Evaluation.pick({ temperature: true });

/** null: none was fitted, or the run has no evaluation.json. */
export async function temperatureOf(runFolder: string, state: RunState): Promise<number | null> {
  const text = await textOf(runFolder, files.evaluation, state);
  if (text === undefined) return null;
  try {
    return Calibrated.parse(JSON.parse(text)).temperature?.value ?? null;
  } catch {
    return null; // damaged: the file's probabilities stay as they are, and nothing claims to be calibrated
  }
}

/** Validation and test images of the run, as paths within its dataset; of a run without a test those of its last epoch. */
export async function predictedPaths(runFolder: string, state: RunState): Promise<string[]> {
  const { classNames, epochs, evaluation } = state;
  const last = epochs.at(-1);
  const tables = evaluation
    ? [files.predictions('val'), files.predictions('test')]
    : last
      ? [files.epochPredictions(last.epoch)]
      : [];
  const paths: string[] = [];
  for (const table of tables) {
    const text = await textOf(runFolder, table, state);
    if (text === undefined) continue;
    try {
      appendAll(paths, parsePredictions(text, classNames).relativePaths);
    } catch {
      // A table that was edited names no images; the others may.
    }
  }
  return paths;
}

/** undefined: it is gone, or not what the run wrote. */
async function textOf(runFolder: string, file: string, state: RunState): Promise<string | undefined> {
  try {
    return await readVerified(runFolder, file, loggedHash(state, file));
  } catch (error) {
    if (error instanceof UserError || isSystemError(error)) return undefined;
    throw error;
  }
}
