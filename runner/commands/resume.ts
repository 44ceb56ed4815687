// Resumes a run in its own folder: reads what the earlier process left, refuses runs that cannot be resumed, and hands the rest to
// carryOut.ts. Called by cli/groups/.
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { starterWeightsOf } from '../../shared/contracts/architectures.ts';
import { UserError } from '../../shared/contracts/errors.ts';
import type { WeightsOrigin } from '../../shared/contracts/events.ts';
import type { ListedImage } from '../../shared/contracts/imageList.ts';
import type { FineTuneJob, MachineOptions } from '../../shared/contracts/job.ts';
import type { Recipe } from '../../shared/contracts/recipe.ts';
import type { RunState } from '../../shared/contracts/runState.ts';
import { nodeFileSystem } from '../../shared/files/fileSystem.ts';
import { starterName } from '../../shared/recipes/officialWeights.ts';
import { refuseUnusablePattern } from '../../shared/recipes/recipes.ts';
import type { RunRead } from '../../shared/runFolder/readRun.ts';
import type { DatasetIndex } from '../dataset/indexed.ts';
import { recordedImages } from '../evaluation/ownImages.ts';
import { pixelsVersionOf } from '../images/pixelsVersion.ts';
import { sha256Of } from '../images/sha256.ts';
import { plannedOf, requireRoomToGoOn } from '../run/disk/room.ts';
import { reopenRun } from '../store/store.ts';
import { type Resumption, resumptionOf } from '../training/resumption.ts';
import { versions } from '../versions.ts';
import { openFile } from '../weights/formats/byteSource.ts';
import { carryOut, type FineTuneIo } from './carryOut.ts';
import { tasks } from './tasks.ts';

export interface ResumeRequest extends Partial<NewPlaces> {
  /** Also resume a run whose process on another machine may be alive. */
  readonly takeOver?: boolean;
}

/**
 * With the same number of threads, on the CPU, the results equal those of an uninterrupted run.
 * @param folder  absolute
 * @throws UserError runNotFound, runBroken, runNewer, runBusy, runElsewhere, runFinished, runUnstable, checkpointMissing, checkpointUnusable,
 * recipeInvalid, datasetMoved, datasetChanged, those of indexFolder(): these leave the run untouched; later ones as in fineTune()
 */
export async function resume(
  folder: string,
  machine: MachineOptions,
  io: FineTuneIo,
  { data = null, weights = null, takeOver = false }: ResumeRequest = {},
): Promise<{ runFolder: string; state: RunState }> {
  let found: { readonly job: FineTuneJob; readonly resumption: Resumption | undefined } | undefined;
  const check = async (read: RunRead) => {
    const { dataset: known, recipe: recorded, runId, linkFolders: before } = resumable(read, folder);
    const recipe = weights === null ? recorded : { ...recorded, weights };
    if (read.state.epochs.length === 0) {
      if (weights !== null) await refuseOtherWeights(weights, read.state.weights, folder);
      refuseOtherStarter(recipe, read.state.weights, folder);
    }
    const dataset = data ?? known;
    if (data === null && !existsSync(known))
      throw new UserError('datasetMoved', { run: basename(folder), folder: known });
    const linkFolders = [...new Set([...before, ...(machine.linkFolders ?? [])])];
    const images = await recordedImages(folder, read.state);
    const { index } = await tasks[recipe.task].indexFolder(dataset, {
      signal: io.signal,
      linkFolders,
      innerFolders: 'known',
      recorded: images,
    });
    await refuseOthers(index, folder, images ?? []);
    await requireRoomToGoOn(folder, plannedOf(recipe, index), io.fs ?? nodeFileSystem);
    found = {
      job: { ...machine, linkFolders, dataset, recipe, runsFolder: dirname(folder), runId },
      resumption: await resumptionOf(read.state, folder, tasks[recipe.task].parameters(recipe, read.state)),
    };
  };
  // Epochs before and after are decoded by different rules: the run keeps the older version, so that an evaluation reports this, too.
  const versionsOf = ({ summary }: RunRead) => {
    const pixels = found?.resumption?.checkpoint ? pixelsVersionOf(summary) : null;
    return pixels === null ? versions : { ...versions, pixels };
  };
  const run = await reopenRun(folder, versionsOf, check, { fs: io.fs, takeOver });
  return carryOut(found!.job, run, found!.resumption, io);
}

/** Absolute places of data or weights that were moved; null: unchanged. The weights matter until the first epoch is finished. */
export interface NewPlaces {
  readonly data: string | null;
  readonly weights: string | null;
}

/** Weights that the run never loaded are accepted, and recorded when it loads them. @throws UserError weightsNotFound, weightsOthers */
async function refuseOtherWeights(file: string, read: WeightsOrigin | null, runFolder: string): Promise<void> {
  const source = openFile(file);
  try {
    if (read?.kind === 'file' && (await source.sha256()) !== read.sha256)
      throw new UserError('weightsOthers', { file, run: basename(runFolder) });
  } finally {
    source.close();
  }
}

/** Another version may ship other starter weights. @throws UserError weightsOthers */
export function refuseOtherStarter(
  { network, weights }: Pick<Recipe, 'network' | 'weights'>,
  read: WeightsOrigin | null,
  runFolder: string,
): void {
  if (weights === starterName && read?.kind === 'starter' && read.sha256 !== starterWeightsOf(network)?.sha256)
    throw new UserError('weightsOthers', { file: weights, run: basename(runFolder) });
}

/** Images whose contents are compared before the run is touched; once it continues, all are compared. */
const sampledImages = 16;

/**
 * Leaves the run untouched if the folder is a different one. Passes without a readable list of images: the fingerprint is checked later.
 * @throws UserError datasetChanged
 */
async function refuseOthers(
  { folder, images }: DatasetIndex,
  runFolder: string,
  listed: readonly ListedImage[],
): Promise<void> {
  const fileOf = new Map(images.map(({ relativePath, file }) => [relativePath, file]));
  const isAnother = () => new UserError('datasetChanged', { folder, run: basename(runFolder) });
  if (listed.some(({ relativePath }) => !fileOf.has(relativePath))) throw isAnother();
  const every = Math.ceil(listed.length / sampledImages);
  for (const { relativePath, sha256 } of listed.filter((_, i) => i % every === 0)) {
    const bytes = await readFile(fileOf.get(relativePath)!).catch(() => undefined);
    if (bytes === undefined || (await sha256Of(bytes)) !== sha256) throw isAnother();
  }
}

function resumable(
  { state }: RunRead,
  folder: string,
): Pick<RunState, 'linkFolders'> & Pick<FineTuneJob, 'dataset' | 'recipe' | 'runId'> {
  const run = basename(folder);
  if (state.status === 'finished') throw new UserError('runFinished', { run });
  if (state.problem?.code === 'notFinite') throw new UserError('runUnstable', { run });
  const { dataset, recipe, runId, linkFolders } = state;
  if (dataset === null || recipe === null)
    throw new UserError('runBroken', { run, reason: 'its dataset or recipe is not recorded' });
  refuseUnusablePattern(recipe, state.fingerprint === null ? 'new' : 'recorded');
  return { dataset, recipe, runId, linkFolders };
}
