// What an export needs of a run folder beside its weights: temperature, and which images were predicted.

import { join } from 'node:path';
import { Evaluation } from '../contracts/evaluation.ts';
import { appendAll } from '../contracts/lists.ts';
import { parsePredictions } from '../contracts/predictionsFile.ts';
import { files } from '../contracts/run.ts';
import type { RunState } from '../contracts/runState.ts';
import { nodeFileSystem } from '../store/fileSystem.ts';
import { isSystemError } from '../systemError.ts';

const Calibrated = Evaluation.pick({ temperature: true });

/** null: none was fitted, or the run has no evaluation.json. */
export async function temperatureOf(runFolder: string): Promise<number | null> {
  const text = await textOf(join(runFolder, files.evaluation));
  if (text === undefined) return null;
  try {
    return Calibrated.parse(JSON.parse(text)).temperature?.value ?? null;
  } catch {
    return null; // damaged: the file's probabilities stay as they are, and nothing claims to be calibrated
  }
}

/** Validation and test images of the run, as paths within its dataset; of a run without a test those of its last epoch. */
export async function predictedPaths(
  runFolder: string,
  { classNames, epochs, evaluation }: RunState,
): Promise<string[]> {
  const last = epochs.at(-1);
  const tables = evaluation
    ? [files.predictions('val'), files.predictions('test')]
    : last
      ? [files.epochPredictions(last.epoch)]
      : [];
  const paths: string[] = [];
  for (const table of tables) {
    const text = await textOf(join(runFolder, table));
    if (text === undefined) continue;
    try {
      appendAll(paths, parsePredictions(text, classNames).relativePaths);
    } catch {
      // A table that was edited names no images; the others may.
    }
  }
  return paths;
}

async function textOf(file: string): Promise<string | undefined> {
  try {
    return new TextDecoder().decode(await nodeFileSystem.readFile(file));
  } catch (error) {
    if (isSystemError(error)) return undefined;
    throw error;
  }
}
