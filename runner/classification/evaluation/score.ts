// Runs checked images through a model: one row of logits each, unless it contains NaN or infinity.

import { UserError } from '../../../shared/contracts/errors.ts';
import { appendAll } from '../../../shared/lists.ts';
import { EngineKilled, EngineOutOfMemory } from '../../engine/engine.ts';
import type { Answers, Checked, EvaluateIo, Skipped } from '../../evaluation/evaluation.ts';
import { logitsOf, type Scored } from '../logits.ts';
import type { FolderTarget } from './evaluationFolder.ts';
import type { ClassModel, OpenedModel, OpenParts } from './models/model.ts';

export interface ScoreParts extends OpenParts {
  readonly model: ClassModel;
  readonly images: readonly Checked<FolderTarget>[];
}

export interface Scores extends Answers {
  /** [N, K] row-major: a row for each of `images`. */
  readonly logits: readonly number[];
  /** Paths of images whose scores are not finite. */
  readonly notFinite: readonly string[];
  readonly imagesPerSecond: number | null;
}

/** @throws the signal's reason when aborted; UserError engineFailed, scoresAllNotFinite */
export async function score(options: ScoreParts, io: Pick<EvaluateIo, 'on' | 'signal'>): Promise<Scores> {
  const { images, model } = options;
  const { lost, imagesPerSecond, ...scored } = await scoredRows(options, io);
  const { rows, logits } = finiteRows(scored, model.classNames.length);
  const kept = new Set(rows);
  const pathOf = (image: number) => images[image]!.relativePath;
  const notFinite = scored.images.filter((image) => !kept.has(image)).map(pathOf);
  const skipped: Skipped[] = [
    ...lost.map((image) => ({ relativePath: pathOf(image), reason: 'gone or changed during the evaluation' })),
    ...notFinite.map((relativePath) => ({ relativePath, reason: "the model's scores for it are not finite numbers" })),
  ];
  return { images: rows, logits, skipped, notFinite, imagesPerSecond };
}

async function scoredRows(
  { model, ...parts }: ScoreParts,
  { on, signal }: Pick<EvaluateIo, 'on' | 'signal'>,
): Promise<Scored & { readonly lost: readonly number[]; readonly imagesPerSecond: number | null }> {
  const { images, engine } = parts;
  let opened: OpenedModel | undefined;
  try {
    opened = await model.open(parts);
    const lost: number[] = [];
    const startMs = performance.now();
    const paceOf = (done: number) => (done * 1000) / Math.max(1, performance.now() - startMs);
    const scored = await logitsOf({
      ...opened,
      images: [...images.keys()],
      control: { signal, turn: async () => {}, nowMs: () => performance.now() },
      onLost: (samples) =>
        appendAll(
          lost,
          samples.map(({ image }) => image),
        ),
      onBatch: ({ done, total }) => {
        const imagesPerSecond = paceOf(done);
        on({
          type: 'progress',
          phase: 'testing',
          done,
          total,
          imagesPerSecond,
          etaMs: ((total - done) * 1000) / imagesPerSecond,
        });
      },
    });
    if (!scored) throw signal.reason;
    return { ...scored, lost, imagesPerSecond: images.length === 0 ? null : paceOf(images.length) };
  } catch (error) {
    if (!(error instanceof EngineOutOfMemory)) throw error;
    const reason =
      error instanceof EngineKilled
        ? 'its process was ended from outside'
        : `${engine.device.name} has not enough memory for this network`;
    throw new UserError('engineFailed', { engine: engine.device.engine, reason }, { cause: error });
  } finally {
    await opened?.dispose();
  }
}

/** The images with finite rows, and their rows. @throws UserError scoresAllNotFinite when there are rows but none is finite */
function finiteRows(
  { images, logits }: Scored,
  classCount: number,
): { readonly rows: readonly number[]; readonly logits: readonly number[] } {
  const rowOf = (row: number) => logits.slice(row * classCount, (row + 1) * classCount);
  const rows = images.flatMap((image, row) => (rowOf(row).every(Number.isFinite) ? [{ image, row }] : []));
  if (rows.length === 0 && images.length > 0) throw new UserError('scoresAllNotFinite', { count: images.length });
  return { rows: rows.map(({ image }) => image), logits: rows.flatMap(({ row }) => rowOf(row)) };
}
