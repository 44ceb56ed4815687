// Whether a run will fit on its disk, before it begins: an estimate of all that it writes, a little above what it will be.

import { stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { freeAmount, neededAmount } from '../../../shared/amount.ts';
import { UserError } from '../../../shared/contracts/errors.ts';
import type { Recipe, Stage } from '../../../shared/contracts/recipe.ts';
import { files } from '../../../shared/contracts/run.ts';
import type { FsPort } from '../../../shared/files/fileSystem.ts';
import { largest } from '../../../shared/lists.ts';
import type { DatasetIndex } from '../../dataset/indexed.ts';
import { optimizerOf } from '../../graph/optimizers/optimizers.ts';
import { isTrainable, parametersOf } from '../../network/parameters.ts';
import { sizeOf } from '../../tensor.ts';

export interface Planned {
  readonly recipe: Recipe;
  readonly classCount: number;
  readonly images: readonly { readonly relativePath: string; readonly split: string | null }[];
}

/** What is known of a run's size before it begins. */
export const plannedOf = (recipe: Recipe, { classNames, images }: DatasetIndex): Planned => ({
  recipe,
  classCount: classNames.length,
  images,
});

/** Generations of the checkpoint that a run keeps, and the one that is being written. */
const checkpointsAtOnce = 3;
/** Of one class of one image: a probability and a logit, with all their digits. */
const predictionBytes = 44;
/** Of one epoch: its event and its rows in metrics.csv, without what grows with the classes. */
const epochBytes = 4000;
/** Samples, evaluation, events of progress. */
const otherBytes = 2e6;

/** What a run's folder takes at its largest, in bytes. */
export function runBytes(planned: Planned): number {
  const { recipe, classCount, images } = planned;
  const { stages, split } = recipe;
  const { model, checkpoint } = weightsBytes(planned);
  const epochs = stages.reduce((total, stage) => total + stage.epochs, 0);
  const pathBytes = images.reduce((total, { relativePath }) => total + relativePath.length, 0) / images.length;
  const rowBytes = 2 * pathBytes + predictionBytes * classCount;
  const countOf = (name: 'val' | 'test') => {
    const given = images.filter((image) => image.split === name).length;
    return given > 0 ? given : split[name] * images.length;
  };
  const predictions = rowBytes * (countOf('val') * (epochs + 1) + countOf('test'));
  const imageList = images.length * (2 * pathBytes + 80);
  return (
    checkpointsAtOnce * checkpoint +
    2 * model + // model.safetensors and model.onnx
    predictions +
    imageList +
    epochs * (epochBytes + 200 * classCount) +
    otherBytes
  );
}

/** At most, over all stages. */
function weightsBytes({ recipe, classCount }: Planned): { readonly model: number; readonly checkpoint: number } {
  const { network, stages, weights } = recipe;
  const parameters = parametersOf(network, classCount).map(({ name, shape }) => ({ name, bytes: 4 * sizeOf(shape) }));
  const sum = (chosen: typeof parameters) => chosen.reduce((total, { bytes }) => total + bytes, 0);
  const momentsOf = ({ unfreeze, optimizer }: Stage) =>
    sum(
      parameters.filter(({ name }) =>
        weights === 'none' ? isTrainable(network, name, 'all') : isTrainable(network, name, unfreeze),
      ),
    ) * optimizerOf(optimizer).moments.length;
  const model = sum(parameters);
  // The kept weights are in it beside the last ones.
  return { model, checkpoint: 2 * model + largest(stages.map(momentsOf)) };
}

/** Before a run has a folder. A disk that does not say how much is free is taken at its word when it is written to. @throws UserError noRoomForRun */
export async function requireRoomForRun(runsFolder: string, planned: Planned, fs: FsPort): Promise<void> {
  const neededBytes = runBytes(planned);
  const freeBytes = await freeAround(runsFolder, fs);
  if (freeBytes >= neededBytes) return;
  const [needed, free] = [neededAmount(neededBytes), freeAmount(freeBytes)];
  throw new UserError('noRoomForRun', { needed, free, folder: runsFolder });
}

/**
 * Before a run goes on. How much of it is done already is not asked: with room for the next checkpoint beside the last one it comes on,
 * and waits when the disk fills up.
 * @throws UserError noRoomToGoOn
 */
export async function requireRoomToGoOn(folder: string, planned: Planned, fs: FsPort): Promise<void> {
  const neededBytes = weightsBytes(planned).checkpoint;
  const freeBytes = await freeAround(folder, fs);
  if (freeBytes >= neededBytes) return;
  const [needed, free] = [neededAmount(neededBytes), freeAmount(freeBytes)];
  throw new UserError('noRoomToGoOn', { needed, free, folder });
}

/** How many bytes a cache may grow by without taking what the run needs; the run itself is never worth less than its cache. */
export async function roomBesideRun(
  cacheFolder: string,
  runFolder: string,
  planned: Planned,
  fs: FsPort,
): Promise<number> {
  const [cacheDisk, runDisk] = await Promise.all([diskOf(cacheFolder), diskOf(runFolder)]);
  const ofRun = cacheDisk === runDisk ? runBytes(planned) - (await heldBytes(runFolder)) : 0;
  return Math.max(0, (await freeAround(cacheFolder, fs)) - Math.max(0, ofRun));
}

/** Of the nearest folder that is there. */
async function freeAround(folder: string, fs: FsPort): Promise<number> {
  try {
    return (await fs.freeBytes(folder)) ?? Number.POSITIVE_INFINITY;
  } catch {
    return dirname(folder) === folder ? Number.POSITIVE_INFINITY : freeAround(dirname(folder), fs);
  }
}

async function diskOf(folder: string): Promise<number | undefined> {
  try {
    return (await stat(folder)).dev;
  } catch {
    return dirname(folder) === folder ? undefined : diskOf(dirname(folder));
  }
}

/** What is replaced, and the predictions of the epochs that are behind. */
async function heldBytes(folder: string): Promise<number> {
  const sizeOfFile = (name: string) =>
    stat(join(folder, name)).then(
      ({ size }) => size,
      () => 0,
    );
  const held = await Promise.all(
    [files.checkpoint, files.olderCheckpoint, files.model, files.onnx, files.images, files.events].map(sizeOfFile),
  );
  return held.reduce((sum, size) => sum + size, 0);
}
