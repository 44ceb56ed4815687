// Folders of splits, by their names and the folders within them. Pure; shared by runner and editor.
import { type SplitName, splitNames } from '../contracts/splits.ts';
import { innerFolderOf, type Placed } from './innerFolders.ts';

/** Keywords by which Hugging Face's `datasets` recognizes splits (data_files.py of 5.2.0), here in any case. */
const splitsByKeyword: ReadonlyMap<string, SplitName> = new Map([
  ['train', 'train'],
  ['training', 'train'],
  ['val', 'val'],
  ['valid', 'val'],
  ['validation', 'val'],
  ['dev', 'val'],
  ['test', 'test'],
  ['testing', 'test'],
  ['eval', 'test'],
  ['evaluation', 'test'],
]);

/** Between words of a folder name, for `datasets`: digits count, too. */
const separators = /[-._ 0-9]+/;

/** The split that the name is a keyword of; undefined for a keyword with other words. */
export const splitOfKeyword = (name: string): SplitName | undefined => splitsByKeyword.get(name.toLowerCase());

/**
 * Splits with a keyword among the words of the name, in any case, as in `datasets`.
 *
 * @example splitsInName('train_images') // ['train']
 * @example splitsInName('train-val') // ['train', 'val']
 * @example splitsInName('trainset') // []
 */
export function splitsInName(name: string): SplitName[] {
  const found = new Set(name.split(separators).map(splitOfKeyword));
  return splitNames.filter((split) => found.has(split));
}

/** The one split in the name; undefined: none, or several. */
export function splitOfName(name: string): SplitName | undefined {
  const [split, ...others] = splitsInName(name);
  return others.length === 0 ? split : undefined;
}

export interface TopFolder {
  readonly name: string;
  /** Names of the folders within. */
  readonly folders: readonly string[];
}

export type SplitFolder<T> = T & { readonly split: SplitName };

/**
 * The split folders of a dataset among its folders, in the order of splits; none if there is no `train`. A split folder contains class
 * folders. A keyword alone names a split; a keyword among other words does if no other folder claims the split, and if one of the class
 * folders is in another split as well. Several folders with the keyword alone are all returned.
 */
export function splitFoldersAmong<T extends TopFolder>(top: readonly T[]): SplitFolder<T>[] {
  const chosen = withoutRivals(claimsAmong(top));
  if (!chosen.some(({ split }) => split === 'train')) return [];
  return chosen.sort((a, b) => splitNames.indexOf(a.split) - splitNames.indexOf(b.split));
}

/** The folders that only miss being split folders because others claim their split by a word, too. */
export function rivalsAmong<T extends TopFolder>(top: readonly T[]): SplitFolder<T>[] {
  const claims = claimsAmong(top);
  const chosen = new Set(withoutRivals(claims));
  return claims.filter((claim) => !chosen.has(claim));
}

/** Drops folders of which several claim one split by a word: which one is meant, only the user knows. */
export const withoutRivals = <T extends SplitFolder<{ readonly name: string }>>(claims: readonly T[]): T[] =>
  claims.filter(
    (claim) =>
      splitOfKeyword(claim.name) !== undefined ||
      !claims.some((other) => other !== claim && other.split === claim.split),
  );

function claimsAmong<T extends TopFolder>(top: readonly T[]): SplitFolder<T>[] {
  const named = top.flatMap((folder) => {
    const split = splitOfName(folder.name);
    return split === undefined || folder.folders.length === 0 ? [] : [{ ...folder, split }];
  });
  const byKeyword = named.filter(({ name }) => splitOfKeyword(name) !== undefined);
  return named.filter(({ name, split, folders }) => {
    if (splitOfKeyword(name) !== undefined) return true;
    if (byKeyword.some((other) => other.split === split)) return false;
    return named.some((other) => other.split !== split && shareName(other.folders, folders));
  });
}

/** True if a name is in both, whatever its case and the encoding of its accents. */
export function shareName(a: readonly string[], b: readonly string[]): boolean {
  const plain = (name: string) => name.normalize('NFC').toLowerCase();
  const own = new Set(a.map(plain));
  return b.some((name) => own.has(plain(name)));
}

/** Splits of splitsInName(), also from names without a separator: trainset, TestImages. Too vague to read a folder as a split. */
const splitsSuggested = (name: string): SplitName[] =>
  splitsInName(
    name.replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2').replace(/(?<=[a-z])(?:set|data|images|imgs)(?![a-z])/giu, ' $&'),
  );

/**
 * Class names of a dataset without splits that are probably names of splits: all of them, if they suggest more than one split; or
 * those that name train and other splits, if all images of train are in inner folders.
 *
 * @param images  of all classes
 * @returns in the order of `classNames`; none: they are classes
 */
export function classesNamedLikeSplits(classNames: readonly string[], images: readonly Placed[]): readonly string[] {
  if (images.some(({ split }) => split !== null)) return [];
  const suggested = classNames.map(splitsSuggested);
  if (suggested.every((splits) => splits.length > 0) && new Set(suggested.flat()).size > 1) return classNames;
  const named = namesOfSeveralSplits(classNames);
  const train = new Set(named.filter((name) => splitsInName(name).includes('train')));
  const ofTrain = images.filter(({ relativePath }) => train.has(relativePath.split('/')[0]!));
  return ofTrain.every((image) => innerFolderOf(image) !== null) ? named : [];
}

/** The names that name train and other splits; none if either is missing. */
export function namesOfSeveralSplits(names: readonly string[]): readonly string[] {
  const named = names.filter((name) => splitsInName(name).length > 0);
  const splits = new Set(named.flatMap(splitsInName));
  return splits.has('train') && splits.size > 1 ? named : [];
}
