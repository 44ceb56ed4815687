// The fixed validation images: addresses of their thumbnails and their predictions. Pure.

import type { SampleImage } from '../../shared/contracts/events.ts';
import { softmaxRows } from '../../shared/contracts/scores.ts';
import { indexOfLargest } from '../../shared/lists.ts';
import type { Predictions } from '../../shared/messages/run.ts';

export interface SampleGuess {
  /** The most probable class. */
  readonly label: number;
  readonly probability: number;
  /** Probability of the true class. */
  readonly trueProbability: number;
  readonly isRight: boolean;
}

/** null: there are no predictions, or their row belongs to another image. */
export function sampleGuess(predictions: Predictions | null, { row, label }: SampleImage): SampleGuess | null {
  if (predictions === null || predictions.labels[row] !== label) return null;
  const { logits, classCount } = predictions;
  const own = softmaxRows(logits.slice(row * classCount, (row + 1) * classCount), classCount);
  const best = indexOfLargest(own);
  return { label: best, probability: own[best]!, trueProbability: own[label]!, isRight: best === label };
}

/** null: the log names a file that is not one of these thumbnails; no other file of the folder is shown. */
export const sampleAddress = (imageRoot: string, { file }: SampleImage): string | null =>
  /^samples\/\d{2}\.jpg$/.test(file) ? `${imageRoot}/${file}` : null;
