// The images of one of a run's own splits, by the list that the run has kept, and what that list says of any other images.
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
import type { EvaluationImage } from '../classification/evaluation/evaluationFolder.ts';

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

export const listUnusable = (runFolder: string, reason: string, cause?: unknown): UserError =>
  new UserError('runWithoutImageList', { run: basename(runFolder), file: files.images, reason }, { cause });

/** In the order in which the run tested them. @param dataset  absolute */
export async function ownImages(
  dataset: string,
  split: ListedImage['split'],
  list: readonly ListedImage[],
  classNames: readonly string[],
): Promise<{ readonly images: readonly OwnImage[]; readonly skipped: readonly Skipped[] }> {
  const own = list.filter((image) => image.split === split);
  const found = await Promise.all(own.map((image) => foundImage(dataset, image, classNames.indexOf(image.className))));
  return {
    images: found.flatMap(({ image }) => image ?? []),
    skipped: found.flatMap(({ skipped }) => skipped ?? []),
  };
}

type Skipped = { readonly relativePath: string; readonly reason: string };
type OwnImage = EvaluationImage & { readonly listed: string };

async function foundImage(
  dataset: string,
  { relativePath, className, sha256: listed }: ListedImage,
  label: number,
): Promise<{ readonly image?: OwnImage; readonly skipped?: Skipped }> {
  const file = join(dataset, ...relativePath.split('/'));
  try {
    const { size, mtimeMs } = await stat(file);
    const image = { relativePath, file, sizeBytes: size, modifiedMs: mtimeMs, label, classFolder: className, listed };
    return { image };
  } catch (error) {
    if (!isSystemError(error)) throw error;
    return { skipped: { relativePath, reason: `the file cannot be read (${error.code})` } };
  }
}

const examples = 20;

/** Byte for byte: a copy under another name is the same image. */
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
