// The story of a run, told once: index -> run folder -> checks -> weights -> stages of epochs -> test -> files. Each line is a door
// to one room. Called by cli/commands.ts; the editor starts the same program.

import { join } from 'node:path';
import type { Evaluation } from '../../shared/contracts/classification/evaluation.ts';
import { UserError } from '../../shared/contracts/errors.ts';
import type { Device, EpochEvent, Problem, RunEvent } from '../../shared/contracts/events.ts';
import { modelHash } from '../../shared/contracts/fileHashes.ts';
import type { FineTuneJob } from '../../shared/contracts/job.ts';
import { encodeModelMetadata } from '../../shared/contracts/modelMetadata.ts';
import type { Recipe, Unfreeze } from '../../shared/contracts/recipe.ts';
import { files } from '../../shared/contracts/run.ts';
import type { RunState } from '../../shared/contracts/runState.ts';
import { saysInnerFolders } from '../../shared/dataset/groups.ts';
import { type FsPort, nodeFileSystem } from '../../shared/files/fileSystem.ts';
import { thisMachine } from '../../shared/files/machine.ts';
import { inRun } from '../../shared/files/writeError.ts';
import { evaluateSplit } from '../../shared/metrics/evaluateSplit.ts';
import { fitDecision } from '../../shared/metrics/fitDecision.ts';
import { classWeightsOf } from '../batches/classWeights.ts';
import { type Dataset, imageListOf, prepareDataset } from '../dataset/dataset.ts';
import { type DatasetIndex, indexFolder } from '../dataset/folder.ts';
import { chooseEngine, engineOn } from '../devices/chooseEngine.ts';
import type { Engine, ProgramSource } from '../engine/engine.ts';
import { cpuEngineName, createCpuEngine } from '../engine/onnxEngine.ts';
import { defaultThreads } from '../engine/threads.ts';
import { readImageList } from '../evaluation/ownImages.ts';
import { docOf, modelMetadataOf, type Trained as TrainedFacts } from '../exports/metadata.ts';
import { type FeatureCache, noFeatureCache, openFeatureCache } from '../features/featureCache.ts';
import { cutsAfter, type FeatureOptions, frozenFeatures } from '../features/features.ts';
import { isTrainable } from '../network/parameters.ts';
import { exportedProgram } from '../programs/exported.ts';
import { queueFolder, waitForTurn } from '../queue/queue.ts';
import { besideTheLog } from '../run/besideTheLog.ts';
import { type Control, isAbort, runControl } from '../run/control.ts';
import { diskPause } from '../run/diskPause.ts';
import { progressReporter, type Reporter } from '../run/progress.ts';
import { type Planned, requireRoomForRun, roomBesideRun } from '../run/room.ts';
import { keepSamples, type Samples } from '../run/samples.ts';
import { readOtherwiseSince, warning, warningsOf } from '../run/warnings.ts';
import { createRun, type RunFolder } from '../store/runFolder.ts';
import type { Parameters } from '../tensor.ts';
import {
  type Attempt,
  firstAttempt,
  imagesAtOnce,
  type Limits,
  nextAttempt,
  type Standing,
} from '../training/attempts.ts';
import { type Checkpoint, encodeCheckpoint } from '../training/checkpoint.ts';
import { fromScratch, measureStatistics } from '../training/fromScratch.ts';
import { type LostImages, lostImages } from '../training/lostImages.ts';
import { createPace } from '../training/pace.ts';
import { imageWithoutScores, type Predicted, predict } from '../training/predict.ts';
import { type ResumedCheckpoint, type Resumption, resumptionOf } from '../training/resumption.ts';
import { type EpochResult, type StageContext, trainStage } from '../training/stages.ts';
import { workloadOf } from '../training/workload.ts';
import { versions } from '../versions.ts';
import { createPixelSource, type PixelSource } from '../views/pixels.ts';
import { encodeModel } from '../weights/encodeModel.ts';
import { loadWeights, notesOf } from '../weights/load.ts';

export interface FineTuneIo {
  on(event: RunEvent): void;
  /** Aborted: stop after the current batch and keep the best weights. */
  readonly signal: AbortSignal;
  /** The engine to begin with, and made anew after it failed; when left out, chosen as the job says. */
  readonly createEngine?: (threads: number) => Engine;
  /** The disk that holds the run. */
  readonly fs?: FsPort;
  /** How often the files in the run folder are looked at; see ControlOptions. */
  readonly polling?: {
    readonly pollMs?: number;
    readonly attendedPolls?: number;
    /** Between two looks at a disk that refuses a write. */
    readonly diskMs?: number;
  };
}

/**
 * Runs a job to its end. What is wrong before the run folder exists is thrown; from then on it is also the run's last event.
 * @throws UserError when the job cannot be done; the run folder, if there is one, says the same
 */
export async function fineTune(job: FineTuneJob, io: FineTuneIo): Promise<{ runFolder: string; state: RunState }> {
  const { dataset, recipe, runsFolder, runId, linkFolders = [] } = job;
  const innerFolders = saysInnerFolders(recipe) ? 'known' : 'unknown';
  const { index } = await indexFolder(dataset, { signal: io.signal, linkFolders, innerFolders });
  await requireRoomForRun(runsFolder, plannedOf(job, index), io.fs ?? nodeFileSystem);
  const run = await createRun({ runsFolder, runId, versions, dataset, recipe, linkFolders }, { fs: io.fs });
  return carryOut(job, index, run, undefined, io);
}

/** What there is to know of a run's size before it begins. */
export const plannedOf = ({ recipe }: Pick<FineTuneJob, 'recipe'>, { classNames, images }: DatasetIndex): Planned => ({
  recipe,
  classCount: classNames.length,
  images,
});

/** From an open run folder to the end of the run; closes the folder. @throws UserError, as the run's last event says */
export async function carryOut(
  job: FineTuneJob,
  known: DatasetIndex,
  run: RunFolder,
  resumption: Resumption | undefined,
  io: FineTuneIo,
): Promise<{ runFolder: string; state: RunState }> {
  const record = besideTheLog(run, job, async (event: RunEvent) => {
    await run.record(event);
    io.on(event);
  });
  const { recipe } = job;
  const threads = job.threads ?? defaultThreads();
  const { diskMs, ...polling } = io.polling ?? {};
  const control = runControl({ requests: run, caller: io.signal, attended: job.attended, tell: record, ...polling });
  let startMs = control.nowMs();
  const behindMs = resumption?.checkpoint ? run.state.epochs.reduce((sum, { elapsedMs }) => sum + elapsedMs, 0) : 0;
  const ended = (reason: 'finished' | 'stopped' | 'failed', problem: Problem | null) =>
    record({ type: 'ended', reason, problem, elapsedMs: behindMs + control.nowMs() - startMs });
  const ends = async (outcome: 'finished' | 'stopped') => {
    if (outcome === 'finished') await run.dropOlderCheckpoint();
    if (outcome === 'stopped' && control.leftAlone) await record(warning('leftAlone', {}));
    await ended(outcome, null);
  };
  let release = async () => {};
  try {
    const { retryRequested } = run;
    await run.waitForDisk(diskPause({ control, retryRequested, on: io.on, pollMs: polling.pollMs, lookMs: diskMs }));
    if (job.attended) await run.beginAttended();
    const turn = await waitForTurn({
      folder: await queueFolder(job.cacheFolder),
      parallel: job.parallelRuns,
      signal: control.signal,
      onAhead: (ahead) => record({ type: 'queued', ahead }),
    });
    release = turn.release;
    startMs = control.nowMs();
    // Images may have come and gone while the run waited.
    const index = turn.waited
      ? (
          await indexFolder(job.dataset, {
            signal: control.signal,
            linkFolders: job.linkFolders,
            innerFolders: 'known',
          })
        ).index
      : known;
    const whoComputes = engines(io, threads, () =>
      chooseEngine({ wanted: job.engine, threads, recipe, signal: control.signal }),
    );
    let attempt = firstAttempt;
    let behind = resumption;
    for (let outcome: 'finished' | 'stopped' | undefined; outcome === undefined; ) {
      const engine = await whoComputes(attempt.device);
      try {
        outcome = await work(job, index, run, record, control, behind, engine, attempt);
      } catch (error) {
        attempt = nextAttempt(error, { ...attempt, device: engine.device }, standingOf(run.state, recipe, threads));
        control.signal.throwIfAborted();
        behind = await resumptionOf(run.state, run.folder, recipe.network);
      } finally {
        await engine.dispose();
      }
      if (outcome) await ends(outcome);
    }
    return { runFolder: run.folder, state: run.state };
  } catch (error) {
    if (control.signal.aborted && isAbort(error)) {
      await ends('stopped').catch((unwritten: unknown) => {
        throw inRun(unwritten, run.folder);
      });
      return { runFolder: run.folder, state: run.state };
    }
    const told = inRun(error, run.folder);
    await tellFailure(told, run, ended);
    throw told;
  } finally {
    control.end();
    await release();
    await run.close();
  }
}

/** The last epoch's when none is left: then the test failed. */
function standingOf({ epochs }: RunState, { stages, batchSize }: Recipe, threads: number): Standing {
  const planned = stages.reduce((sum, stage) => sum + stage.epochs, 0);
  return { batch: batchSize.train, epoch: Math.min(epochs.length + 1, planned), threads };
}

/** The engine of an attempt: chosen for the first one, then another one on the same device, or on the CPU. */
function engines({ createEngine }: FineTuneIo, threads: number, choose: () => Promise<Engine>) {
  let chosen: Engine | undefined;
  return async (device: Device | undefined): Promise<Engine> => {
    if (device && device.engine !== chosen?.device.engine) return engineOn(device, threads);
    chosen = createEngine?.(threads) ?? (device ? await engineOn(device, threads) : await choose());
    return chosen;
  };
}

/** The run's last event says what went wrong; where even that cannot be written (a full disk), the error thrown says it alone. */
async function tellFailure(
  error: unknown,
  run: RunFolder,
  ended: (reason: 'failed', problem: Problem) => Promise<void>,
): Promise<void> {
  try {
    if (!(error instanceof UserError)) await run.appendLog(`${error instanceof Error ? error.stack : error}\n`);
    await ended('failed', problemOf(error, run));
  } catch (unwritten) {
    if (!(unwritten instanceof UserError)) throw unwritten;
  }
}

async function work(
  job: FineTuneJob,
  index: DatasetIndex,
  run: RunFolder,
  record: (event: RunEvent) => Promise<void>,
  control: Control,
  resumption: Resumption | undefined,
  engine: Engine,
  { limits, failures }: Attempt,
): Promise<'finished' | 'stopped'> {
  const { recipe } = job;
  const { signal } = control;
  const checkpoint = resumption?.checkpoint;
  const report = progressReporter(record);
  let pixels: PixelSource | undefined;
  try {
    const whoComputes = {
      device: engine.device,
      pid: process.pid,
      machine: await thisMachine(),
      versions: run.versions,
    };
    await record(
      resumption
        ? { type: 'resumed', afterEpoch: checkpoint?.epoch ?? 0, ...whoComputes }
        : {
            type: 'started',
            runId: job.runId,
            dataset: job.dataset,
            linkFolders: job.linkFolders,
            recipe,
            ...whoComputes,
          },
    );
    for (const problem of resumption?.warnings ?? []) await record({ type: 'warning', problem });
    const { why } = engine.device;
    if (why?.code === 'gpuSoftwareAsked') await record({ type: 'warning', problem: why });
    for (const problem of failures) await record({ type: 'warning', problem });

    // Before the long look at every image: a wrong weights file is told in a second.
    const weights =
      checkpoint ??
      (await loadWeights({
        network: recipe.network,
        weights: recipe.weights,
        weightsPrefix: recipe.weightsPrefix,
        seed: recipe.seed,
        classCount: index.classNames.length,
        cacheFolder: job.cacheFolder,
        mirror: job.weightsMirror,
        allowDownload: job.allowDownload,
        onProgress: (done, total) => report({ phase: 'weights', done, total }),
        signal,
      }));
    if ('origin' in weights) await record({ type: 'weightsLoaded', weights: weights.origin });
    const origin = 'origin' in weights ? weights.origin : resumption?.weights;
    for (const problem of origin ? notesOf(origin) : []) await record({ type: 'warning', problem });

    // A run keeps to its end what it began with, whatever this version would make of the same images.
    const listed = resumption?.fingerprint
      ? await readImageList(run.folder, run.state).catch(() => undefined)
      : undefined;
    const dataset = await prepareDataset(
      {
        folder: job.dataset,
        groups: recipe.groups,
        groupPattern: recipe.groupPattern,
        split: recipe.split,
        seed: recipe.seed,
        innerFolders: 'known', // fineTune() has looked, or the run began before
        depth: run.state.counts ? run.state.depth : recipe.depth,
        linkFolders: job.linkFolders,
        recordedSplits: listed && new Map(listed.map(({ relativePath, split }) => [relativePath, split])),
      },
      { signal, turn: control.turn, onProgress: (done, total) => report({ phase: 'checking', done, total }) },
    );
    const positiveLabel = positiveLabelOf(recipe, dataset);
    const { classNames, counts, fingerprint, findings, splitOrigin } = dataset;
    const { depth, imageCount: undeclared, declaredCount } = dataset.depth;
    const before = checkpoint?.fingerprint ?? resumption?.fingerprint ?? fingerprint;
    if (before !== fingerprint) throw new UserError('datasetChanged', { folder: job.dataset, run: job.runId });
    await run.writeImageList(imageListOf(dataset));
    await record({
      type: 'checked',
      classNames: [...classNames],
      counts,
      fingerprint,
      findings,
      splitOrigin,
      depth,
      deepImageCount: undeclared + declaredCount,
      files: run.hashesOf(files.images),
      ...(run.state.dataset === job.dataset ? {} : { dataset: job.dataset }),
    });
    for (const each of [...warningsOf(recipe, dataset), ...readOtherwiseSince(run.versions.pixels, dataset)])
      await record(each);

    pixels = createPixelSource({
      images: dataset.images,
      size: recipe.imageSize,
      color: recipe.color,
      depth,
      trainViews: recipe.trainViews,
      seed: recipe.seed,
    });
    const cache = job.useFeatureCache
      ? await openFeatureCache(
          `${job.cacheFolder}/features`,
          job.cacheLimitBytes,
          await roomBesideRun(job.cacheFolder, run.folder, plannedOf(job, index), run.fs),
        )
      : noFeatureCache;
    const random = checkpoint?.random ?? origin?.kind === 'random';
    if (resumption) await run.forgetAfter(checkpoint?.epoch ?? 0, checkpoint?.from);
    const trainer = {
      job,
      run,
      record,
      report,
      control,
      random,
      engine,
      limits,
      dataset,
      positiveLabel,
      pixels,
      cache,
      lost: lostImages(dataset),
      samples: await keepSamples({ run, dataset, pixels, imageSize: recipe.imageSize, seed: recipe.seed, record }),
    };
    const plan = random ? fromScratch(recipe) : recipe;
    const start =
      random && !checkpoint
        ? await measureStatistics({ engine, pixels, dataset, recipe, parameters: weights.parameters, control })
        : weights.parameters;
    if (checkpoint) await restoreEpoch(trainer, checkpoint);
    const trained = await trainStages(trainer, plan, start, checkpoint);
    if (cache.stats.disabled !== undefined) await record(warning('featureCacheOff', { reason: cache.stats.disabled }));
    if (!trained.finished) return 'stopped';
    return (await testOnce(trainer, plan, trained)) ? 'finished' : 'stopped';
  } finally {
    await pixels?.dispose();
  }
}

interface Trainer {
  readonly job: FineTuneJob;
  readonly run: RunFolder;
  readonly record: (event: RunEvent) => Promise<void>;
  readonly report: Reporter;
  readonly control: Control;
  /** From random weights. */
  readonly random: boolean;
  readonly engine: Engine;
  readonly limits: Limits;
  readonly dataset: Dataset;
  readonly positiveLabel: number | null;
  readonly pixels: PixelSource;
  readonly cache: FeatureCache;
  readonly lost: LostImages;
  readonly samples: Samples;
}

interface Trained {
  readonly finished: boolean;
  readonly parameters: Parameters;
  readonly keptEpoch: number;
  /** Validation with the kept weights. */
  readonly validation: Predicted | undefined;
}

async function trainStages(
  trainer: Trainer,
  recipe: Recipe,
  start: Parameters,
  checkpoint: Checkpoint | undefined,
): Promise<Trained> {
  const { dataset, record, report, control, engine } = trainer;
  const { train, val, test } = dataset.splits;
  const workload = workloadOf(
    recipe,
    { train: train.length, val: val.length, test: test.length },
    dataset.classNames.length,
  );
  const pace = createPace(workload.total, control.nowMs);
  let trained: Trained = {
    finished: false,
    parameters: checkpoint?.kept.parameters ?? start,
    keptEpoch: checkpoint?.kept.epoch ?? 0,
    validation: undefined,
  };
  let epochsBefore = checkpoint?.epochsBefore ?? 0;
  if (checkpoint) pace.skip(workload.until(checkpoint.stage, checkpoint.epoch - epochsBefore));
  for (const [stageIndex, stage] of recipe.stages.entries()) {
    if (checkpoint && stageIndex < checkpoint.stage) continue;
    const from = checkpoint?.stage === stageIndex ? checkpoint : undefined;
    if (from?.ends) {
      await record({ type: 'stageEnded', stage: stageIndex, reason: from.ends, keptEpoch: from.kept.epoch });
      pace.skip(workload.skippedEpochs(stageIndex, epochsBefore + stage.epochs - from.epoch));
      epochsBefore = from.epoch;
      continue;
    }
    const features = await frozenFeatures(
      featureOptions(trainer),
      trained.parameters,
      stage.unfreeze,
      cutsAfter(recipe.stages, stageIndex),
    );
    try {
      await record({
        type: 'stageStarted',
        stage: stageIndex,
        name: stage.name,
        epochs: stage.epochs,
        unfreeze: stage.unfreeze,
        trainableParameters: trainableCount(trained.parameters, stage.unfreeze),
      });
      let validation = trained.validation;
      const context: StageContext = {
        engine,
        imagesAtOnce: imagesAtOnce(trainer.limits, engine.device),
        dataset,
        recipe,
        stage,
        stageIndex,
        epochsBefore,
        features,
        classWeights: classWeightsFor(recipe, dataset),
        positiveLabel: trainer.positiveLabel,
        lost: trainer.lost,
        control,
        onStep({ phase, done, total, epoch, images, computed }) {
          const { done: work, skipped } = workload.batch(phase, stageIndex, epoch, images, computed);
          pace.skip(skipped);
          pace.advance(work, images);
          report({
            phase,
            done,
            total,
            stage: stageIndex,
            epoch,
            imagesPerSecond: pace.imagesPerSecond,
            etaMs: pace.etaMs,
          });
        },
        async onEpoch(result) {
          if (result.best) validation = result.validation;
          await saveEpoch(trainer, { stage: stageIndex, epochsBefore: context.epochsBefore }, result);
        },
      };
      const outcome = await trainStage(context, trained.parameters, from);
      if (outcome.keptEpoch !== null)
        trained = { ...trained, parameters: outcome.parameters, keptEpoch: outcome.keptEpoch, validation };
      if (outcome.reason === 'stopped') return trained;
      await record({ type: 'stageEnded', stage: stageIndex, reason: outcome.reason, keptEpoch: trained.keptEpoch });
      pace.skip(workload.skippedEpochs(stageIndex, epochsBefore + stage.epochs - outcome.lastEpoch));
      epochsBefore = outcome.lastEpoch;
    } finally {
      await features.dispose();
    }
  }
  return { ...trained, finished: true };
}

const featureOptions = ({ job: { recipe }, engine, limits, pixels, cache, dataset }: Trainer): FeatureOptions => ({
  engine,
  pixels,
  cache,
  architecture: recipe.network,
  imageHashes: dataset.images.map((image) => image.sha256),
  imageSize: recipe.imageSize,
  color: recipe.color,
  depth: dataset.depth.depth,
  trainViews: recipe.trainViews,
  seed: recipe.seed,
  trunkBatch: Math.min(recipe.batchSize.train, imagesAtOnce(limits, engine.device)),
});

/** What an epoch leaves on disk comes before its event: who reads the event finds the files. */
async function saveEpoch(
  { run, dataset, record, job, samples, random }: Trainer,
  place: { readonly stage: number; readonly epochsBefore: number },
  result: EpochResult,
): Promise<void> {
  const { epoch, validation } = result;
  const predictions = await run.writePredictions({ epoch }, predictionRows(dataset, validation));
  const metadata = metadataOf(job, dataset, epoch);
  if (result.best)
    await run.writeModel(encodeModel(job.recipe.network, result.parameters, dataset.classNames.length, metadata));
  const event: EpochEvent = {
    type: 'epoch',
    epoch,
    stage: place.stage,
    metrics: result.metrics,
    learningRates: result.learningRates,
    imagesPerSecond: result.imagesPerSecond,
    elapsedMs: result.elapsedMs,
    best: result.best,
    predictions,
    files: run.hashesOf(predictions, ...(result.best ? [files.model] : [])),
  };
  await run.saveCheckpoint(
    encodeCheckpoint(
      result,
      { ...place, random, fingerprint: dataset.fingerprint, event },
      { ...metadata, stage: String(place.stage), steps: String(result.steps) },
    ),
  );
  await samples.follow(validation.images);
  await record({ ...event, files: { ...event.files, ...run.hashesOf(files.checkpoint) } });
}

/** What a process that was killed between two files has left is brought to the checkpoint's epoch. */
async function restoreEpoch(
  { run, dataset, record, job }: Trainer,
  { epoch, event, kept, sha256 }: ResumedCheckpoint,
): Promise<void> {
  const wanted = kept.epoch === epoch ? event.files?.[files.model] : modelHash(run.state, kept.epoch);
  const there = await run.fs.sha256(join(run.folder, files.model)).catch(() => undefined); // gone, or unreadable: written again
  // What is whole stays: another version might write the same weights with other bytes than the log tells of.
  if (wanted === undefined || wanted !== there) {
    const metadata = metadataOf(job, dataset, kept.epoch);
    await run.writeModel(encodeModel(job.recipe.network, kept.parameters, dataset.classNames.length, metadata));
  }
  if (!run.state.epochs.some((row) => row.epoch === epoch))
    await record({ ...event, files: { ...event.files, [files.checkpoint]: sha256 } });
}

const metadataOf = ({ recipe, runId }: FineTuneJob, { classNames }: Dataset, epoch: number) => ({
  architecture: recipe.network,
  classNames: JSON.stringify(classNames),
  runId,
  epoch: String(epoch),
});

/**
 * The first look at the test split, with the weights that were kept; the threshold comes from validation. Whatever trained, the CPU
 * judges: a graphics driver that computes wrongly, and does not say so, must not reach these figures; and evaluations, which compute on
 * the CPU, give them again.
 */
async function testOnce(trainer: Trainer, recipe: Recipe, trained: Trained): Promise<boolean> {
  const { device } = trainer.engine;
  if (device.engine === cpuEngineName) return testOn(trainer, recipe, trained);
  const cpu = createCpuEngine(trainer.job.threads ?? defaultThreads());
  try {
    return await testOn({ ...trainer, engine: cpu }, recipe, { ...trained, validation: undefined }, async (val) => {
      const difference = largestDifference(val, trained.validation);
      if (difference > tolerated)
        await trainer.record(warning('gpuDiffered', { gpu: device.name, difference: difference.toPrecision(2) }));
    });
  } finally {
    await cpu.dispose();
  }
}

/** Of a probability, between two engines: features in half precision lie between. */
const tolerated = 0.01;

/** Of probabilities of the same images; 0 where there is nothing to compare. A NaN differs without bound. */
function largestDifference(a: Predicted, b: Predicted | undefined): number {
  if (b === undefined || a.probabilities.length !== b.probabilities.length) return 0;
  return a.probabilities.reduce((largest, p, i) => {
    const difference = Math.abs(p - b.probabilities[i]!);
    return Math.max(largest, Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference);
  }, 0);
}

async function testOn(
  trainer: Trainer,
  recipe: Recipe,
  trained: Trained,
  onValidation: (validation: Predicted) => Promise<void> = async () => {},
): Promise<boolean> {
  const { engine, dataset, record, report, control, run, positiveLabel, lost } = trainer;
  const classWeights = classWeightsFor(recipe, dataset);
  const features = await frozenFeatures(
    featureOptions(trainer),
    trained.parameters,
    recipe.stages.at(-1)!.unfreeze,
    [],
  );
  try {
    const predictSplit = (images: readonly number[], phase: 'validating' | 'testing') =>
      predict({
        engine,
        imagesAtOnce: imagesAtOnce(trainer.limits, engine.device),
        dataset,
        recipe,
        features,
        parameters: trained.parameters,
        images,
        classWeights,
        lost,
        control,
        onBatch: ({ done, total }) => report({ phase, done, total }),
      });
    const val = trained.validation ?? (await predictSplit(dataset.splits.val, 'validating'));
    const test = val && (await predictSplit(dataset.splits.test, 'testing'));
    if (!val || !test) return false;
    for (const predicted of [val, test]) {
      const relativePath = imageWithoutScores(predicted, dataset);
      if (relativePath !== undefined) throw new UserError('outputNotFinite', { relativePath });
    }
    await onValidation(val);
    report({ phase: 'saving', done: 0, total: 1 });
    const { classNames } = dataset;
    const {
      threshold,
      missing,
      temperature: fit,
    } = fitDecision(val.labels, val.logits, classNames.length, positiveLabel);
    const { temperature } = fit;
    const evaluate = (predicted: Predicted) =>
      evaluateSplit({ ...predicted, classNames, positiveLabel, threshold, temperature });
    const positiveClass = positiveLabel === null ? null : classNames[positiveLabel]!;
    const evaluation: Evaluation = {
      version: 1,
      classNames: [...classNames],
      positiveClass,
      threshold:
        threshold === null
          ? null
          : { value: threshold.probability, logOdds: threshold.logOdds, method: 'youden', fittedOn: 'val' },
      thresholdMissing: missing,
      temperature: {
        value: temperature,
        reason: fit.reason,
        lossBefore: fit.reason === null ? fit.lossBefore : null,
        lossAfter: fit.reason === null ? fit.lossAfter : null,
        fittedOn: 'val',
      },
      val: evaluate(val),
      test: evaluate(test),
    };
    await run.appendTestLook('training');
    await run.writePredictions('val', predictionRows(dataset, val));
    await run.writePredictions('test', predictionRows(dataset, test));
    await run.writeEvaluation(evaluation);
    await run.writeOnnx(
      exportedModel(trainer, recipe, trained.parameters, { positiveClass, threshold, temperature }).model,
    );
    if (lost.relativePaths.length > 0)
      await record(warning('imagesLost', { count: lost.relativePaths.length, relativePath: lost.relativePaths[0]! }));
    const model = modelHash(run.state, trained.keptEpoch);
    await record({
      type: 'evaluated',
      val: evaluation.val,
      test: evaluation.test,
      threshold: threshold?.probability ?? null,
      thresholdLogOdds: threshold?.logOdds ?? null,
      thresholdMissing: missing,
      positiveClass,
      keptEpoch: trained.keptEpoch,
      temperature,
      files: {
        ...(model === undefined ? {} : { [files.model]: model }),
        ...run.hashesOf(files.evaluation, files.predictions('val'), files.predictions('test'), files.onnx),
      },
    });
    return true;
  } finally {
    await features.dispose();
  }
}

function exportedModel(
  { job, dataset }: Trainer,
  recipe: Recipe,
  parameters: Parameters,
  decision: Pick<TrainedFacts, 'positiveClass' | 'threshold' | 'temperature'>,
): ProgramSource {
  return exportedProgram({
    architecture: recipe.network,
    parameters,
    imageSize: recipe.imageSize,
    doc: docOf(recipe),
    metadata: encodeModelMetadata(
      modelMetadataOf({
        runId: job.runId,
        recipe,
        depth: dataset.depth.depth,
        classNames: dataset.classNames,
        ...decision,
      }),
    ),
  });
}

function predictionRows(dataset: Dataset, predicted: Predicted) {
  return {
    relativePaths: predicted.images.map((image) => dataset.images[image]!.relativePath),
    labels: predicted.labels,
    logits: predicted.logits,
    classNames: dataset.classNames,
  };
}

/** Two classes: the recipe's positive class, else the second. More: none. */
function positiveLabelOf(recipe: Recipe, { classNames }: Dataset): number | null {
  if (recipe.positiveClass !== null && !classNames.includes(recipe.positiveClass))
    throw new UserError('positiveClassUnknown', { className: recipe.positiveClass, classNames: classNames.join(', ') });
  if (classNames.length !== 2) return null;
  return recipe.positiveClass === null ? 1 : classNames.indexOf(recipe.positiveClass);
}

function classWeightsFor(recipe: Recipe, { splits, images, classNames }: Dataset): readonly number[] {
  if (!recipe.imbalance.classWeights) return classNames.map(() => 1);
  return classWeightsOf(
    splits.train.map((image) => images[image]!.label),
    classNames.length,
  );
}

const trainableCount = (parameters: Parameters, unfreeze: Unfreeze): number =>
  [...parameters].reduce((sum, [name, { data }]) => sum + (isTrainable(name, unfreeze) ? data.length : 0), 0);

/** A user's error travels as it is; anything else is a bug, told with the way to the log. */
function problemOf(error: unknown, run: RunFolder): Problem {
  if (error instanceof UserError) return { code: error.code, params: error.params };
  return {
    code: 'internal',
    params: { reason: error instanceof Error ? error.message : String(error), log: `${run.folder}/${files.log}` },
  };
}
