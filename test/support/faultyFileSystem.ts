// A disk that fails on demand: the n-th call ends with an error code of the system.
import type { FsFile, FsPort } from '../../shared/files/fileSystem.ts';
import { nodeFileSystem } from '../../shared/files/fileSystem.ts';

export type FsCall =
  | 'open'
  | 'readFile'
  | 'sha256'
  | 'readdir'
  | 'mkdir'
  | 'rename'
  | 'unlink'
  | 'rmdir'
  | 'freeBytes'
  | 'modifiedMs'
  | 'write'
  | 'size'
  | 'truncate'
  | 'sync'
  | 'close';

export interface Fault {
  readonly code: string;
  /** Number of the failing call, from 1; every later one fails, too, when `lasting`. */
  readonly at: number;
  readonly lasting?: boolean;
  /** Counts calls of these kinds only. */
  readonly calls?: readonly FsCall[];
  /** Bytes that a failing write leaves behind. */
  readonly partialBytes?: number;
}

export interface FaultyFileSystem extends FsPort {
  /** Calls counted so far. */
  readonly count: number;
  /** Calls that failed. */
  readonly failed: readonly FsCall[];
}

/** Failing closes still close, like the system's. Writes are cut to `writeLimit` bytes if given. */
export function faultyFileSystem(fault: Fault | undefined, writeLimit = Number.POSITIVE_INFINITY): FaultyFileSystem {
  let count = 0;
  const failed: FsCall[] = [];
  async function guarded<T>(call: FsCall, work: () => Promise<T>, beforeFailing?: () => Promise<unknown>): Promise<T> {
    if (!fault?.calls || fault.calls.includes(call)) count++;
    else return work();
    if (fault && (fault.lasting ? count >= fault.at : count === fault.at)) {
      failed.push(call);
      await beforeFailing?.();
      throw Object.assign(new Error(`${fault.code}: injected into ${call}`), { code: fault.code });
    }
    return work();
  }
  const wrapped = (file: FsFile): FsFile => ({
    write: (bytes, position) =>
      guarded(
        'write',
        () => file.write(bytes.subarray(0, writeLimit), position),
        async () => fault?.partialBytes && (await file.write(bytes.subarray(0, fault.partialBytes), position)),
      ),
    size: () => guarded('size', () => file.size()),
    truncate: (sizeBytes) => guarded('truncate', () => file.truncate(sizeBytes)),
    sync: () => guarded('sync', () => file.sync()),
    close: () =>
      guarded(
        'close',
        () => file.close(),
        () => file.close(),
      ),
  });
  const real = nodeFileSystem;
  return {
    get count() {
      return count;
    },
    failed,
    open: (path, flags) => guarded('open', async () => wrapped(await real.open(path, flags))),
    readFile: (file) => guarded('readFile', () => real.readFile(file)),
    sha256: (file) => guarded('sha256', () => real.sha256(file)),
    readdir: (folder) => guarded('readdir', () => real.readdir(folder)),
    mkdir: (folder, options) => guarded('mkdir', () => real.mkdir(folder, options)),
    rename: (from, to) => guarded('rename', () => real.rename(from, to)),
    unlink: (file) => guarded('unlink', () => real.unlink(file)),
    rmdir: (folder) => guarded('rmdir', () => real.rmdir(folder)),
    freeBytes: (folder) => guarded('freeBytes', () => real.freeBytes(folder)),
    modifiedMs: (file) => guarded('modifiedMs', () => real.modifiedMs(file)),
  };
}
