// A run's test predictions, and the images that they name.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parsePredictions } from '../../runner/contracts/predictionsFile.ts';
import { files } from '../../runner/contracts/run.ts';
import type { TestPredictions } from '../../webview/compareContract.ts';
import { insideOf } from '../datasets/relabelPlan.ts';
import type { Run } from '../runs/run.ts';

/** @throws Error when the file is malformed or not there */
export async function readTestPredictions(run: Run): Promise<TestPredictions> {
  return parsePredictions(await readFile(join(run.folder, files.predictions('test')), 'utf8'), run.state.classNames);
}

/** The absolute path of an image that the predictions name; undefined for every other path, and for one that leaves the dataset folder. */
export function imageOf(
  dataset: string | null,
  predictions: Pick<TestPredictions, 'relativePaths'>,
  relativePath: string,
): string | undefined {
  if (dataset === null || !predictions.relativePaths.includes(relativePath)) return undefined;
  return insideOf(dataset, relativePath);
}
