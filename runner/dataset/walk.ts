// Walks folders for image files. Symbolic links are followed once, and out of the dataset only into folders that the user named; a file
// found both behind a link and directly counts as found directly. Reads names, sizes and times, and the first bytes of files whose name
// shows no type; decodes no image.
import { open, readdir, realpath, stat } from 'node:fs/promises';
import { dirname, join, posix } from 'node:path';
import pLimit from 'p-limit';
import { compareCodePoints } from '../../shared/codePoints.ts';
import { UserError } from '../../shared/contracts/errors.ts';
import type { Finding } from '../../shared/contracts/finding.ts';
import { reasonDicom, reasonNotAnImage, reasonToIgnore, tellsNoType } from '../../shared/dataset/imageNames.ts';
import { linkScopeOf, withSeparator } from '../../shared/dataset/linkScope.ts';
import { isSystemError } from '../../shared/files/systemError.ts';
import { reasonLinkOut, reasonLinkToNothing } from './reasons.ts';

export interface FoundFile {
  /** /-separated. */
  readonly relativePath: string;
  readonly file: string;
  readonly sizeBytes: number;
  readonly modifiedMs: number;
  /** The walked folder that it belongs to. */
  readonly folder: string;
}

export interface Walker {
  /** Names of the subfolders, including links to folders, in code-point order; and of the files. */
  list(relativePath: string): Promise<{ readonly folders: readonly string[]; readonly files: readonly string[] }>;
  /** Every image file below the given folders (relative paths), in code-point order. May be called once. */
  findImages(folders: readonly string[]): Promise<readonly FoundFile[]>;
  /** Records why a file is skipped by its name; a DICOM file without an extension is recognized by its first bytes. */
  ignoreByName(relativePath: string, reason: string): Promise<void>;
  ignore(relativePath: string, reason: string): void;
  readonly findings: readonly Finding[];
}

export interface WalkOptions {
  readonly signal?: AbortSignal | undefined;
  /** Absolute paths of folders outside of `root` that symbolic links may lead into. */
  readonly linkFolders?: readonly string[] | undefined;
}

/** @param root  absolute path of a folder that exists */
export async function createWalker(root: string, { signal, linkFolders = [] }: WalkOptions = {}): Promise<Walker> {
  const isInScope = await linkScopeOf(root, linkFolders);
  const findings: Finding[] = [];
  /** Targets of links that lead outside without permission. */
  const refusedTargets = new Map<string, string>();
  const found: FoundFile[] = [];
  const visited = new Set<string>(); // real paths of folders
  const links: { readonly relativePath: string; readonly folder: string }[] = [];
  const statLimit = pLimit(32);
  const fileOf = (relativePath: string) => join(root, ...relativePath.split('/'));
  const ignore = (relativePath: string, reason: string) => {
    findings.push({ kind: 'ignored', relativePath, reason });
  };

  /** Files, folders and links that may count; the rest is recorded as ignored. */
  async function entriesOf(relativePath: string) {
    signal?.throwIfAborted();
    const entries = await readdir(relativePath === '' ? root : fileOf(relativePath), { withFileTypes: true });
    return entries.filter(({ name }) => {
      const reason = reasonToIgnore(name);
      if (reason !== undefined) ignore(childOf(relativePath, name), reason);
      return reason === undefined;
    });
  }

  /** The real path behind a link within the dataset; undefined after recording the reason. */
  async function targetOf(relativePath: string): Promise<string | undefined> {
    try {
      const target = await realpath(fileOf(relativePath));
      if (isInScope(target)) return target;
      refusedTargets.set(relativePath, dirname(target));
      ignore(relativePath, reasonLinkOut);
    } catch (error) {
      if (!isSystemError(error)) throw error;
      ignore(relativePath, error.code === 'ELOOP' ? 'a circular symbolic link' : reasonLinkToNothing);
    }
    return undefined;
  }

  async function walk(relativePath: string, folder: string): Promise<void> {
    try {
      const real = await realpath(fileOf(relativePath));
      if (visited.has(real)) return ignore(relativePath, countedAlready);
      visited.add(real);
      const entries = await entriesOf(relativePath);
      await Promise.all(
        entries.filter((entry) => entry.isFile()).map(({ name }) => take(childOf(relativePath, name), name, folder)),
      );
      for (const entry of entries) {
        const child = childOf(relativePath, entry.name);
        if (entry.isDirectory()) await walk(child, folder);
        else if (entry.isSymbolicLink()) links.push({ relativePath: child, folder });
        else if (!entry.isFile()) ignore(child, reasonNoFile);
      }
    } catch (error) {
      if (!isSystemError(error)) throw error;
      ignore(relativePath, `the folder cannot be opened (${error.code})`);
    }
  }

  async function ignoreByName(relativePath: string, reason: string): Promise<void> {
    const isDicom =
      tellsNoType(posix.basename(relativePath)) && (await statLimit(() => hasDicomMark(fileOf(relativePath))));
    ignore(relativePath, isDicom ? reasonDicom : reason);
  }

  async function take(relativePath: string, name: string, folder: string): Promise<void> {
    const reason = reasonNotAnImage(name);
    if (reason !== undefined) return ignoreByName(relativePath, reason);
    const file = fileOf(relativePath);
    try {
      const entry = await statLimit(() => stat(file));
      const { size, mtimeMs } = entry;
      // A link may lead to anything; reading a pipe would wait forever.
      if (!entry.isFile()) ignore(relativePath, reasonNoFile);
      else if (size === 0) ignore(relativePath, 'an empty file');
      else found.push({ relativePath, file, sizeBytes: size, modifiedMs: mtimeMs, folder });
    } catch (error) {
      if (!isSystemError(error)) throw error;
      ignore(relativePath, `the file cannot be read (${error.code})`);
    }
  }

  async function followLinks(): Promise<void> {
    if (links.length === 0) return;
    const taken = new Set(await Promise.all(found.map(({ file }) => statLimit(() => realpath(file)))));
    // Links found behind links are appended to the list.
    for (let next = links.shift(); next; next = links.shift()) {
      const { relativePath, folder } = next;
      const target = await targetOf(relativePath);
      if (target === undefined) continue;
      const isFolder = (await stat(target)).isDirectory();
      if ((isFolder ? visited : taken).has(target)) {
        ignore(relativePath, countedAlready);
      } else if (isFolder && [...visited].some((folder) => folder.startsWith(withSeparator(target)))) {
        ignore(relativePath, 'a symbolic link to a folder around what is counted already');
      } else if (isFolder) {
        const before = found.length;
        await walk(relativePath, folder);
        for (const { file } of found.slice(before)) taken.add(await realpath(file));
      } else {
        taken.add(target);
        await take(relativePath, posix.basename(relativePath), folder);
      }
    }
  }

  function noteRefusedLinks(): void {
    if (refusedTargets.size === 0) return;
    const folder = commonFolder(refusedTargets.values());
    findings.push({ kind: 'note', text: linksOutText(refusedTargets.size, folder) });
  }

  return {
    async list(relativePath) {
      const folders: string[] = [];
      const files: string[] = [];
      for (const entry of await entriesOf(relativePath)) {
        const child = childOf(relativePath, entry.name);
        const target = entry.isSymbolicLink() ? await targetOf(child) : undefined;
        const isFolder = entry.isDirectory() || (target !== undefined && (await stat(target)).isDirectory());
        if (isFolder) folders.push(entry.name);
        else if (entry.isFile() || target !== undefined) files.push(entry.name);
      }
      return { folders: folders.sort(compareCodePoints), files: files.sort(compareCodePoints) };
    },
    async findImages(folders) {
      for (const folder of folders) await walk(folder, folder);
      await followLinks();
      noteRefusedLinks();
      return found.sort((a, b) => compareCodePoints(a.relativePath, b.relativePath));
    },
    ignoreByName,
    ignore,
    findings,
  };
}

const reasonNoFile = 'neither a file nor a folder';
const countedAlready = 'a symbolic link to what is counted already';

const childOf = (relativePath: string, name: string) => (relativePath === '' ? name : `${relativePath}/${name}`);

/** The innermost folder that contains all of them. At least one, absolute. */
function commonFolder(folders: Iterable<string>): string {
  let common: string | undefined;
  for (const folder of folders) {
    common ??= folder;
    while (folder !== common && !folder.startsWith(withSeparator(common)) && dirname(common) !== common)
      common = dirname(common);
  }
  return common!;
}

const linksOutText = (count: number, folder: string): string =>
  `${count === 1 ? '1 symbolic link leads' : `${count} symbolic links lead`} out of the dataset folder, into ${folder}: to use what they show, name that folder by --follow-links, in the editor in the setting shoulders.followLinks`;

/** The signature of DICOM part 10: DICM after 128 bytes. */
async function hasDicomMark(file: string): Promise<boolean> {
  try {
    if (!(await stat(file)).isFile()) return false;
    const handle = await open(file, 'r');
    try {
      const { bytesRead, buffer } = await handle.read(Buffer.alloc(4), 0, 4, 128);
      return bytesRead === 4 && buffer.toString('latin1') === 'DICM';
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (!isSystemError(error)) throw error;
    return false;
  }
}

/** @throws UserError folderMissing, also for a file */
export async function refuseMissing(folder: string): Promise<void> {
  try {
    if ((await stat(folder)).isDirectory()) return;
  } catch (error) {
    if (!isSystemError(error)) throw error;
    throw new UserError('folderMissing', { folder }, { cause: error });
  }
  throw new UserError('folderMissing', { folder });
}
