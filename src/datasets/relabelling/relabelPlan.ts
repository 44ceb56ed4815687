// Target paths when a user moves images to another class: the same split, that class's folder, a free name.
// Absent: the editor, the move itself (relabel.ts).
import { lstat, readdir, readlink, realpath } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, posix, relative, resolve, sep } from 'node:path';
import { UserError } from '../../../shared/contracts/errors.ts';
import { isWithin } from '../../../shared/dataset/linkScope.ts';
import { splitOfKeyword, splitOfName } from '../../../shared/dataset/splitFolders.ts';
import { refuseTooWide } from '../index/tooWide.ts';

export interface Relabelling {
  /** Absolute path of the dataset folder. */
  readonly dataset: string;
  /** Paths with /, relative to it; each is inside its class's folder. */
  readonly relativePaths: readonly string[];
  /** The names of all class folders. */
  readonly classFolders: readonly string[];
  /** Class folder to move the images to. */
  readonly target: string;
}

/** Path with /, relative to the dataset. */
export interface Move {
  readonly from: string;
  readonly to: string;
}

/** The absolute path of an image of the dataset; undefined for a path that leaves the folder. */
export function insideOf(dataset: string, relativePath: string): string | undefined {
  if (!isAbsolute(dataset)) return undefined;
  const path = resolve(dataset, relativePath);
  const inside = relative(dataset, path);
  return inside === '' || inside === '..' || inside.startsWith(`..${sep}`) || isAbsolute(inside) ? undefined : path;
}

/** @throws UserError datasetTooWide, targetNotAClass, imageGone, imageOutside, imageBehindLink, linkWouldBreak, classFolderUnknown */
export async function planRelabelling({
  dataset,
  relativePaths,
  classFolders,
  target,
}: Relabelling): Promise<readonly Move[]> {
  await refuseTooWide(dataset);
  if (!isOnePart(target) || !classFolders.some((name) => isSame(name, target)))
    throw new UserError('targetNotAClass', { target, folder: dataset });
  const taken = new Map<string, Set<string>>();
  const moves: Move[] = [];
  for (const from of relativePaths) {
    const file = insideOf(dataset, from);
    if (file === undefined || !from.split('/').every(isOnePart))
      throw new UserError('imageOutside', { relativePath: from, folder: dataset });
    const entry = await lstat(file).catch(() => undefined);
    if (!entry?.isFile() && !entry?.isSymbolicLink()) throw new UserError('imageGone', { relativePath: from });
    const folder = await folderFor(dataset, from, classFolders, target);
    if (folder === posix.dirname(from)) continue;
    // Files behind a linked folder of the dataset belong to another place: moving one would take it from there, or put it there.
    for (const place of [posix.dirname(from), folder]) await refuseLinkedFolder(dataset, place, from);
    if (entry.isSymbolicLink()) await refuseBrokenLink(file, join(dataset, folder), from);
    const names = await namesIn(taken, join(dataset, folder));
    const name = freeFileName(posix.basename(from), names);
    names.add(name.toLowerCase());
    moves.push({ from, to: posix.join(folder, name) });
  }
  return moves;
}

/** Whether this is a name in a folder: not a path that leads on, up or nowhere. */
const isOnePart = (name: string): boolean =>
  name !== '' && name !== '.' && name !== '..' && basename(name) === name && !name.includes('\0');

const isSame = (a: string, b: string): boolean => a.normalize('NFC') === b.normalize('NFC');

/** @param folder  relative path with /; neither it nor a parent may be a link, whatever its target */
async function refuseLinkedFolder(dataset: string, folder: string, relativePath: string): Promise<void> {
  const parts = folder.split('/');
  for (let depth = 1; depth <= parts.length; depth++) {
    const path = join(dataset, parts.slice(0, depth).join('/'));
    const entry = await lstat(path).catch(() => undefined);
    if (entry?.isSymbolicLink())
      throw new UserError('imageBehindLink', { relativePath, folder: await realOfExisting(path) });
  }
  const [root, real] = [await realpath(dataset), await realOfExisting(join(dataset, folder))];
  if (!isWithin(real, root)) throw new UserError('imageBehindLink', { relativePath, folder: real });
}

/** Real path of the innermost existing folder: the class's may not exist yet. */
async function realOfExisting(folder: string): Promise<string> {
  const real = await realpath(folder).catch(() => undefined);
  return real ?? (dirname(folder) === folder ? folder : realOfExisting(dirname(folder)));
}

/** A link moves unchanged, so a relative one must resolve to the same file from its new folder. */
async function refuseBrokenLink(file: string, folder: string, relativePath: string): Promise<void> {
  const written = await readlink(file);
  const after = isAbsolute(written) ? written : resolve(folder, written);
  const [now, then] = await Promise.all([file, after].map((path) => realpath(path).catch(() => undefined)));
  if (now === undefined) throw new UserError('imageGone', { relativePath });
  if (now !== then) throw new UserError('linkWouldBreak', { relativePath, link: written });
}

/** The name, or the first free one of "name-2.png", "name-3.png"…, also on case-insensitive disks. */
export function freeFileName(name: string, taken: ReadonlySet<string>): string {
  const ending = posix.extname(name);
  const stem = name.slice(0, name.length - ending.length);
  for (let number = 1; ; number++) {
    const candidate = number === 1 ? name : `${stem}-${number}${ending}`;
    if (!taken.has(candidate.toLowerCase())) return candidate;
  }
}

/** The class's folder is the first part of the path, or the second within a split; folders within it (a patient's, say) stay. */
async function folderFor(
  dataset: string,
  relativePath: string,
  classFolders: readonly string[],
  target: string,
): Promise<string> {
  const folders = relativePath.split('/').slice(0, -1);
  const isClass = (name: string | undefined) =>
    name !== undefined && classFolders.some((folder) => isSame(folder, name));
  const [top = ''] = folders;
  const isSplit = splitOfKeyword(top) !== undefined || (splitOfName(top) !== undefined && !isClass(top));
  const at = isSplit && isClass(folders[1]) ? 1 : isClass(top) ? 0 : -1;
  if (at === -1) throw new UserError('classFolderUnknown', { relativePath });
  // The name as the disk stores it, because accents have two Unicode forms.
  // biome-ignore lint/plugin: the folders of one path
  const beside = await readdir(join(dataset, ...folders.slice(0, at))).catch(() => []);
  return folders.with(at, beside.find((name) => isSame(name, target)) ?? target).join('/');
}

async function namesIn(known: Map<string, Set<string>>, folder: string): Promise<Set<string>> {
  const names = known.get(folder) ?? new Set((await readdir(folder).catch(() => [])).map((name) => name.toLowerCase()));
  known.set(folder, names);
  return names;
}
