// The cache of features: sealed bytes in a bounded folder that all runs of this machine share. It handles bytes and keys only.
import { readFile } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import { isSystemError } from '../../shared/files/systemError.ts';
import { type BoundedFolder, openBoundedFolder } from '../store/boundedFolder.ts';

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
  /** The system's reason for turning the cache off for the rest of the process; undefined while it is on. */
  disabled: string | undefined;
}

export const noFeatureCache: FeatureCache = {
  get: async () => undefined,
  put: async () => {},
  stats: { hits: 0, misses: 0, storedBytes: 0, disabled: undefined },
};

/**
 * Least-recently-used files go first when the folder exceeds `limitBytes`. Within one training the access pattern is a cycle, where
 * LRU would evict exactly what comes next; so what this process has touched stays, and new entries are dropped instead.
 * @param roomBytes  how much the folder may grow; left out: up to the limit
 */
export async function openFeatureCache(folder: string, limitBytes: number, roomBytes?: number): Promise<FeatureCache> {
  const stats: CacheStats = { hits: 0, misses: 0, storedBytes: 0, disabled: undefined };
  const touched = new Set<string>();
  let store: BoundedFolder;
  try {
    store = await openBoundedFolder(folder, {
      limitBytes,
      ...(roomBytes !== undefined && { roomBytes }),
      extension: '.bin',
      mayEvict: (key) => !touched.has(key),
    });
  } catch (error) {
    if (!isSystemError(error)) throw error;
    return { ...noFeatureCache, stats: { ...stats, disabled: `${error.code}: ${error.message}` } };
  }

  return {
    stats,
    async get(key) {
      if (stats.disabled !== undefined) return undefined;
      try {
        const bytes = unseal(await readFile(store.fileOf(key)));
        if (!bytes) {
          await store.remove(key);
          stats.misses++;
          return undefined;
        }
        stats.hits++;
        if (!touched.has(key)) {
          touched.add(key);
          await store.touch(key);
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
        if (await store.put(key, seal(bytes))) stats.storedBytes += bytes.byteLength;
      } catch (error) {
        // A cache is never worth a run: a full or read-only disk turns it off, and the caller reports it.
        if (!isSystemError(error)) throw error;
        stats.disabled = `${error.code}: ${error.message}`;
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
