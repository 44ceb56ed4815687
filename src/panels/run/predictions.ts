// The validation predictions of a run's panel, read from the run folder.

import { parsePredictions, problemsOf } from '../../../shared/contracts/classification/predictionsFile.ts';
import { loggedHash } from '../../../shared/contracts/fileHashes.ts';
import { files } from '../../../shared/contracts/run.ts';
import type { Predictions } from '../../../shared/messages/run.ts';
import { logitColumns } from '../../../shared/messages/scoreColumns.ts';
import { readVerified } from '../../../shared/runFolder/verified.ts';
import type { Run } from '../../runs/runs.ts';

/** Predictions of the kept weights after the evaluation, else of the newest epoch; null: none yet. @throws Error when the file is malformed or missing */
export async function newestPredictions(run: Run): Promise<Predictions | null> {
  const { epochs, evaluation } = run.state;
  if (evaluation) return read(run, files.predictions('val'), null);
  const newest = epochs.at(-1);
  return newest ? epochPredictions(run, newest.epoch) : null;
}

/** null: the run has no such epoch. @throws Error when the file is malformed or missing */
export async function epochPredictions(run: Run, epoch: number): Promise<Predictions | null> {
  // The file name in the log is untrusted data, and the name is known anyway.
  const isOfRun = run.state.epochs.some((row) => row.epoch === epoch);
  return isOfRun ? read(run, files.epochPredictions(epoch), epoch) : null;
}

async function read({ folder, state }: Run, relativePath: string, epoch: number | null): Promise<Predictions | null> {
  const { classNames } = state;
  if (classNames.length === 0) return null;
  const text = await readVerified(folder, relativePath, loggedHash(state, relativePath));
  const { labels, logits, classCount, ...rest } = parsePredictions(text, classNames);
  const problems = problemsOf(rest, relativePath);
  return { epoch, labels, logits: logitColumns(logits), classCount, ...(problems.length > 0 && { problems }) };
}
