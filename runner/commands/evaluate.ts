// The story of an evaluation: model -> images -> check -> scores -> record. The data is only ever read. Called by cli/commands.ts; the editor
// starts the same program.
import { randomInt } from 'node:crypto';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { EvaluateProgress } from '../../shared/contracts/classification/evaluateOutput.ts';
import {
  type EvaluatedData,
  type EvaluationRecord,
  looseRecordsFolder,
} from '../../shared/contracts/classification/evaluationRecord.ts';
import { UserError } from '../../shared/contracts/errors.ts';
import type { FineTuneJob, NamedEngine } from '../../shared/contracts/job.ts';
import { photos } from '../../shared/contracts/recipes.ts';
import { datedId, files } from '../../shared/contracts/run.ts';
import { storedThreshold } from '../../shared/contracts/scores.ts';
import type { SplitName } from '../../shared/contracts/splits.ts';
import { crossEntropy } from '../../shared/metrics/logLoss.ts';
import { evaluateSplit } from '../../shared/metrics/metrics.ts';
import { writeEvaluationRecord } from '../../shared/runFolder/evaluationRecords.ts';
import { appendTestLook, readTestLooks } from '../../shared/runFolder/testLooks.ts';
import { type EvaluationImage, indexEvaluationFolder } from '../classification/evaluation/evaluationFolder.ts';
import type { EvaluationModel } from '../classification/evaluation/models/model.ts';
import { onnxModel } from '../classification/evaluation/models/onnxModel.ts';
import { runModel } from '../classification/evaluation/models/runModel.ts';
import {
  answersOf,
  type Difference,
  largestDifference,
  mostDifference,
  recordedAnswers,
  refuseIfOtherwise,
} from '../classification/evaluation/recordedAnswers.ts';
import { type CheckedEvaluationImage, finiteRows, score } from '../classification/evaluation/score.ts';
import { warningsOf } from '../classification/evaluation/warnings.ts';
import { checkAll } from '../dataset/dataset.ts';
import { depthOfModel } from '../dataset/depth.ts';
import { fingerprintOf } from '../dataset/fingerprint.ts';
import { openEngine } from '../devices/devices.ts';
import type { Engine } from '../engine/engine.ts';
import { cpuName } from '../engine/onnx/onnxEngine.ts';
import { defaultThreads } from '../engine/threads.ts';
import { listUnusable, overlapOf, ownImages, readImageList } from '../evaluation/ownImages.ts';
import { noFeatureCache, openFeatureCache } from '../features/featureCache.ts';
import { changedSince } from '../images/pixelsVersion.ts';
import { versions } from '../versions.ts';
import { createPixelSource } from '../views/threads/pixels.ts';

export interface EvaluateJob
  extends Pick<FineTuneJob, 'cacheFolder' | 'cacheLimitBytes' | 'useFeatureCache' | 'threads'> {
  /** Absolute path of a run folder or an .onnx file. */
  readonly model: string;
  /** On another than the CPU the run's own images give numbers that differ in the last digits. */
  readonly engine: NamedEngine;
  /** Absolute path of a folder; null: the run's own images. */
  readonly data: string | null;
  /** null: all images of `data`; of the run's own images, those of validation. */
  readonly split: SplitName | null;
  /** null: the model's own. */
  readonly threshold: number | null;
  /** Absolute; null: in the run folder, or below `workingFolder`. */
  readonly out: string | null;
  readonly workingFolder: string;
  readonly ignoreUnknownClasses: boolean;
  readonly unlabelled: boolean;
  /** Absolute paths of folders outside of `data` that its symbolic links may lead into. */
  readonly linkFolders?: readonly string[];
}

export interface EvaluateIo {
  on(progress: EvaluateProgress): void;
  /** Aborted: nothing is written. */
  readonly signal: AbortSignal;
  readonly createEngine?: (threads: number) => Engine;
  readonly now?: () => Date;
}

export interface Evaluated {
  /** Absolute, of the record. */
  readonly folder: string;
  readonly record: EvaluationRecord;
  /** Looks at the run's test images, this one included; null: the run is not here. */
  readonly testLooks: number | null;
}

/** @throws UserError for a model, a folder, images or an engine that cannot be used; the signal's reason when aborted */
export async function evaluate(job: EvaluateJob, io: EvaluateIo): Promise<Evaluated> {
  const startMs = performance.now();
  const now = (io.now ?? (() => new Date()))();
  const model = await openModel(job.model);
  const threshold = thresholdOf(job, model);
  const list = await listOf(job, model);
  const chosen = job.data === null ? await imagesOfRun(job, model, list) : await imagesOfFolder(job, model, io.signal);

  const { usable, corrupt } = await checkAll(chosen.images, {
    signal: io.signal,
    onProgress: (done, total) =>
      io.on({ type: 'progress', phase: 'checking', done, total, imagesPerSecond: null, etaMs: null }),
  });
  const skipped = [...chosen.skipped, ...corrupt.map(({ relativePath, reason }) => ({ relativePath, reason }))];
  const images: CheckedEvaluationImage[] = [];
  const changed = model.pixelsVersion === null ? [] : changedSince(model.pixelsVersion);
  const readOtherwise = new Set<string>();
  for (const { image, checked } of usable) {
    const listed = chosen.listed?.get(image.relativePath);
    if (listed !== undefined && listed !== checked.sha256)
      skipped.push({ relativePath: image.relativePath, reason: 'its content has changed since the run' });
    else {
      images.push({ ...image, sha256: checked.sha256 });
      if (checked.conversions.some((each) => changed.includes(each))) readOtherwise.add(image.relativePath);
    }
  }
  if (images.length === 0) throw noneLeft(job, model, chosen, skipped);
  const depth = depthOfModel(
    model.depth,
    usable.map(({ image: { relativePath }, checked: { sampleRange } }) => ({ relativePath, sampleRange })),
  );

  const threads = job.threads ?? defaultThreads();
  const engine = io.createEngine?.(threads) ?? (await openEngine(job.engine, { threads, signal: io.signal }));
  const pixels = createPixelSource({
    images,
    size: model.imageSize,
    color: model.color,
    depth: model.depth,
    trainViews: photos.trainViews, // none is asked for
    seed: 0,
  });
  const cache = job.useFeatureCache
    ? await openFeatureCache(`${job.cacheFolder}/features`, job.cacheLimitBytes)
    : noFeatureCache;
  let device: string;
  let scored: Awaited<ReturnType<typeof score>>;
  try {
    device = engine.device.name;
    scored = await score({ model, engine, pixels, cache, images }, io);
  } finally {
    await pixels.dispose();
    await engine.dispose();
  }
  const classCount = model.classNames.length;
  const { rows, logits } = finiteRows(scored, classCount);
  const kept = new Set(rows);
  for (const image of scored.lost)
    skipped.push({ relativePath: images[image]!.relativePath, reason: 'gone or changed during the evaluation' });
  const notFinite = scored.images.filter((image) => !kept.has(image)).map((image) => images[image]!.relativePath);
  for (const relativePath of notFinite)
    skipped.push({ relativePath, reason: "the model's scores for it are not finite numbers" });
  const predicted = rows.map((image) => images[image]!);
  if (predicted.length === 0) throw noneLeft(job, model, chosen, skipped);

  const differs = await differenceFrom(model, chosen, engine.device, predicted, logits, readOtherwise);
  if (!model.isVerified) refuseIfOtherwise(model.identity.runId ?? '', differs, mostDifference);
  const labels = chosen.labelled ? predicted.map(({ label }) => label!) : null;
  const data = dataOf(model, chosen, predicted);
  const overlap = list ? overlapOf(predicted, list) : null;
  const metrics =
    labels &&
    evaluateSplit({
      labels,
      logits,
      loss: crossEntropy(logits, labels, model.classWeights),
      classNames: model.classNames,
      positiveLabel: model.positiveClass === null ? null : model.classNames.indexOf(model.positiveClass),
      threshold: threshold && storedThreshold(threshold.value, threshold.logOdds),
      temperature: model.temperature,
    });
  const id = datedId(
    job.data ?? chosen.split!,
    job.data !== null && job.split ? [job.split] : [],
    now,
    randomInt(65_536),
  );
  const about = {
    data,
    overlap,
    skipped,
    depth,
    normalised: chosen.normalised,
    notFinite,
    differs: differs && differs.difference > mostDifference ? differs : null,
    readOtherwise: predicted.flatMap(({ relativePath }) => (readOtherwise.has(relativePath) ? [relativePath] : [])),
  };
  const record: EvaluationRecord = {
    version: 1,
    id,
    createdAt: now.toISOString(),
    model: model.identity,
    network: model.network,
    recipe: model.recipe,
    medical: model.medical,
    classNames: [...model.classNames],
    positiveClass: model.positiveClass,
    data,
    depth,
    skipped,
    threshold,
    thresholdMissing: threshold === null ? model.thresholdMissing : null,
    temperature: model.temperature,
    overlap,
    warnings: warningsOf(about, model.classNames),
    metrics,
    device,
    imagesPerSecond: scored.imagesPerSecond,
    elapsedMs: performance.now() - startMs,
    versions: { ...versions },
  };
  const folder = job.out ?? join(recordsFolder(job, model), id);
  // Counted before anybody can see the numbers.
  if (metrics && overlap && overlap.test > 0 && model.runFolder !== null)
    await appendTestLook(model.runFolder, 'evaluate', { now: () => now });
  await writeEvaluationRecord(folder, record, {
    relativePaths: predicted.map(({ relativePath }) => relativePath),
    labels,
    logits,
    classNames: model.classNames,
  });
  const testLooks = model.runFolder === null ? null : (await readTestLooks(model.runFolder)).length;
  return { folder, record, testLooks };
}

/** How far the answers are from those that the run recorded of its own images; null: there is nothing to compare. */
async function differenceFrom(
  { identity, runFolder, runState, classNames }: EvaluationModel,
  { origin, split }: Chosen,
  { name }: Engine['device'],
  predicted: readonly CheckedEvaluationImage[],
  logits: readonly number[],
  readOtherwise: ReadonlySet<string>,
): Promise<Difference | null> {
  if (origin !== 'run' || identity.kind !== 'run' || runFolder === null || runState === null) return null;
  if (split === 'train' || split === null || name !== cpuName) return null; // a graphics device rounds in its own way
  const recorded = await recordedAnswers(runFolder, runState, split, identity.keptEpoch);
  const seen = answersOf(
    predicted.map(({ relativePath }) => relativePath),
    logits,
    classNames.length,
  );
  return largestDifference(new Map([...recorded].filter(([path]) => !readOtherwise.has(path))), seen);
}

const openModel = (path: string): Promise<EvaluationModel> => {
  if (/\.onnx$/i.test(path)) return onnxModel(path);
  if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) throw new UserError('modelNotFound', { model: path });
  return runModel(path);
};

/** For other images an unreadable list counts as missing, and the record says that the overlap is unknown. */
async function listOf({ data }: EvaluateJob, { runFolder, runState }: EvaluationModel) {
  if (runFolder === null || runState === null) return undefined;
  try {
    return await readImageList(runFolder, runState);
  } catch (error) {
    if (data !== null && error instanceof UserError) return undefined;
    throw error;
  }
}

function thresholdOf({ threshold }: EvaluateJob, model: EvaluationModel): EvaluationRecord['threshold'] {
  if (threshold === null)
    return model.threshold && { value: model.threshold.probability, logOdds: model.threshold.logOdds, from: 'val' };
  if (model.positiveClass === null) throw new UserError('thresholdNeedsTwo', { count: model.classNames.length });
  if (!(threshold >= 0 && threshold <= 1)) throw new UserError('thresholdOutOfRange', { value: threshold });
  return { value: threshold, from: 'given' };
}

interface Chosen extends Pick<EvaluatedData, 'folder' | 'origin' | 'split' | 'labelled' | 'ignoredClasses'> {
  readonly images: readonly EvaluationImage[];
  readonly skipped: readonly { readonly relativePath: string; readonly reason: string }[];
  readonly normalised: readonly string[];
  /** Of the run's own images: the content that they had, by path. */
  readonly listed?: ReadonlyMap<string, string>;
}

async function imagesOfRun(
  { split, model: path }: EvaluateJob,
  { runFolder, dataset, classNames }: EvaluationModel,
  list: Awaited<ReturnType<typeof readImageList>>,
): Promise<Chosen> {
  if (runFolder === null || dataset === null) throw new UserError('dataNeeded', { model: path });
  if (!list) throw listUnusable(runFolder, 'the run was made before this file was kept, or did not get so far');
  const own = split ?? 'val';
  const { images, skipped } = await ownImages(dataset, own, list, classNames);
  return {
    folder: dataset,
    origin: 'run',
    split: own,
    labelled: true,
    images,
    skipped,
    normalised: [],
    ignoredClasses: [],
    listed: new Map(images.map(({ relativePath, listed }) => [relativePath, listed])),
  };
}

async function imagesOfFolder(job: EvaluateJob, { classNames }: EvaluationModel, signal: AbortSignal): Promise<Chosen> {
  const { split, ignoreUnknownClasses, unlabelled, linkFolders } = job;
  const folder = job.data!;
  const index = await indexEvaluationFolder(
    { folder, split, classNames, ignoreUnknownClasses, unlabelled, linkFolders },
    signal,
  );
  return { folder, origin: 'folder', split, ...index };
}

function noneLeft(job: EvaluateJob, model: EvaluationModel, { folder, split }: Chosen, skipped: Chosen['skipped']) {
  const { relativePath, reason } = skipped[0]!;
  if (job.data !== null) return new UserError('noneUsable', { count: skipped.length, relativePath, reason });
  const run = model.identity.runId ?? job.model;
  return new UserError('imagesGone', { split: split === 'val' ? 'validation' : split!, run, folder, relativePath });
}

function dataOf(
  { classNames }: EvaluationModel,
  chosen: Chosen,
  predicted: readonly CheckedEvaluationImage[],
): EvaluatedData {
  const { folder, origin, split, labelled, ignoredClasses, normalised } = chosen;
  const counts = classNames.map((_, label) => predicted.filter((image) => image.label === label).length);
  const folders = [...new Set(predicted.flatMap(({ classFolder }) => classFolder ?? []))];
  return {
    folder,
    origin,
    split,
    labelled,
    fingerprint: fingerprintOf(
      predicted.map(({ relativePath, sha256, label }) => ({
        relativePath,
        sha256,
        target: label === null ? null : classNames[label]!,
        split: null,
      })),
    ),
    imageCount: predicted.length,
    counts: labelled ? counts : null,
    classMapping: folders.map((name) => {
      const own = predicted.filter(({ classFolder }) => classFolder === name);
      const byName = normalised.includes(name) ? 'normalised' : 'same';
      return { folder: name, className: classNames[own[0]!.label!]!, byName, imageCount: own.length };
    }),
    missingClasses: labelled ? classNames.filter((_, label) => counts[label] === 0) : [],
    ignoredClasses: [...ignoredClasses],
  };
}

const recordsFolder = ({ workingFolder }: EvaluateJob, { runFolder }: EvaluationModel): string =>
  runFolder === null ? join(workingFolder, looseRecordsFolder) : join(runFolder, files.evaluations);
