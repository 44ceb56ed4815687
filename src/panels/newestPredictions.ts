// The predictions that a run's panel draws: of the kept weights when the run was evaluated, else of its newest epoch.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parsePredictions } from '../../runner/contracts/predictionsFile.ts';
import { files } from '../../runner/contracts/run.ts';
import type { Predictions } from '../../webview/contract.ts';
import type { Run } from '../runs/run.ts';

/** null: there are none yet. @throws Error when the file is malformed or gone */
export async function newestPredictions(run: Run): Promise<Predictions | null> {
  const { classNames, epochs, evaluation } = run.state;
  const newest = epochs.at(-1);
  if (classNames.length === 0 || (!newest && !evaluation)) return null;
  // The name in the log is not followed: it is data, and this one is known.
  const relative = evaluation ? files.predictions('val') : files.epochPredictions(newest!.epoch);
  const parsed = parsePredictions(await readFile(join(run.folder, relative), 'utf8'), classNames);
  const { labels, probabilities, classCount } = parsed;
  return { epoch: evaluation ? null : newest!.epoch, labels, probabilities, classCount };
}
