// A fixed network over evaluation views, batch by batch: the one loop behind validation, test and `evaluate`.
import { batchesOf } from '../../batches/batches.ts';
import type { Program } from '../../engine/engine.ts';
import type { FrozenFeatures, Sample } from '../../features/features.ts';
import type { Control } from '../../run/control.ts';
import type { Tensor } from '../../tensor.ts';
import { lookahead } from '../stage/lookahead.ts';

export interface ScoredBatch {
  readonly done: number;
  readonly total: number;
  readonly images: number;
  /** Images that had to pass the frozen part. */
  readonly computed: number;
}

export interface ScoreOptions {
  /** Answers `logits` [batchSize, K], float32. */
  readonly program: Program;
  readonly features: FrozenFeatures;
  /** The program's inputs from a batch of features (of pixels where the cut is 'all'). */
  feedsOf(features: Tensor): Readonly<Record<string, Tensor>>;
  /** Image indices. */
  readonly images: readonly number[];
  readonly batchSize: number;
  readonly classCount: number;
  readonly control: Control;
  /** Images that are gone or changed since the check: they get no row. */
  onLost(samples: readonly Sample[]): void;
  onBatch(batch: ScoredBatch): void;
}

export interface Scored {
  /** In the order of the rows. */
  readonly images: readonly number[];
  /** [N, K] row-major. */
  readonly logits: readonly number[];
}

/** undefined: asked to stop. */
export async function logitsOf(options: ScoreOptions): Promise<Scored | undefined> {
  const { program, features, images, batchSize, classCount, control } = options;
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
    const { features: input, lost, computed } = await features.finish(prepared, batchSize);
    options.onLost(lost);
    const lostHere = new Set(lost.map(({ image }) => image));
    const out = await program.run(options.feedsOf(input));
    const rows = out.logits!.data as Float32Array;
    batch.indices.slice(0, batch.count).forEach((i, row) => {
      if (lostHere.has(images[i]!)) return;
      kept.push(images[i]!);
      for (let k = 0; k < classCount; k++) logits.push(rows[row * classCount + k]!);
    });
    done += batch.count;
    options.onBatch({ done, total: images.length, images: batch.count, computed });
  }
  return { images: kept, logits };
}
