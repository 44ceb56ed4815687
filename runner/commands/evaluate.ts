// The story of an evaluation: model -> images -> check -> answers -> record. The data is only read. Called by cli/groups/; the
// editor starts the same program.
import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import { type EvaluationRecord, looseRecordsFolder } from '../../shared/contracts/classification/evaluationRecord.ts';
import { UserError } from '../../shared/contracts/errors.ts';
import { datedId, files } from '../../shared/contracts/run.ts';
import { appendTestLook, readTestLooks } from '../../shared/runFolder/testLooks.ts';
import { checkedImages } from '../evaluation/checkedImages.ts';
import type { Chosen, EvaluateIo, EvaluateJob, EvaluationModel, Skipped } from '../evaluation/evaluation.ts';
import { onEngine } from '../evaluation/onEngine.ts';
import { imagesOfRun, listFor, overlapOf } from '../evaluation/ownImages.ts';
import { openSubject } from '../evaluation/subject.ts';
import { tasks } from './tasks.ts';

export interface Evaluated {
  /** Absolute path of the record's folder. */
  readonly folder: string;
  readonly record: EvaluationRecord;
  /** Number of looks at the run's test images, including this one; null: the run is not here. */
  readonly testLooks: number | null;
}

/** @throws UserError for a model, a folder, images or an engine that cannot be used; the signal's reason when aborted */
export async function evaluate(job: EvaluateJob, io: EvaluateIo): Promise<Evaluated> {
  const startMs = performance.now();
  const now = (io.now ?? (() => new Date()))();
  const subject = await openSubject(job.model);
  const evaluation = await tasks[subject.task].evaluation(subject, job);
  const { model } = evaluation;
  const list = await listFor(job, model);
  const chosen =
    job.data === null
      ? evaluation.ownImages(await imagesOfRun(job, model, list))
      : await evaluation.imagesIn(job.data, io.signal);

  const checked = await checkedImages(chosen, model, io);
  const { images } = checked;
  if (images.length === 0) throw noneLeft(job, model, chosen, checked.skipped);
  const { device, result: answers } = await onEngine(job, model, images, io, (parts) =>
    evaluation.answer(images, parts, io),
  );
  const skipped = [...checked.skipped, ...answers.skipped];
  const answered = answers.images.map((image) => images[image]!);
  if (answered.length === 0) throw noneLeft(job, model, chosen, skipped);

  const overlap = list ? overlapOf(answered, list) : null;
  const id = idOf(job, chosen, now);
  const { record, hasFigures, write } = await evaluation.record({
    ...{ id, createdAt: now.toISOString(), chosen, checked, answers, answered, skipped, overlap, device },
    elapsedMs: () => performance.now() - startMs,
  });
  const { runFolder } = model;
  // Counted before anybody can see the results.
  if (hasFigures && overlap && overlap.test > 0 && runFolder !== null)
    await appendTestLook(runFolder, 'evaluate', { now: () => now });
  const folder = job.out ?? join(recordsFolder(job, model), id);
  await write(folder);
  return { folder, record, testLooks: runFolder === null ? null : (await readTestLooks(runFolder)).length };
}

const idOf = ({ data, split }: EvaluateJob, chosen: Chosen, now: Date): string =>
  datedId(data ?? chosen.split!, data !== null && split ? [split] : [], now, randomInt(65_536));

const recordsFolder = ({ workingFolder }: EvaluateJob, { runFolder }: EvaluationModel): string =>
  runFolder === null ? join(workingFolder, looseRecordsFolder) : join(runFolder, files.evaluations);

function noneLeft(
  job: EvaluateJob,
  { identity }: EvaluationModel,
  { folder, split }: Chosen,
  skipped: readonly Skipped[],
): UserError {
  const { relativePath, reason } = skipped[0]!;
  if (job.data !== null) return new UserError('noneUsable', { count: skipped.length, relativePath, reason });
  const run = identity.runId ?? job.model;
  return new UserError('imagesGone', { split: split === 'val' ? 'validation' : split!, run, folder, relativePath });
}
