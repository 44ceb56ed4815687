// A fixed network over evaluation views, batch by batch: the one loop of validation, test and `evaluate`.
import { batchesOf } from '../batches/batches.ts';
import { lookahead } from '../batches/lookahead.ts';
import type { Program } from '../engine/engine.ts';
import type { Control } from '../run/control.ts';
import { sizeOf, type Tensor } from '../tensor.ts';
import type { FrozenFeatures, Sample } from './features.ts';

export interface ViewsDone {
  readonly done: number;
  readonly total: number;
  readonly images: number;
  /** Number of images that passed the frozen part. */
  readonly computed: number;
}

/** Outputs of a program for one image, by name: views into the batch's arrays. */
export type ImageOutputs = Readonly<Record<string, Tensor['data']>>;

export interface EvaluationViewsOptions {
  /** The first axis of all outputs is the batch. */
  readonly program: Program;
  readonly features: FrozenFeatures;
  /** The program's inputs from a batch of features (of pixels where the cut is 'all'). */
  feedsOf(features: Tensor): Readonly<Record<string, Tensor>>;
  /** Image indices. */
  readonly images: readonly number[];
  readonly batchSize: number;
  readonly control: Control;
  /** Called in the order of `images`. */
  onImage(image: number, outputs: ImageOutputs): void;
  /** Images that are gone or changed since the check: onImage() is not called for them. */
  onLost(samples: readonly Sample[]): void;
  onBatch(batch: ViewsDone): void;
}

/** @returns false: stopped on request */
export async function evaluateViews(options: EvaluationViewsOptions): Promise<boolean> {
  const { program, features, images, batchSize, control } = options;
  const batches = batchesOf(
    images.map((_, i) => i),
    batchSize,
  );
  let done = 0;
  const prepare = (batch: (typeof batches)[number]) =>
    features.prepare(batch.indices.slice(0, batch.count).map((i) => ({ image: images[i]!, view: 'eval' as const })));
  for await (const { item: batch, prepared } of lookahead(batches, 2, prepare)) {
    await control.turn();
    if (control.signal.aborted) return false;
    const { features: input, lost, computed } = await features.finish(prepared, batchSize);
    options.onLost(lost);
    const lostHere = new Set(lost.map(({ image }) => image));
    const out = Object.entries(await program.run(options.feedsOf(input)));
    batch.indices.slice(0, batch.count).forEach((i, row) => {
      if (!lostHere.has(images[i]!)) options.onImage(images[i]!, outputsAt(out, row));
    });
    done += batch.count;
    options.onBatch({ done, total: images.length, images: batch.count, computed });
  }
  return true;
}

const outputsAt = (outputs: readonly (readonly [string, Tensor])[], row: number): ImageOutputs =>
  Object.fromEntries(
    outputs.map(([name, { shape, data }]) => {
      const length = sizeOf(shape.slice(1));
      return [name, data.subarray(row * length, (row + 1) * length)];
    }),
  );
