// Walks folders for image files. Symbolic links are followed once and never out of the dataset; what stands behind a link and in
// the open counts in the open. Reads names, sizes and times; opens no image.
import { readdir, realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import pLimit from 'p-limit';
import type { Finding } from '../contracts/finding.ts';
import { isSystemError } from '../systemError.ts';
import { compareCodePoints } from './codePoints.ts';
import { reasonNotAnImage, reasonToIgnore } from './ignored.ts';

export interface FoundFile {
  /** /-separated. */
  readonly relativePath: string;
  readonly file: string;
  readonly sizeBytes: number;
  readonly modifiedMs: number;
  /** The folder, of those walked, that it belongs to. */
  readonly folder: string;
}

export interface Walker {
  /** Names of the subfolders, links to folders among them, in code-point order; and of the files. */
  list(relativePath: string): Promise<{ readonly folders: readonly string[]; readonly files: readonly string[] }>;
  /** Every image file below the given folders (relative paths), in code-point order. Call it once. */
  findImages(folders: readonly string[]): Promise<readonly FoundFile[]>;
  ignore(relativePath: string, reason: string): void;
  readonly findings: readonly Finding[];
}

/** @param root  absolute path of a folder that exists */
export async function createWalker(root: string, signal?: AbortSignal): Promise<Walker> {
  const realRoot = await realpath(root);
  const findings: Finding[] = [];
  const found: FoundFile[] = [];
  const visited = new Set<string>(); // real paths of folders
  const links: { readonly relativePath: string; readonly folder: string }[] = [];
  const statLimit = pLimit(32);
  const fileOf = (relativePath: string) => join(root, ...relativePath.split('/'));
  const ignore = (relativePath: string, reason: string) => {
    findings.push({ kind: 'ignored', relativePath, reason });
  };

  /** Files, folders and links that may count; the rest is noted. */
  async function entriesOf(relativePath: string) {
    signal?.throwIfAborted();
    const entries = await readdir(relativePath === '' ? root : fileOf(relativePath), { withFileTypes: true });
    return entries.filter(({ name }) => {
      const reason = reasonToIgnore(name);
      if (reason !== undefined) ignore(childOf(relativePath, name), reason);
      return reason === undefined;
    });
  }

  /** The real path behind a link within the dataset; undefined after saying why not. */
  async function targetOf(relativePath: string): Promise<string | undefined> {
    try {
      const target = await realpath(fileOf(relativePath));
      if (target === realRoot || target.startsWith(withSeparator(realRoot))) return target;
      ignore(relativePath, 'a symbolic link out of the dataset folder');
    } catch (error) {
      if (!isSystemError(error)) throw error;
      ignore(relativePath, error.code === 'ELOOP' ? 'a symbolic link in a circle' : 'a symbolic link to nothing');
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
        else if (!entry.isFile()) ignore(child, 'neither a file nor a folder');
      }
    } catch (error) {
      if (!isSystemError(error)) throw error;
      ignore(relativePath, `the folder cannot be opened (${error.code})`);
    }
  }

  async function take(relativePath: string, name: string, folder: string): Promise<void> {
    const reason = reasonNotAnImage(name);
    if (reason !== undefined) return ignore(relativePath, reason);
    const file = fileOf(relativePath);
    try {
      const { size, mtimeMs } = await statLimit(() => stat(file));
      if (size === 0) ignore(relativePath, 'an empty file');
      else found.push({ relativePath, file, sizeBytes: size, modifiedMs: mtimeMs, folder });
    } catch (error) {
      if (!isSystemError(error)) throw error;
      ignore(relativePath, `the file cannot be read (${error.code})`);
    }
  }

  async function followLinks(): Promise<void> {
    if (links.length === 0) return;
    const taken = new Set(await Promise.all(found.map(({ file }) => statLimit(() => realpath(file)))));
    // Links found behind links join the end of the list.
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
        await take(relativePath, nameOf(relativePath), folder);
      }
    }
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
      return found.sort((a, b) => compareCodePoints(a.relativePath, b.relativePath));
    },
    ignore,
    findings,
  };
}

const countedAlready = 'a symbolic link to what is counted already';

const childOf = (relativePath: string, name: string) => (relativePath === '' ? name : `${relativePath}/${name}`);

const nameOf = (relativePath: string) => relativePath.slice(relativePath.lastIndexOf('/') + 1);

const withSeparator = (folder: string) => (folder.endsWith(sep) ? folder : folder + sep);
