import { batchesOf } from '../batches/batches.ts';
import type { Recipe } from '../contracts/recipe.ts';
import type { Dataset } from '../dataset/dataset.ts';
import type { Engine } from '../engine/engine.ts';
import type { FrozenFeatures } from '../features/features.ts';
import { crossEntropy, softmaxRows } from '../metrics/logLoss.ts';
import { segmentProgram } from '../programs/segment.ts';
import type { Control } from '../run/control.ts';
import type { Parameters } from '../tensor.ts';
import { lookahead } from './lookahead.ts';
import type { LostImages } from './lostImages.ts';

export interface Predicted {
  /** Image indices, in the order of the rows; images lost since the check are left out. */
  readonly images: readonly number[];
  readonly labels: readonly number[];
  /** [N, K] row-major. */
  readonly probabilities: Float64Array;
  /** Cross-entropy, weighted by class: sum(w_i * ce_i) / sum(w_i), as torch.nn.functional.cross_entropy. */
  readonly loss: number;
}

export interface PredictOptions {
  readonly engine: Engine;
  readonly dataset: Dataset;
  readonly recipe: Recipe;
  readonly features: FrozenFeatures;
  readonly parameters: Parameters;
  /** Image indices. */
  readonly images: readonly number[];
  readonly classWeights: readonly number[];
  readonly lost: LostImages;
  readonly control: Control;
  onBatch(batch: {
    readonly done: number;
    readonly total: number;
    readonly images: number;
    readonly computed: number;
  }): void;
}

/** Evaluation views through the frozen features and the given weights. undefined: asked to stop. */
export async function predict(options: PredictOptions): Promise<Predicted | undefined> {
  const { dataset, recipe, features, parameters, images, classWeights, lost, control } = options;
  const classCount = dataset.classNames.length;
  const batchSize = Math.min(recipe.batchSize.eval, images.length);
  // The weights are constants of this graph, so that the engine can prepack them: worth a new session at every epoch.
  const program = await options.engine.load(
    segmentProgram({
      architecture: recipe.network,
      parameters,
      from: features.cut,
      to: 'logits',
      batch: batchSize,
      imageSize: recipe.imageSize,
      featureType: features.cut === 'all' ? 'uint8' : 'float16',
    }),
  );
  try {
    const batches = batchesOf(
      images.map((_, i) => i),
      batchSize,
    );
    const kept: number[] = [];
    const logits: number[] = [];
    let done = 0;
    const prepare = (batch: (typeof batches)[number]) =>
      features.prepare(batch.indices.slice(0, batch.count).map((i) => ({ image: images[i]!, view: 'eval' as const })));
    for await (const { item: batch, prepared } of lookahead(batches, 2, prepare)) {
      await control.turn();
      if (control.signal.aborted) return undefined;
      const { features: input, lost: gone, computed } = await features.finish(prepared, batchSize);
      lost.add(gone);
      const lostHere = new Set(gone.map((sample) => sample.image));
      const out = await program.run({ [features.cut === 'all' ? 'pixels' : 'features']: input });
      const rows = out.logits!.data as Float32Array;
      batch.indices.slice(0, batch.count).forEach((i, row) => {
        if (lostHere.has(images[i]!)) return;
        kept.push(images[i]!);
        for (let k = 0; k < classCount; k++) logits.push(rows[row * classCount + k]!);
      });
      done += batch.count;
      options.onBatch({ done, total: images.length, images: batch.count, computed });
    }
    const labels = kept.map((image) => dataset.images[image]!.label);
    return {
      images: kept,
      labels,
      probabilities: softmaxRows(logits, classCount),
      loss: crossEntropy(logits, labels, classWeights),
    };
  } finally {
    await program.dispose();
  }
}
