// Whether a run will fit on its disk, before it begins: a slightly generous estimate of everything that it writes.

import { stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { freeAmount, neededAmount } from '../../../shared/amount.ts';
import { UserError } from '../../../shared/contracts/errors.ts';
import type { Recipe, Stage } from '../../../shared/contracts/recipe.ts';
import { files } from '../../../shared/contracts/run.ts';
import type { FsPort } from '../../../shared/files/fileSystem.ts';
import { largest } from '../../../shared/lists.ts';
import { optimizerOf } from '../../graph/optimizers/optimizers.ts';
import { isTrainable, parametersOf } from '../../network/parameters.ts';
import { sizeOf } from '../../tensor.ts';

export interface Planned {
  readonly recipe: Recipe;
  readonly classCount: number;
  readonly images: readonly { readonly relativePath: string; readonly givenSplit: string | null }[];
}

/** The parts of a run that decide its size and are known before it begins. */
export const plannedOf = (
  recipe: Recipe,
  { classNames, images }: Pick<Planned, 'images'> & { readonly classNames: readonly string[] },
): Planned => ({
  recipe,
  classCount: classNames.length,
  images,
});

/** Checkpoints on the disk at the same time: those that a run keeps, and the one being written. */
const checkpointsAtOnce = 3;
/** Bytes of one image's probability and logit for one class, with all digits. */
const predictionBytes = 44;
/** Bytes of one epoch's event and of its rows in metrics.csv, apart from the part that grows with the classes. */
const epochBytes = 4000;
/** Samples, evaluation, events of progress. */
const otherBytes = 2e6;

/** Largest size of a run's folder, in bytes. */
export function runBytes(planned: Planned): number {
  const { recipe, classCount, images } = planned;
  const { stages, split } = recipe;
  const { model, checkpoint } = weightsBytes(planned);
  const epochs = stages.reduce((total, stage) => total + stage.epochs, 0);
  const pathBytes = images.reduce((total, { relativePath }) => total + relativePath.length, 0) / images.length;
  const rowBytes = 2 * pathBytes + predictionBytes * classCount;
  const countOf = (name: 'val' | 'test') => {
    const given = images.filter((image) => image.givenSplit === name).length;
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

/** Largest sizes over all stages. */
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
  // A checkpoint contains the kept weights beside the last ones.
  return { model, checkpoint: 2 * model + largest(stages.map(momentsOf)) };
}

/** Checks the disk before a run has a folder. A disk that does not report its free space passes. @throws UserError noRoomForRun */
export async function requireRoomForRun(runsFolder: string, planned: Planned, fs: FsPort): Promise<void> {
  const neededBytes = runBytes(planned);
  const freeBytes = await freeAround(runsFolder, fs);
  if (freeBytes >= neededBytes) return;
  const [needed, free] = [neededAmount(neededBytes), freeAmount(freeBytes)];
  throw new UserError('noRoomForRun', { needed, free, folder: runsFolder });
}

/**
 * Checks the disk before a run is resumed. The part already done is not counted: with room for one more checkpoint the run makes
 * progress, and it waits when the disk fills up.
 * @throws UserError noRoomToGoOn
 */
export async function requireRoomToGoOn(folder: string, planned: Planned, fs: FsPort): Promise<void> {
  const neededBytes = weightsBytes(planned).checkpoint;
  const freeBytes = await freeAround(folder, fs);
  if (freeBytes >= neededBytes) return;
  const [needed, free] = [neededAmount(neededBytes), freeAmount(freeBytes)];
  throw new UserError('noRoomToGoOn', { needed, free, folder });
}

/** Bytes by which a cache may grow without using space that the run needs; the run always comes before its cache. */
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

/** Free bytes around the nearest existing folder. */
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

/** Bytes of the files that will be replaced, and of the predictions of past epochs. */
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
