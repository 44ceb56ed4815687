// Predictions that a run recorded for its own validation and test images: the same weights reproduce them. Changed weights of runs without
// checksums are recognized only by this.
import { join } from 'node:path';
import { UserError } from '../../../shared/contracts/errors.ts';
import type { ListedImage } from '../../../shared/contracts/imageList.ts';
import { files } from '../../../shared/contracts/run.ts';
import type { RunState } from '../../../shared/contracts/runState.ts';
import { softmaxRows } from '../../../shared/contracts/scores.ts';
import { readImageFile } from '../../images/images.ts';
import { sha256Of } from '../../images/sha256.ts';
import { readPredictions } from './readPredictions.ts';

/** [K] probabilities, by path within the dataset. */
export type Answers = ReadonlyMap<string, ArrayLike<number>>;

/** Largest allowed difference of a probability. The run's own computation is exact, whatever the number of threads (docs/benchmarks.md). */
export const mostDifference = 1e-4;

/** For a network that computes from pixels to answers without the float16 features of a run. */
export const mostDifferenceWhole = 0.02;

/** Recorded predictions of the kept weights; empty if the run has none, or they cannot be read. */
export async function recordedAnswers(
  runFolder: string,
  state: RunState,
  split: 'val' | 'test',
  keptEpoch: number,
): Promise<Answers> {
  const { evaluation, classNames } = state;
  if (!evaluation && (split === 'test' || keptEpoch === 0)) return new Map();
  const file = evaluation ? files.predictions(split) : files.epochPredictions(keptEpoch);
  const predictions = await readPredictions(runFolder, file, state);
  return predictions ? answersOf(predictions.relativePaths, predictions.logits, classNames.length) : new Map();
}

/** @param logits  [N, K] */
export function answersOf(relativePaths: readonly string[], logits: ArrayLike<number>, classCount: number): Answers {
  const probabilities = softmaxRows(logits, classCount);
  return new Map(relativePaths.map((path, i) => [path, probabilities.subarray(i * classCount, (i + 1) * classCount)]));
}

export interface Difference {
  readonly relativePath: string;
  /** Infinity if an answer is NaN. */
  readonly difference: number;
}

/** The largest difference of a probability among the images in both; null: there are none. */
export function largestDifference(recorded: Answers, seen: Answers): Difference | null {
  let largest: Difference | null = null;
  for (const [relativePath, answer] of seen) {
    const own = recorded.get(relativePath);
    if (own === undefined) continue;
    let difference = 0;
    for (let k = 0; k < answer.length; k++) {
      const off = Math.abs(answer[k]! - own[k]!);
      difference = Number.isNaN(off) ? Number.POSITIVE_INFINITY : Math.max(difference, off);
    }
    if (largest === null || difference > largest.difference) largest = { relativePath, difference };
  }
  return largest;
}

/** The answers for images whose files are unchanged since the run. @param dataset  absolute */
export async function ofUnchangedImages(
  answers: Answers,
  dataset: string,
  list: readonly ListedImage[],
  relativePaths: readonly string[],
): Promise<Answers> {
  const listed = new Map(list.map(({ relativePath, sha256 }) => [relativePath, sha256]));
  const same = new Map<string, ArrayLike<number>>();
  for (const path of relativePaths) {
    const answer = answers.get(path);
    const bytes = answer && (await readImageFile(join(dataset, path)).catch(() => undefined));
    if (bytes && (await sha256Of(bytes)) === listed.get(path)) same.set(path, answer);
  }
  return same;
}

/** @throws UserError weightsAnswerOtherwise */
export function refuseIfOtherwise(run: string, found: Difference | null, most: number): void {
  // Written this way so that NaN is refused, too.
  if (found === null || found.difference <= most) return;
  throw new UserError('weightsAnswerOtherwise', { run, file: files.model, ...paramsOf(found, most) });
}

export const paramsOf = ({ relativePath, difference }: Difference, most: number) => ({
  relativePath,
  difference: difference.toPrecision(2),
  most,
});
