// features/: what the frozen part of the network makes of an image, computed once per (weights, image, view, cut).
// This file is the shelf: content-addressed files on disk, bounded, shared by all runs of this machine. It knows bytes and keys only.
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { isSystemError } from '../systemError.ts';

export interface FeatureCache {
  /** The bytes stored under `key`, or undefined. */
  get(key: string): Promise<Uint8Array | undefined>;
  /** Stores a copy. Does nothing when there is no room: entries that this process has used are never evicted for new ones. */
  put(key: string, bytes: Uint8Array): Promise<void>;
  readonly stats: Readonly<CacheStats>;
}

export interface CacheStats {
  hits: number;
  misses: number;
  storedBytes: number;
  /** Set when the cache was given up for the rest of the process: the reason, in the system's words. */
  disabled: string | undefined;
}

export const noFeatureCache: FeatureCache = {
  get: async () => undefined,
  put: async () => {},
  stats: { hits: 0, misses: 0, storedBytes: 0, disabled: undefined },
};

/** SHA-256 in hex over the parts; each part is length-prefixed, so that ['ab', 'c'] and ['a', 'bc'] differ. */
export function cacheKey(parts: readonly string[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(`${Buffer.byteLength(part)}:`).update(part);
  return hash.digest('hex');
}

/**
 * Least-recently-used files go first when the folder exceeds `limitBytes`. Within one training the access pattern is a cycle, where
 * LRU would evict exactly what comes next; so what this process has touched stays, and new entries are dropped instead.
 */
export async function openFeatureCache(folder: string, limitBytes: number): Promise<FeatureCache> {
  const stats: CacheStats = { hits: 0, misses: 0, storedBytes: 0, disabled: undefined };
  const giveUp = (error: unknown) => {
    if (!isSystemError(error)) throw error;
    stats.disabled = `${error.code}: ${error.message}`;
  };
  const touched = new Set<string>();
  let totalBytes = 0;
  let oldest: { key: string; sizeBytes: number }[] = [];
  try {
    await mkdir(folder, { recursive: true });
    const found = await listEntries(folder);
    totalBytes = found.reduce((sum, entry) => sum + entry.sizeBytes, 0);
    oldest = found.sort((a, b) => a.usedMs - b.usedMs);
  } catch (error) {
    giveUp(error);
  }
  const fileOf = (key: string) => join(folder, key.slice(0, 2), `${key}.bin`);

  const makeRoom = async (sizeBytes: number): Promise<boolean> => {
    while (totalBytes + sizeBytes > limitBytes) {
      const victim = oldest.shift();
      if (!victim) return false;
      if (touched.has(victim.key)) continue;
      await rm(fileOf(victim.key), { force: true });
      totalBytes -= victim.sizeBytes;
    }
    return true;
  };

  return {
    stats,
    async get(key) {
      if (stats.disabled !== undefined) return undefined;
      try {
        const bytes = unseal(await readFile(fileOf(key)));
        if (!bytes) {
          await rm(fileOf(key), { force: true });
          stats.misses++;
          return undefined;
        }
        stats.hits++;
        if (!touched.has(key)) {
          touched.add(key);
          const now = new Date();
          await utimes(fileOf(key), now, now);
        }
        return bytes;
      } catch (error) {
        if (!isSystemError(error)) throw error;
        stats.misses++;
        return undefined;
      }
    },
    async put(key, bytes) {
      if (stats.disabled !== undefined || touched.has(key)) return;
      // Before the first wait: a copy of the image in the same batch has the same key.
      touched.add(key);
      try {
        if (!(await makeRoom(bytes.byteLength))) return;
        totalBytes += bytes.byteLength;
        stats.storedBytes += bytes.byteLength;
        const file = fileOf(key);
        const temporary = `${file}.${process.pid}.tmp`;
        await mkdir(join(folder, key.slice(0, 2)), { recursive: true });
        await writeFile(temporary, seal(bytes));
        await rename(temporary, file);
      } catch (error) {
        // A cache is never worth a run: a full or read-only disk switches it off, and the caller says so.
        giveUp(error);
      }
    },
  };
}

const trailerBytes = 4;

/** Files are not flushed one by one, so a power cut may leave zeros: a CRC-32 trailer keeps them from becoming features. */
function seal(bytes: Uint8Array): Uint8Array[] {
  const trailer = Buffer.alloc(trailerBytes);
  trailer.writeUInt32LE(crc32(bytes));
  return [bytes, trailer];
}

function unseal(file: Buffer): Uint8Array | undefined {
  if (file.length <= trailerBytes) return undefined;
  const bytes = file.subarray(0, -trailerBytes);
  return crc32(bytes) === file.readUInt32LE(file.length - trailerBytes) ? bytes : undefined;
}

async function listEntries(folder: string): Promise<{ key: string; sizeBytes: number; usedMs: number }[]> {
  const entries: { key: string; sizeBytes: number; usedMs: number }[] = [];
  for (const prefix of await readdir(folder)) {
    if (!/^[0-9a-f]{2}$/.test(prefix)) continue;
    for (const name of await readdir(join(folder, prefix))) {
      const file = join(folder, prefix, name);
      const facts = await stat(file).catch(() => undefined);
      if (!facts) continue; // another run evicted it meanwhile
      if (name.endsWith('.bin')) entries.push({ key: name.slice(0, -4), sizeBytes: facts.size, usedMs: facts.mtimeMs });
      else if (Date.now() - facts.mtimeMs > 3_600_000) await rm(file, { force: true }); // a temporary file of a killed run
    }
  }
  return entries;
}
