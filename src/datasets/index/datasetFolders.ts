// Finds folders that look like datasets by a bounded scan of names, for the explorer's menu and the list of the command palette.
// Absent: opening images, and rules for usable datasets. The runner has those, and its sentence reports the problem.
import { readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { reasonNotAnImage, reasonToIgnore } from '../../../shared/dataset/imageNames.ts';
import { splitFoldersAmong, splitOfKeyword, splitOfName } from '../../../shared/dataset/splitFolders.ts';
import type { DatasetNames } from '../../recipes/proposeRecipe.ts';

/** Uses the runner's rule for names, so that both count the same files. */
export const isImage = (name: string): boolean =>
  reasonToIgnore(name) === undefined && reasonNotAnImage(name) === undefined;
const isPassedOver = (name: string) => name === 'node_modules' || reasonToIgnore(name) !== undefined;

export interface DatasetScan {
  /** Absolute path. */
  readonly folders: readonly string[];
  /** Absolute paths of split folders, by a word in their names or by a keyword. */
  readonly splits: readonly string[];
  /** false: the scan stopped at its limits. */
  readonly complete: boolean;
}

export interface ScanBounds {
  readonly depth: number;
  readonly folders: number;
}

const generous: ScanBounds = { depth: 6, folders: 4000 };

interface Seen {
  readonly hasImages: boolean;
  readonly hasClasses: boolean;
  /** Names of its folders with images, if they are classes. */
  readonly classNames: readonly string[];
  /** Names of its image folders if most of them are numbered, as patients are, and no images are beside them. */
  readonly groups: readonly string[];
}

const nothing: Seen = { hasImages: false, hasClasses: false, classNames: [], groups: [] };

/** Whether these are class folders with folders of patients rather than two datasets with equal class names. */
function holdsGroups(below: readonly Seen[]): boolean {
  const names = below.filter(({ groups }) => groups.length > 0).map(({ groups }) => groups.join('/'));
  return names.length >= 2 && new Set(names).size > 1;
}

/**
 * Folders of `below` that look like datasets although their folders are the patients of one class. Patients have similar names in every
 * class; if the names have nothing in common, the folders may be separate datasets, and each is kept.
 */
function classesOf<T extends Seen>(below: readonly T[]): readonly T[] {
  const classes = below.filter(({ groups }) => groups.length > 0);
  const wordsOf = ({ groups }: Seen) => new Set(groups.map((name) => /^\p{L}*/u.exec(name)![0].toLowerCase()));
  const [first, ...others] = classes.map(wordsOf);
  const isAlike = others.every((words) => [...words].some((word) => first!.has(word)));
  return holdsGroups(below) && isAlike ? classes : [];
}

/**
 * Scans below `roots`, breadth first. A dataset contains two class folders (with images, or with folders of patients), or a split folder
 * that contains them. A class folder with folders of patients is no dataset.
 */
export async function scanForDatasets(roots: readonly string[], bounds: ScanBounds = generous): Promise<DatasetScan> {
  const folders = new Set<string>();
  const splits: string[] = [];
  let left = bounds.folders;
  let complete = true;

  async function look(folder: string, depth: number): Promise<Seen> {
    if (depth < 0 || left-- <= 0) {
      complete = false;
      return nothing;
    }
    const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
    const below: (Seen & { name: string })[] = [];
    for (const entry of entries) {
      if (!entry.isDirectory() || isPassedOver(entry.name)) continue;
      below.push({ name: entry.name, ...(await look(join(folder, entry.name), depth - 1)) });
    }
    const filled = below.filter((one) => one.hasImages).map(({ name }) => name);
    const hasClasses = filled.length >= 2 || holdsGroups(below);
    const isSplit = below.some((one) => splitOfKeyword(one.name) !== undefined && one.hasClasses);
    const splitFolders = splitFoldersAmong(below.map(({ name, classNames }) => ({ name, folders: classNames })));
    for (const { name } of splitFolders) splits.push(join(folder, name));
    if (hasClasses || isSplit || splitFolders.length > 0) folders.add(folder);
    for (const { name } of classesOf(below)) folders.delete(join(folder, name));
    // Images in folders within a class folder belong to the class.
    // Links count by their names; the check resolves them and applies the rules for links.
    const hasImages = entries.some((entry) => (entry.isFile() || entry.isSymbolicLink()) && isImage(entry.name));
    const numbered = filled.filter((name) => /\d/.test(name)).length;
    const groups = !hasImages && filled.length >= 2 && numbered > filled.length / 2 ? filled : [];
    return { hasImages, hasClasses, classNames: hasClasses ? filled : [], groups };
  }

  for (const root of roots) await look(root, bounds.depth);
  return { folders: [...folders].sort(), splits, complete };
}

/** Drops the split folders of a dataset, which look like datasets themselves. */
export function withoutSplits({ folders, splits }: Pick<DatasetScan, 'folders' | 'splits'>): string[] {
  const all = new Set(folders);
  const dropped = new Set(splits);
  const isSplit = (folder: string) =>
    dropped.has(folder) || (splitOfKeyword(basename(folder)) !== undefined && all.has(dirname(folder)));
  return folders.filter((folder) => !isSplit(folder));
}

/** Names for proposing a recipe; a few hundred at most. */
export async function namesOf(dataset: string): Promise<DatasetNames> {
  const folderNames = [basename(dataset), basename(dirname(dataset))];
  const top = await subfolders(dataset);
  const named: { readonly name: string; readonly folders: readonly string[] }[] = [];
  for (const name of top)
    if (splitOfName(name) !== undefined) named.push({ name, folders: await subfolders(join(dataset, name)) });
  const split =
    splitFoldersAmong(named)[0] ??
    named.find(({ name, folders }) => splitOfKeyword(name) !== undefined && folders.length > 0);
  const root = split === undefined ? dataset : join(dataset, split.name);
  const classNames = split?.folders ?? top;
  const fileNames: string[] = [];
  for (const name of classNames.slice(0, 10)) {
    const files = await readdir(join(root, name)).catch(() => []);
    fileNames.push(...files.filter(isImage).slice(0, 50));
  }
  return { folderNames, classNames, fileNames };
}

async function subfolders(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isDirectory() && !isPassedOver(entry.name)).map((entry) => entry.name);
}
