// A folder of content-addressed files limited to a number of bytes: the least recently used go first. Shared by all processes
// of this machine. It handles keys and sizes; callers own the content (frozen features, thumbnails).
import { createHash } from 'node:crypto';
import { mkdir, readdir, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { machineTag } from '../../shared/contracts/machine.ts';
import { removeFile } from '../../shared/files/removeFile.ts';
import { isSystemError } from '../../shared/files/systemError.ts';
import { abandonedMs } from '../../shared/processes/leftovers.ts';
import { fateOf, thisMachine } from '../../shared/processes/machine.ts';

export interface BoundedFolder {
  /** Absolute path; the file need not exist. */
  fileOf(key: string): string;
  /** Marks a file as just used. Does nothing when another process has evicted it. */
  touch(key: string): Promise<void>;
  /** Stores under a key that does not exist yet. @returns false: no room, because nothing more may be evicted */
  put(key: string, content: readonly Uint8Array[]): Promise<boolean>;
  remove(key: string): Promise<void>;
}

export interface BoundedFolderOptions {
  readonly limitBytes: number;
  /** Bytes by which it may grow beyond its present size, whatever the limit. */
  readonly roomBytes?: number;
  /** With its leading dot. */
  readonly extension: string;
  /** Called with the least recently used entry; false also protects all that were used later. */
  mayEvict?(key: string): boolean;
}

/** SHA-256 in hex over the parts; each part is length-prefixed, so that ['ab', 'c'] and ['a', 'bc'] differ. */
export function cacheKey(parts: readonly string[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(`${Buffer.byteLength(part)}:`).update(part);
  return hash.digest('hex');
}

/** Lists the existing files. @throws the system's error when the folder cannot be made or read */
export async function openBoundedFolder(folder: string, options: BoundedFolderOptions): Promise<BoundedFolder> {
  const { roomBytes = Number.POSITIVE_INFINITY, extension, mayEvict = () => true } = options;
  await mkdir(folder, { recursive: true });
  const found = (await listEntries(folder, extension)).sort((a, b) => a.usedMs - b.usedMs);
  const sizes = new Map(found.map(({ key, sizeBytes }) => [key, sizeBytes])); // in order of use, the least recent first
  let totalBytes = found.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const limitBytes = Math.min(options.limitBytes, totalBytes + roomBytes);
  const fileOf = (key: string): string => join(folder, key.slice(0, 2), `${key}${extension}`);

  const forget = (key: string): void => {
    totalBytes -= sizes.get(key) ?? 0;
    sizes.delete(key);
  };
  /** Makes room and reserves it in one step, because several files are stored concurrently. */
  const reserve = async (key: string, sizeBytes: number): Promise<boolean> => {
    if (sizeBytes > limitBytes) return false;
    for (const victim of sizes.keys()) {
      if (totalBytes + sizeBytes <= limitBytes || !mayEvict(victim)) break;
      forget(victim);
      await rm(fileOf(victim), { force: true });
    }
    if (totalBytes + sizeBytes > limitBytes) return false;
    forget(key);
    sizes.set(key, sizeBytes);
    totalBytes += sizeBytes;
    return true;
  };

  return {
    fileOf,
    async touch(key) {
      const sizeBytes = sizes.get(key);
      if (sizeBytes !== undefined) {
        sizes.delete(key);
        sizes.set(key, sizeBytes);
      }
      const now = new Date();
      await utimes(fileOf(key), now, now).catch((error: unknown) => {
        if (!isSystemError(error) || error.code !== 'ENOENT') throw error;
        forget(key);
      });
    },
    async put(key, content) {
      const sizeBytes = content.reduce((sum, part) => sum + part.byteLength, 0);
      if (!(await reserve(key, sizeBytes))) return false;
      const file = fileOf(key);
      const temporary = `${file}.${machineTag(await thisMachine())}-${process.pid}.tmp`;
      await mkdir(join(folder, key.slice(0, 2)), { recursive: true });
      try {
        await writeFile(temporary, content);
        await rename(temporary, file);
      } catch (error) {
        await removeFile(temporary);
        throw error;
      }
      return true;
    },
    async remove(key) {
      forget(key);
      await rm(fileOf(key), { force: true });
    },
  };
}

async function listEntries(
  folder: string,
  extension: string,
): Promise<{ key: string; sizeBytes: number; usedMs: number }[]> {
  const entries: { key: string; sizeBytes: number; usedMs: number }[] = [];
  for (const prefix of await readdir(folder)) {
    if (!/^[0-9a-f]{2}$/.test(prefix)) continue;
    for (const name of await readdir(join(folder, prefix))) {
      const file = join(folder, prefix, name);
      const facts = await stat(file).catch(() => undefined);
      if (!facts) continue; // another process evicted it in the meantime
      if (name.endsWith(extension))
        entries.push({ key: name.slice(0, -extension.length), sizeBytes: facts.size, usedMs: facts.mtimeMs });
      else if (await isAbandoned(name, facts.mtimeMs)) await rm(file, { force: true });
    }
  }
  return entries;
}

/** True for a temporary file of a dead process of this machine; those of other machines or older versions count once they are old. */
async function isAbandoned(name: string, writtenMs: number): Promise<boolean> {
  const [, machine, pid] = /\.([0-9a-f]{16})-(\d+)\.tmp$/.exec(name) ?? [];
  const fate = pid === undefined ? 'elsewhere' : await fateOf({ pid: Number(pid), machine }, async () => writtenMs);
  return fate === 'gone' || (fate === 'elsewhere' && Date.now() - writtenMs > abandonedMs);
}
