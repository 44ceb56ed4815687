// A run's test predictions, and the images they name.

import { parsePredictions, problemsOf } from '../../../shared/contracts/classification/predictionsFile.ts';
import type { Problem } from '../../../shared/contracts/events.ts';
import { loggedHash } from '../../../shared/contracts/fileHashes.ts';
import { files } from '../../../shared/contracts/run.ts';
import type { TestPredictions } from '../../../shared/messages/compare.ts';
import { logitColumns } from '../../../shared/messages/scoreColumns.ts';
import { readVerified } from '../../../shared/runFolder/verified.ts';
import { insideOf } from '../../datasets/relabelling/relabelPlan.ts';
import type { Run } from '../../runs/runs.ts';

/** @param wording  of a problem, in the editor's language @throws UserError, or a system error when the file is missing */
export async function readTestPredictions(run: Run, wording: (problem: Problem) => string): Promise<TestPredictions> {
  const file = files.predictions('test');
  const { leftOut, tied, logits, ...columns } = parsePredictions(
    await readVerified(run.folder, file, loggedHash(run.state, file)),
    run.state.classNames,
  );
  const rest = { ...columns, logits: logitColumns(logits) };
  const problems = problemsOf({ leftOut, tied }, file);
  return problems.length === 0 ? rest : { ...rest, note: problems.map(wording).join(' ') };
}

/** Absolute path of an image named in the predictions; undefined for every other path, and for one outside of the dataset folder. */
export function imageOf(
  dataset: string | null,
  predictions: Pick<TestPredictions, 'relativePaths'>,
  relativePath: string,
): string | undefined {
  if (dataset === null || !predictions.relativePaths.includes(relativePath)) return undefined;
  return insideOf(dataset, relativePath);
}
