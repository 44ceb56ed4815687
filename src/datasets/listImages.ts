// The images of one dataset by their names alone: a bounded walk that opens no file and yields to the editor at every folder.
// Absent: links (the runner follows those within the dataset and counts what they show once), sizes, contents.

import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { appendAll } from '../../runner/contracts/lists.ts';
import { type SplitName, splitNames, splitOfFolder } from '../../runner/contracts/splits.ts';
import { compareCodePoints } from '../../runner/dataset/codePoints.ts';
import { reasonToIgnore } from '../../runner/dataset/ignored.ts';
import { isImage } from './datasetFolders.ts';

/** A class folder of a split, or of a flat set. */
export interface ImageGroup {
  /** null in a flat set. */
  readonly split: SplitName | null;
  readonly className: string;
  /** /-separated, relative to the dataset folder, in code-point order. */
  readonly relativePaths: readonly string[];
}

export interface ImageList {
  /** Split by split, class by class. A class folder without images is a group, too. */
  readonly groups: readonly ImageGroup[];
  /** false: there was more to look at than the bounds allow. */
  readonly complete: boolean;
}

export interface ListBounds {
  readonly images: number;
  readonly folders: number;
}

const generous: ListBounds = { images: 200_000, folders: 5000 };

/** A folder that is gone or cannot be read is an empty list. */
export async function listImages(dataset: string, bounds: ListBounds = generous): Promise<ImageList> {
  const left = { ...bounds };
  let complete = true;

  async function entriesOf(relativePath: string) {
    if (left.folders-- <= 0) {
      complete = false;
      return [];
    }
    const entries = await readdir(join(dataset, relativePath), { withFileTypes: true }).catch(() => []);
    return entries.filter(({ name }) => reasonToIgnore(name) === undefined);
  }
  async function foldersIn(relativePath: string): Promise<string[]> {
    const entries = await entriesOf(relativePath);
    return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  }
  async function imagesBelow(relativePath: string): Promise<string[]> {
    const entries = await entriesOf(relativePath);
    const own = entries.filter((entry) => entry.isFile() && isImage(entry.name));
    const taken = own.slice(0, Math.max(0, left.images)).map(({ name }) => `${relativePath}/${name}`);
    if (taken.length < own.length) complete = false;
    left.images -= taken.length;
    for (const entry of entries)
      if (entry.isDirectory()) appendAll(taken, await imagesBelow(`${relativePath}/${entry.name}`));
    return taken;
  }

  const top = await foldersIn('');
  const parents = await splitFolders(top, foldersIn);
  const groups: ImageGroup[] = [];
  for (const { split, folder, classNames } of parents ?? [{ split: null, folder: '', classNames: top }])
    for (const className of classNames.sort(compareCodePoints)) {
      const relativePaths = await imagesBelow(folder === '' ? className : `${folder}/${className}`);
      groups.push({ split, className, relativePaths: relativePaths.sort(compareCodePoints) });
    }
  return { groups, complete };
}

interface SplitFolder {
  readonly split: SplitName;
  readonly folder: string;
  readonly classNames: string[];
}

/** As the runner reads a folder: splits need a `train` that holds folders; else it is one flat set, told by null. */
async function splitFolders(
  top: readonly string[],
  foldersIn: (relativePath: string) => Promise<string[]>,
): Promise<SplitFolder[] | null> {
  const found: SplitFolder[] = [];
  for (const folder of top) {
    const split = splitOfFolder(folder);
    const classNames = split === undefined ? [] : await foldersIn(folder);
    if (split !== undefined && classNames.length > 0) found.push({ split, folder, classNames });
  }
  if (!found.some(({ split }) => split === 'train')) return null;
  return found.sort((a, b) => splitNames.indexOf(a.split) - splitNames.indexOf(b.split));
}
