// Predictions for images with known labels: logits, probabilities, and the loss.
import type { Recipe } from '../../shared/contracts/recipe.ts';
import { softmaxRows } from '../../shared/contracts/scores.ts';
import { crossEntropy } from '../../shared/metrics/logLoss.ts';
import type { Prediction, PredictOptions } from '../task.ts';
import type { ClassDataset } from './classes/classDataset.ts';
import { loadLogitsProgram, logitsOf } from './logits.ts';

export interface Predicted extends Prediction {
  readonly labels: readonly number[];
  /** [N, K] row-major; float32 values from the network. */
  readonly logits: readonly number[];
  /** softmax(logits). */
  readonly probabilities: Float64Array;
  /** Cross-entropy, weighted by class: sum(w_i * ce_i) / sum(w_i), as torch.nn.functional.cross_entropy. */
  readonly loss: number;
}

interface ClassPredictOptions extends PredictOptions {
  readonly dataset: ClassDataset;
  readonly recipe: Recipe;
  readonly classWeights: readonly number[];
}

/** Evaluation views through the frozen features and the given weights. undefined: stopped on request. */
export async function predict(options: ClassPredictOptions): Promise<Predicted | undefined> {
  const { dataset, recipe, features, parameters, images, classWeights, lost, control, onBatch } = options;
  const { network: architecture, imageSize } = recipe;
  const batchSize = Math.min(recipe.batchSize.eval, options.imagesAtOnce, images.length);
  const loaded = await loadLogitsProgram(options.engine, features, { architecture, parameters, imageSize, batchSize });
  try {
    const scored = await logitsOf({ ...loaded, images, control, onLost: lost.add, onBatch });
    if (!scored) return undefined;
    const labels = scored.images.map((image) => dataset.images[image]!.label);
    return {
      images: scored.images,
      labels,
      logits: scored.logits,
      probabilities: softmaxRows(scored.logits, dataset.classNames.length),
      loss: crossEntropy(scored.logits, labels, classWeights),
    };
  } finally {
    await loaded.program.dispose();
  }
}

/** Path of the first image with an output that is not finite; undefined: all are. */
export function imageWithoutScores({ images, logits }: Predicted, dataset: ClassDataset): string | undefined {
  const at = logits.findIndex((logit) => !Number.isFinite(logit));
  if (at === -1) return undefined;
  return dataset.images[images[Math.floor(at / dataset.classNames.length)]!]!.relativePath;
}
