// The images of one dataset by name alone: a bounded walk that opens no file and yields to the editor at every folder. Links count as in
// the runner: an image reachable at several places counts once, at its real place if that is in the dataset. Absent: sizes, contents.
import { readdir, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { compareCodePoints } from '../../../shared/codePoints.ts';
import type { SplitName } from '../../../shared/contracts/splits.ts';
import { reasonToIgnore } from '../../../shared/dataset/imageNames.ts';
import { isWithin, linkScopeOf } from '../../../shared/dataset/linkScope.ts';
import { splitFoldersAmong, splitOfName } from '../../../shared/dataset/splitFolders.ts';
import { isImage } from './datasetFolders.ts';

/** Class folder of a split, or of a flat dataset. */
export interface ImageGroup {
  /** null in a flat dataset. */
  readonly split: SplitName | null;
  readonly className: string;
  /** Paths with /, relative to the dataset folder, in code-point order. */
  readonly relativePaths: readonly string[];
}

export interface ImageList {
  /** Split by split, class by class. A class folder without images is a group, too. */
  readonly groups: readonly ImageGroup[];
  /** false: the walk stopped at its limits. */
  readonly complete: boolean;
}

export interface ListBounds {
  readonly images: number;
  readonly folders: number;
}

const generous: ListBounds = { images: 200_000, folders: 5000 };

export interface ListOptions extends Partial<ListBounds> {
  /** Absolute paths of folders that symbolic links out of the dataset may lead into. */
  readonly linkFolders?: readonly string[];
}

/** A missing or unreadable folder is an empty list. */
export async function listImages(
  dataset: string,
  { images = generous.images, folders = generous.folders, linkFolders = [] }: ListOptions = {},
): Promise<ImageList> {
  const left = { images, folders };
  const isInScope = await linkScopeOf(dataset, linkFolders).catch(() => () => false);
  /** Real paths of folders, with the names of the images counted in each. */
  const visited = new Map<string, ReadonlySet<string>>();
  const links: { readonly relativePath: string; readonly into: string[] }[] = [];
  let complete = true;

  async function entriesOf(relativePath: string) {
    if (left.folders-- <= 0) {
      complete = false;
      return [];
    }
    const entries = await readdir(join(dataset, relativePath), { withFileTypes: true }).catch(() => []);
    return entries.filter(({ name }) => reasonToIgnore(name) === undefined);
  }
  /** Target of an allowed link; undefined otherwise. */
  async function targetOf(relativePath: string): Promise<{ path: string; isFolder: boolean } | undefined> {
    const path = await realpath(join(dataset, relativePath)).catch(() => undefined);
    if (path === undefined || !isInScope(path)) return undefined;
    const found = await stat(path).catch(() => undefined);
    return found && { path, isFolder: found.isDirectory() };
  }
  async function foldersIn(relativePath: string): Promise<string[]> {
    const names: string[] = [];
    for (const entry of await entriesOf(relativePath)) {
      const child = relativePath === '' ? entry.name : `${relativePath}/${entry.name}`;
      if (entry.isDirectory() || (entry.isSymbolicLink() && (await targetOf(child))?.isFolder)) names.push(entry.name);
    }
    return names;
  }
  async function addBelow(relativePath: string, into: string[]): Promise<void> {
    const real = await realpath(join(dataset, relativePath)).catch(() => undefined);
    if (real === undefined || visited.has(real)) return;
    const entries = await entriesOf(relativePath);
    const own = entries.filter((entry) => entry.isFile() && isImage(entry.name));
    const taken = own.slice(0, Math.max(0, left.images)).map(({ name }) => name);
    if (taken.length < own.length) complete = false;
    left.images -= taken.length;
    visited.set(real, new Set(taken));
    for (const name of taken) into.push(`${relativePath}/${name}`);
    for (const entry of entries) {
      const child = `${relativePath}/${entry.name}`;
      if (entry.isDirectory()) await addBelow(child, into);
      else if (entry.isSymbolicLink()) links.push({ relativePath: child, into });
    }
  }
  /** Runs after the plain folders, so that an image's real place counts before a link to it. */
  async function followLinks(): Promise<void> {
    const linked = new Set<string>();
    for (let i = 0; i < links.length; i++) {
      const { relativePath, into } = links[i]!;
      const target = await targetOf(relativePath);
      if (target === undefined) continue;
      if (target.isFolder) {
        const isAround = [...visited.keys()].some((folder) => isWithin(folder, target.path));
        if (!isAround) await addBelow(relativePath, into);
      } else if (isImage(basename(relativePath))) {
        const isCounted =
          linked.has(target.path) || (visited.get(dirname(target.path))?.has(basename(target.path)) ?? false);
        if (isCounted) continue;
        if (left.images-- <= 0) complete = false;
        else into.push(relativePath);
        linked.add(target.path);
      }
    }
  }

  const top = await foldersIn('');
  const named: { readonly name: string; readonly folders: string[] }[] = [];
  for (const name of top) if (splitOfName(name) !== undefined) named.push({ name, folders: await foldersIn(name) });
  const splits = splitFoldersAmong(named);
  const groups: { split: SplitName | null; className: string; relativePaths: string[] }[] = [];
  for (const { split, name, folders } of splits.length > 0 ? splits : [{ split: null, name: '', folders: top }])
    for (const className of folders.sort(compareCodePoints)) {
      const relativePaths: string[] = [];
      await addBelow(name === '' ? className : `${name}/${className}`, relativePaths);
      groups.push({ split, className, relativePaths });
    }
  await followLinks();
  for (const { relativePaths } of groups) relativePaths.sort(compareCodePoints);
  return { groups, complete };
}
