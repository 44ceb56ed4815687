// A file is replaced whole or not at all: who reads it meets the old or the new content, also after a power cut.
import { randomBytes } from 'node:crypto';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isSystemError } from '../systemError.ts';
import { bytesOf, type FsPort, nodeFileSystem, syncIfPossible, writeFully } from './fileSystem.ts';
import { writeError } from './writeError.ts';

/**
 * The temporary file lies beside the target: a rename works within one disk only.
 * @throws UserError diskFull or cannotWrite; the old content is then still there
 */
export async function replaceFile(
  file: string,
  content: Uint8Array | string,
  fs: FsPort = nodeFileSystem,
): Promise<void> {
  const temporary = temporaryFor(file);
  try {
    const handle = await fs.open(temporary, 'wx');
    try {
      try {
        await writeFully(handle, bytesOf(content), 0);
        await syncIfPossible(handle);
      } finally {
        await handle.close();
      }
      await renamePatiently(temporary, file, fs);
    } catch (error) {
      await fs.unlink(temporary).catch(() => {}); // the first error is the one to tell
      throw error;
    }
  } catch (error) {
    throw writeError(file, error);
  }
  await syncFolder(dirname(file), fs);
}

/** The process that writes, or wrote, a temporary file of replaceFile(); undefined: another file. */
export function writerOf(name: string): number | undefined {
  const pid = /^\..+\.(\d+)-[0-9a-f]{12}\.tmp$/.exec(name)?.[1];
  return pid === undefined ? undefined : Number(pid);
}

const temporaryFor = (file: string): string =>
  join(dirname(file), `.${basename(file)}.${process.pid}-${randomBytes(6).toString('hex')}.tmp`);

// Virus scanners and indexers on Windows hold a fresh file for moments.
const retryDelaysMs = [10, 20, 50, 100, 200, 400, 800, 1000, 1000];

async function renamePatiently(from: string, to: string, fs: FsPort): Promise<void> {
  for (const delayMs of retryDelaysMs) {
    try {
      return await fs.rename(from, to);
    } catch (error) {
      if (!isSystemError(error) || !['EPERM', 'EACCES', 'EBUSY'].includes(error.code)) throw error;
      await sleep(delayMs);
    }
  }
  return fs.rename(from, to);
}

/** Best effort: makes a new name last through a power cut. Windows and some network disks have no such thing. */
async function syncFolder(folder: string, fs: FsPort): Promise<void> {
  const handle = await fs.open(folder, 'r').catch(() => undefined);
  if (!handle) return;
  await handle.sync().catch(() => {}); // the content is safe; only the name may be the old one
  await handle.close().catch(() => {});
}
