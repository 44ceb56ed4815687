// Folders within class folders: whether they may be patients, or the outer folders no classes. Pure, from paths alone; runner and
// editor share it.

import { compareCodePoints } from '../codePoints.ts';
import { type SplitName, splitNames } from '../contracts/splits.ts';
import { groupedBy } from '../groupedBy.ts';

export interface Placed {
  /** /-separated, relative to the dataset folder. */
  readonly relativePath: string;
  /** null in a flat set. */
  readonly split: SplitName | null;
}

/** The path within the class folder: `P01/slice.png` of `train/benign/P01/slice.png`. */
export const pathInClass = ({ relativePath, split }: Placed): string =>
  relativePath
    .split('/')
    .slice(split === null ? 1 : 2)
    .join('/');

/** The first folder below the class folder; null: the image is in the class folder itself. */
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
 * Folders that every class folder of a flat set holds alike, with no image beside them: then the inner folders may be the classes,
 * and the outer ones splits or patients.
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
  /** Different names of folders below class folders. */
  readonly folderCount: number;
  /** Those of them with images in more than one split. */
  readonly splitCount: number;
  /** Images in the folders counted by `splitCount`. */
  readonly imageCount: number;
  /** `class/folder`, one of `splitCount` if there is any. */
  readonly example: string;
}

/**
 * Folders that may be patients: some class folder holds two or more of them, and some of them two images or more. null: there are
 * none. Folders of one name are taken for one, also in two classes or splits. `usedIn`: the split, given or made, that has the image.
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
