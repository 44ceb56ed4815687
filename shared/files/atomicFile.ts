// Replaces a file as a whole or not at all: readers get the old or the new content, even after a power cut.
import { randomBytes } from 'node:crypto';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { machineTag } from '../contracts/machine.ts';
import { type NamedProcess, thisMachine } from '../processes/machine.ts';
import { bytesOf, type FsPort, nodeFileSystem, syncIfPossible, writeFully } from './fileSystem.ts';
import { isSystemError } from './systemError.ts';
import { noRoomFor, writeError } from './writeError.ts';

/**
 * The temporary file is in the target's folder, because a rename works only within one disk.
 * @throws UserError diskFull or cannotWrite; the old content is then still there
 */
export async function replaceFile(
  file: string,
  content: Uint8Array | string,
  fs: FsPort = nodeFileSystem,
): Promise<void> {
  const bytes = bytesOf(content);
  try {
    if (bytes.length >= largeBytes) await requireRoom(file, bytes.length, fs);
    await unlessFaulty(async () => {
      const temporary = await temporaryFor(file);
      try {
        await writeNew(temporary, bytes, fs);
        await renamePatiently(temporary, file, fs);
      } catch (error) {
        await fs.unlink(temporary).catch(() => {}); // only the first error matters
        throw error;
      }
    });
  } catch (error) {
    throw writeError(file, error);
  }
  await syncFolder(dirname(file), fs);
}

/** Renames a file within its folder and replaces an existing one; does nothing if it is missing. @throws UserError cannotWrite */
export async function moveFile(from: string, to: string, fs: FsPort = nodeFileSystem): Promise<void> {
  try {
    await renamePatiently(from, to, fs);
  } catch (error) {
    if (!isSystemError(error) || error.code !== 'ENOENT') throw writeError(to, error);
  }
}

/** From this size on, querying the disk costs little compared with the write. */
const largeBytes = 1e6;

/** A large file that does not fit is not begun: on a nearly full disk it would temporarily use up the space of everything else. */
async function requireRoom(file: string, neededBytes: number, fs: FsPort): Promise<void> {
  const freeBytes = await fs.freeBytes(dirname(file)).catch(() => undefined); // the write itself will report the error
  if (freeBytes !== undefined && freeBytes < neededBytes) throw noRoomFor(file, neededBytes, freeBytes);
}

async function writeNew(file: string, bytes: Uint8Array, fs: FsPort): Promise<void> {
  const handle = await fs.open(file, 'wx');
  try {
    await writeFully(handle, bytes, 0);
    await syncIfPossible(handle);
  } finally {
    await handle.close();
  }
}

/**
 * A disk that reports a fault may accept the same bytes a moment later. `write` must write all of them again: after a failed fsync
 * Linux counts the pages as written, and a second fsync would succeed without them.
 */
export async function unlessFaulty(write: () => Promise<void>): Promise<void> {
  for (const delayMs of faultDelaysMs) {
    try {
      return await write();
    } catch (error) {
      if (!isSystemError(error) || error.code !== 'EIO') throw error;
      await sleep(delayMs);
    }
  }
  return write();
}

const faultDelaysMs = [20, 100, 500];

/** The process that created a temporary file of replaceFile(); undefined: another file. */
export function writerOf(name: string): NamedProcess | undefined {
  const [, machine, pid] = /^\..+\.(?:([0-9a-f]{16})-)?(\d+)-[0-9a-f]{12}\.tmp$/.exec(name) ?? [];
  return pid === undefined ? undefined : { pid: Number(pid), machine };
}

async function temporaryFor(file: string): Promise<string> {
  const writer = `${machineTag(await thisMachine())}-${process.pid}-${randomBytes(6).toString('hex')}`;
  return join(dirname(file), `.${basename(file)}.${writer}.tmp`);
}

// Virus scanners and indexers on Windows keep a new file open for moments.
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

/** Best effort: makes a new name survive a power cut. Windows and some network disks do not support it. */
async function syncFolder(folder: string, fs: FsPort): Promise<void> {
  const handle = await fs.open(folder, 'r').catch(() => undefined);
  if (!handle) return;
  await handle.sync().catch(() => {}); // the content is safe; only the name may still be the old one
  await handle.close().catch(() => {});
}
