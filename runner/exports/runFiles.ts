// Parts of a run folder, beside the weights, that an export needs: the temperature, and the list of predicted images.

import { Evaluation } from '../../shared/contracts/classification/evaluation.ts';
import { loggedHash } from '../../shared/contracts/fileHashes.ts';
import { files } from '../../shared/contracts/run.ts';
import type { RunState } from '../../shared/contracts/runState.ts';
import { appendAll } from '../../shared/lists.ts';
import { readVerified } from '../../shared/runFolder/verified.ts';
import { readPredictions } from '../classification/evaluation/readPredictions.ts';

const Calibrated = Evaluation.pick({ temperature: true });

/** null: none was fitted, or the run has no evaluation.json. */
export async function temperatureOf(runFolder: string, state: RunState): Promise<number | null> {
  try {
    const text = await readVerified(runFolder, files.evaluation, loggedHash(state, files.evaluation));
    return Calibrated.parse(JSON.parse(text)).temperature?.value ?? null;
  } catch {
    return null; // missing or damaged: the file's probabilities stay uncalibrated, and nothing claims otherwise
  }
}

/** Validation and test images of the run, as paths within its dataset; for a run without a test those of its last epoch. */
export async function predictedPaths(runFolder: string, state: RunState): Promise<string[]> {
  const { epochs, evaluation } = state;
  const last = epochs.at(-1);
  const tables = evaluation
    ? [files.predictions('val'), files.predictions('test')]
    : last
      ? [files.epochPredictions(last.epoch)]
      : [];
  const paths: string[] = [];
  for (const table of tables) {
    // An edited table names no images; the other table may.
    appendAll(paths, (await readPredictions(runFolder, table, state))?.relativePaths ?? []);
  }
  return paths;
}
