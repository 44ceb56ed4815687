// Folders within class folders: whether they may be patients, or the outer folders may not be classes. Pure, from paths alone; shared by
// runner and editor.

import { compareCodePoints } from '../codePoints.ts';
import { type SplitName, splitNames } from '../contracts/splits.ts';
import { groupedBy } from '../groupedBy.ts';

export interface Placed {
  /** /-separated, relative to the dataset folder. */
  readonly relativePath: string;
  /** null in a dataset without splits. */
  readonly split: SplitName | null;
}

/** Path within the class folder: `P01/slice.png` of `train/benign/P01/slice.png`. */
export const pathInClass = ({ relativePath, split }: Placed): string =>
  relativePath
    .split('/')
    .slice(split === null ? 1 : 2)
    .join('/');

/** The first folder below the class folder; null: the image is directly in the class folder. */
export function innerFolderOf(image: Placed): string | null {
  const path = pathInClass(image);
  const slash = path.indexOf('/');
  return slash === -1 ? null : path.slice(0, slash);
}

const classFolderOf = ({ relativePath, split }: Placed): string =>
  relativePath
    .split('/')
    .slice(0, split === null ? 1 : 2)
    .join('/');

/**
 * Folders that appear in every class folder of a dataset without splits, and contain all images: then the inner folders may be the
 * classes, and the outer ones splits or patients.
 *
 * @returns at least two names in code-point order, or none
 */
export function sameFoldersInEach(images: readonly Placed[]): readonly string[] {
  if (images.some((image) => image.split !== null || innerFolderOf(image) === null)) return [];
  const inner = [...groupedBy(images, classFolderOf).values()].map((own) =>
    [...new Set(own.map((image) => innerFolderOf(image)!))].sort(compareCodePoints),
  );
  const [first] = inner;
  if (first === undefined || first.length < 2 || inner.length < 2) return [];
  return inner.every((names) => names.length === first.length && names.every((name, i) => name === first[i]))
    ? first
    : [];
}

export interface InnerFolders {
  /** Number of different folder names below class folders. */
  readonly folderCount: number;
  /** Number of those with images in more than one split. */
  readonly splitCount: number;
  /** Number of images in the folders counted by `splitCount`. */
  readonly imageCount: number;
  /** `class/folder`, one of those counted by `splitCount` if there are any. */
  readonly example: string;
}

/**
 * Folders that may be patients: some class folder contains at least two, and some of them at least two images. null: none. Folders with
 * the same name count as one, even in different classes or splits. `usedIn`: the given or created split of the image.
 */
export function innerFoldersOf(
  images: readonly (Placed & { readonly usedIn: SplitName | null })[],
): InnerFolders | null {
  const inside = images.filter((image) => innerFolderOf(image) !== null);
  const perClass = groupedBy(inside, classFolderOf).values();
  if (![...perClass].some((own) => new Set(own.map(innerFolderOf)).size > 1)) return null;
  const folders = [...groupedBy(inside, innerFolderOf).values()];
  if (folders.every((own) => own.length === 1)) return null;
  const torn = folders.filter(
    (own) => splitNames.filter((name) => own.some(({ usedIn }) => usedIn === name)).length > 1,
  );
  const [first] = (torn[0] ?? folders[0])!;
  return {
    folderCount: folders.length,
    splitCount: torn.length,
    imageCount: torn.flat().length,
    example: exampleOf(first!),
  };
}

const exampleOf = (image: Placed): string =>
  image.relativePath
    .split('/')
    .slice(image.split === null ? 0 : 1)
    .slice(0, 2)
    .join('/');
