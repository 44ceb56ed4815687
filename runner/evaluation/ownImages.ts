// The images of one of a run's own splits, by the run's list of images, and that list's facts about other images.
import { stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Overlap } from '../../shared/contracts/classification/evaluationRecord.ts';
import { UserError } from '../../shared/contracts/errors.ts';
import { loggedHash } from '../../shared/contracts/fileHashes.ts';
import { type ListedImage, parseImageList } from '../../shared/contracts/imageList.ts';
import { files } from '../../shared/contracts/run.ts';
import type { RunState } from '../../shared/contracts/runState.ts';
import { isMissing, isSystemError } from '../../shared/files/systemError.ts';
import { readVerified } from '../../shared/runFolder/verified.ts';
import type { Chosen, EvaluateJob, EvaluationFile, EvaluationModel, Skipped } from './evaluation.ts';

/** undefined: the run has none. @throws UserError runWithoutImageList when it cannot be read */
export async function readImageList(
  runFolder: string,
  state: Pick<RunState, 'epochs' | 'evaluation' | 'files'>,
): Promise<readonly ListedImage[] | undefined> {
  try {
    return parseImageList(await readVerified(runFolder, files.images, loggedHash(state, files.images)));
  } catch (cause) {
    if (isMissing(cause)) return undefined;
    if (isSystemError(cause)) throw cause;
    throw listUnusable(runFolder, cause instanceof Error ? cause.message : String(cause), cause);
  }
}

/** The images that a run to resume began with; undefined: they were not checked yet, or the list cannot be read. */
export const recordedImages = async (
  runFolder: string,
  state: Pick<RunState, 'epochs' | 'evaluation' | 'files' | 'fingerprint'>,
): Promise<readonly ListedImage[] | undefined> =>
  state.fingerprint === null ? undefined : readImageList(runFolder, state).catch(() => undefined);

export const listUnusable = (runFolder: string, reason: string, cause?: unknown): UserError =>
  new UserError('runWithoutImageList', { run: basename(runFolder), file: files.images, reason }, { cause });

/**
 * The list of the run's images, as far as needed: for other images an unreadable list counts as missing, and the record contains no
 * overlap.
 * @throws UserError runWithoutImageList
 */
export async function listFor(
  { data }: Pick<EvaluateJob, 'data'>,
  { runFolder, runState }: EvaluationModel,
): Promise<readonly ListedImage[] | undefined> {
  if (runFolder === null || runState === null) return undefined;
  try {
    return await readImageList(runFolder, runState);
  } catch (error) {
    if (data !== null && error instanceof UserError) return undefined;
    throw error;
  }
}

/** Images of one of the run's own splits, in the run's order. @throws UserError dataNeeded, runWithoutImageList */
export async function imagesOfRun(
  { split, model: path }: Pick<EvaluateJob, 'split' | 'model'>,
  { runFolder, dataset }: EvaluationModel,
  list: readonly ListedImage[] | undefined,
): Promise<Chosen<ListedImage>> {
  if (runFolder === null || dataset === null) throw new UserError('dataNeeded', { model: path });
  if (!list) throw listUnusable(runFolder, 'the run was made before this file was kept, or did not get so far');
  const own = split ?? 'val';
  const found = await Promise.all(
    list.filter((image) => image.split === own).map((image) => foundImage(dataset, image)),
  );
  const images = found.flatMap((image) => ('reason' in image ? [] : [image]));
  return {
    folder: dataset,
    origin: 'run',
    split: own,
    images,
    skipped: found.flatMap((image) => ('reason' in image ? [image] : [])),
    listed: new Map(images.map(({ relativePath, sha256 }) => [relativePath, sha256])),
  };
}

async function foundImage(dataset: string, listed: ListedImage): Promise<(EvaluationFile & ListedImage) | Skipped> {
  const { relativePath } = listed;
  const file = join(dataset, ...relativePath.split('/'));
  try {
    const { size, mtimeMs } = await stat(file);
    return { ...listed, file, sizeBytes: size, modifiedMs: mtimeMs };
  } catch (error) {
    if (!isSystemError(error)) throw error;
    return { relativePath, reason: `the file cannot be read (${error.code})` };
  }
}

const examples = 20;

/** Compared by content: a copy under another name is the same image. */
export function overlapOf(
  images: readonly { readonly relativePath: string; readonly sha256: string }[],
  list: readonly ListedImage[],
): Overlap {
  const shaOf = (split: ListedImage['split']) =>
    new Set(list.filter((image) => image.split === split).map(({ sha256 }) => sha256));
  const [train, val, test] = (['train', 'val', 'test'] as const).map((split) => {
    const own = shaOf(split);
    return images.filter(({ sha256 }) => own.has(sha256));
  });
  return {
    train: train!.length,
    val: val!.length,
    test: test!.length,
    relativePaths: train!.slice(0, examples).map(({ relativePath }) => relativePath),
  };
}
