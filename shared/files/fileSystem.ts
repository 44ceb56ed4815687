// The disk operations used here, as an interface, so that a test can make each of them fail. Files and folders are absolute paths.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, readFile, rename, rmdir, stat, statfs, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isSystemError } from './systemError.ts';

export interface FsFile {
  /** May write less than requested, as the system does. Resolves to the number of bytes written. */
  write(bytes: Uint8Array, position: number): Promise<number>;
  size(): Promise<number>;
  truncate(sizeBytes: number): Promise<void>;
  sync(): Promise<void>;
  close(): Promise<void>;
}

export interface FsPort {
  /**
   * 'wx': new or EEXIST; 'a': append, created if missing (positions are ignored, and Windows cannot truncate it); 'r': also a folder, to
   * sync it; 'r+': existing.
   */
  open(path: string, flags: 'wx' | 'a' | 'r' | 'r+'): Promise<FsFile>;
  readFile(file: string): Promise<Uint8Array>;
  /** Hex digits, for a file of any size: it is read in pieces. */
  sha256(file: string): Promise<string>;
  readdir(folder: string): Promise<string[]>;
  mkdir(folder: string, options: { readonly recursive: boolean }): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  unlink(file: string): Promise<void>;
  /** Removes an empty folder. */
  rmdir(folder: string): Promise<void>;
  /** Bytes free for this user on the disk of `folder`; undefined: not reported. Quotas are not considered. */
  freeBytes(folder: string): Promise<number | undefined>;
  /** Time of the last change of its content, in milliseconds since the epoch. */
  modifiedMs(file: string): Promise<number>;
}

/** The missing ancestor of a missing folder that is closest to the root. */
async function topmostMissing(folder: string): Promise<string> {
  const parent = dirname(folder);
  const parentIsThere = await stat(parent).then(
    () => true,
    () => false,
  );
  return parentIsThere || parent === folder ? folder : topmostMissing(parent);
}

export const nodeFileSystem: FsPort = {
  async open(path, flags) {
    const handle = await open(path, flags);
    return {
      // With a position, macOS would ignore O_APPEND.
      write: async (bytes, position) =>
        (await handle.write(bytes, 0, bytes.length, flags === 'a' ? null : position)).bytesWritten,
      size: async () => (await handle.stat()).size,
      truncate: (sizeBytes) => handle.truncate(sizeBytes),
      sync: () => handle.sync(),
      close: () => handle.close(),
    };
  },
  readFile: (file) => readFile(file),
  sha256: async (file) => {
    const hash = createHash('sha256');
    for await (const piece of createReadStream(file, { highWaterMark: 1 << 20 })) hash.update(piece as Buffer);
    return hash.digest('hex');
  },
  readdir: (folder) => readdir(folder),
  mkdir: async (folder, { recursive }) => {
    try {
      await mkdir(folder, { recursive });
    } catch (error) {
      // Node answers ENOENT for any refusal along the path, even a read-only disk: creating the topmost missing one gives the reason.
      if (recursive && isSystemError(error) && error.code === 'ENOENT') await mkdir(await topmostMissing(folder));
      throw error;
    }
  },
  rename: (from, to) => rename(from, to),
  unlink: (file) => unlink(file),
  rmdir: (folder) => rmdir(folder),
  freeBytes: async (folder) => {
    const { blocks, bavail, bsize } = await statfs(folder);
    return blocks > 0 ? bavail * bsize : undefined; // some network disks report zeros for everything
  },
  modifiedMs: async (file) => (await stat(file)).mtimeMs,
};

/** @throws the system's error; Error when the disk accepts no more bytes without a reason */
export async function writeFully(file: FsFile, bytes: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const written = await file.write(bytes.subarray(done), position + done);
    if (written <= 0) throw Object.assign(new Error('ENOSPC: nothing was written'), { code: 'ENOSPC' });
    done += written;
  }
}

/** Some network disks do not support fsync for this kind of file: then the system writes at its own pace. */
export async function syncIfPossible(file: FsFile): Promise<void> {
  try {
    await file.sync();
  } catch (error) {
    if (!isSystemError(error) || !['EINVAL', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'].includes(error.code)) throw error;
  }
}

export const bytesOf = (content: Uint8Array | string): Uint8Array =>
  typeof content === 'string' ? new TextEncoder().encode(content) : content;
