// All that a run needs and that does not depend on the device, so that an attempt on another device, or with less memory, does not
// read, decode, and hash it again: weights, the checked dataset, threads that make views, samples. Absent: the engine.
import { architectureRow } from '../../shared/contracts/architectures.ts';
import { UserError } from '../../shared/contracts/errors.ts';
import type { Problem } from '../../shared/contracts/events.ts';
import type { ListedImage } from '../../shared/contracts/imageList.ts';
import type { Stage } from '../../shared/contracts/recipe.ts';
import { files } from '../../shared/contracts/run.ts';
import type { Dataset } from '../dataset/dataset.ts';
import type { IndexedFolder } from '../dataset/indexed.ts';
import { recordedImages } from '../evaluation/ownImages.ts';
import { readOtherwiseSince, warningsOf } from '../run/warnings.ts';
import type { Learning, Samples } from '../task.ts';
import type { Parameters } from '../tensor.ts';
import { createPixelSource, type PixelSource } from '../views/threads/pixels.ts';
import { type LoadedWeights, loadWeights, notesOf } from '../weights/weights.ts';
import { stagesFromScratch } from './fromScratch.ts';
import type { Resumption } from './resumption.ts';
import { checkBatches } from './step/fewestImages.ts';
import type { LiveRun } from './trainer.ts';

export interface PreparedRun extends LiveRun {
  readonly dataset: Dataset;
  readonly learning: Learning;
  /** The caller disposes of it. */
  readonly pixels: PixelSource;
  readonly samples: Samples;
  /** From random weights. */
  readonly random: boolean;
  /** The stages to train: those of the recipe, adapted if the weights are random. */
  readonly stages: readonly Stage[];
  /** The weights before the first epoch, read when first asked for: a run that goes on from a checkpoint does not need them. */
  startWeights(): Promise<Parameters>;
  /** Warnings about weights and images; recorded, and repeated when the run is resumed. */
  readonly warnings: readonly Problem[];
}

/**
 * Records what it finds.
 * @throws UserError datasetChanged, batchNormOfOne; as loadWeights(), checkDataset(), and the task's learn() do
 */
export async function prepareRun(live: LiveRun, resumption: Resumption | undefined): Promise<PreparedRun> {
  const { job, task, run, record } = live;
  const { recipe } = job;
  const checkpoint = resumption?.checkpoint;
  // Before the long check of every image: a wrong weights file is reported within a second.
  const weights = once(() => readWeights(live));
  const origin = checkpoint ? resumption.weights : (await weights()).origin;
  const notes = origin ? notesOf(origin, recipe) : [];
  for (const problem of notes) await record({ type: 'warning', problem });
  const random = checkpoint?.random ?? origin?.kind === 'random';

  // A run keeps to its end what it began with, whatever this version would make of the same images.
  const recorded = resumption && (await recordedImages(run.folder, run.state));
  // Images and classes may have come and gone while the run waited for its turn, its device, or a download.
  const indexed = await task.indexFolder(job.dataset, {
    signal: live.control.signal,
    linkFolders: job.linkFolders,
    innerFolders: 'known',
    recorded,
  });
  const dataset = await checkedDataset(live, indexed, recorded);
  const learning = task.learn(recipe, dataset);
  const stages = random ? stagesFromScratch(recipe.stages) : recipe.stages;
  checkBatches(recipe, stages, dataset.splits.train.length, learning.objective.viewsPerImage);
  await recordDataset(live, dataset, checkpoint?.fingerprint ?? resumption?.fingerprint ?? dataset.fingerprint);
  const ofImages = [...warningsOf(recipe, dataset), ...readOtherwiseSince(run.versions.pixels, dataset)];
  for (const each of ofImages) await record(each);

  const { imageSize, color, trainViews, seed } = recipe;
  const { images, depth } = dataset;
  const { input } = architectureRow(recipe.network);
  const pixels = createPixelSource({ images, size: imageSize, color, input, depth: depth.depth, trainViews, seed });
  try {
    return {
      ...live,
      dataset,
      learning,
      pixels,
      samples: await task.keepSamples({ run, dataset, pixels, imageSize, seed, record }),
      random,
      stages,
      startWeights: async () => new Map([...(await weights()).backbone, ...learning.newHead()]),
      warnings: [...notes, ...ofImages.map(({ problem }) => problem)],
    };
  } catch (error) {
    await pixels.dispose();
    throw error;
  }
}

async function readWeights({ job, record, report, control }: LiveRun): Promise<LoadedWeights> {
  const { network, weights, weightsPrefix, seed } = job.recipe;
  const loaded = await loadWeights({
    network,
    weights,
    weightsPrefix,
    seed,
    cacheFolder: job.cacheFolder,
    mirror: job.weightsMirror,
    allowDownload: job.allowDownload,
    onProgress: (done, total) => report({ phase: 'weights', done, total }),
    signal: control.signal,
  });
  await record({ type: 'weightsLoaded', weights: loaded.origin });
  return loaded;
}

async function checkedDataset(
  { job: { recipe }, task, run, report, control }: LiveRun,
  indexed: IndexedFolder,
  recorded: readonly ListedImage[] | undefined,
): Promise<Dataset> {
  return task.checkDataset(
    indexed,
    {
      groups: recipe.groups,
      groupPattern: recipe.groupPattern,
      split: recipe.split,
      seed: recipe.seed,
      depth: run.state.counts ? run.state.depth : recipe.depth,
      recordedSplits: recorded && new Map(recorded.map(({ relativePath, split }) => [relativePath, split])),
    },
    {
      signal: control.signal,
      turn: control.turn,
      onProgress: (done, total) => report({ phase: 'checking', done, total }),
    },
  );
}

/** @param expected  fingerprint of the images that the run began with */
async function recordDataset({ job, task, run, record }: LiveRun, dataset: Dataset, expected: string): Promise<void> {
  const { classNames, counts, fingerprint, findings, splitOrigin } = dataset;
  const { depth, imageCount: undeclared, declaredCount } = dataset.depth;
  if (expected !== fingerprint) throw new UserError('datasetChanged', { folder: job.dataset, run: job.runId });
  await run.writeImageList(task.imageList(dataset));
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
}

/** `work`, done when first asked for. */
function once<T>(work: () => Promise<T>): () => Promise<T> {
  let result: Promise<T> | undefined;
  return () => (result ??= work());
}
