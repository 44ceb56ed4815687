// Where a reader gets its bytes: a file, read piece by piece so that a large one is never held whole, or bytes in memory.
import { createHash } from 'node:crypto';
import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs';
import { UserError } from '../../../shared/contracts/errors.ts';
import { isMissing, isSystemError } from '../../../shared/files/systemError.ts';
import { broken } from './refusals.ts';

export interface ByteSource {
  /** What an error calls it: the file's path. */
  readonly name: string;
  readonly sizeBytes: number;
  /** A fresh copy with its own buffer: the caller may keep, change or transfer it. The range must lie inside. */
  read(offset: number, length: number): Uint8Array<ArrayBuffer>;
}

export const bytesSource = (bytes: Uint8Array, name = 'bytes in memory'): ByteSource => ({
  name,
  sizeBytes: bytes.length,
  read: (offset, length) => new Uint8Array(bytes.subarray(offset, offset + length)),
});

/** One opened file: what is hashed, checked and read is the same file, whatever happens to its name. Close it. */
export interface FileSource extends ByteSource {
  /** 64 hex digits. Reads the whole file in pieces; between them the event loop runs. */
  sha256(signal?: AbortSignal): Promise<string>;
  close(): void;
}

/** Throws weightsNotFound, or weightsBroken for what is not a readable file. Never waits (a pipe is refused). */
export function openFile(file: string): FileSource {
  const fd = openRegularFile(file);
  const sizeBytes = fstatSync(fd).size;
  const fill = (bytes: Uint8Array, offset: number) => {
    for (let done = 0; done < bytes.length; ) {
      const count = readSync(fd, bytes, done, bytes.length - done, offset + done);
      if (count === 0) throw broken(file, 'it became shorter while it was read');
      done += count;
    }
  };
  return {
    name: file,
    sizeBytes,
    read(offset, length) {
      const bytes = new Uint8Array(new ArrayBuffer(length));
      fill(bytes, offset);
      return bytes;
    },
    async sha256(signal) {
      const hash = createHash('sha256');
      const piece = new Uint8Array(Math.min(sizeBytes, 1 << 22));
      for (let offset = 0; offset < sizeBytes; offset += piece.length) {
        signal?.throwIfAborted();
        const view = piece.subarray(0, Math.min(piece.length, sizeBytes - offset));
        fill(view, offset);
        hash.update(view);
        await new Promise((resolve) => setImmediate(resolve));
      }
      return hash.digest('hex');
    },
    close: () => closeSync(fd),
  };
}

function openRegularFile(file: string): number {
  try {
    // Looked at before it is opened: opening a named pipe would wait for its writer.
    if (!statSync(file).isFile()) throw broken(file, 'it is not a file');
    return openSync(file, 'r');
  } catch (error) {
    if (error instanceof UserError || !isSystemError(error)) throw error;
    if (isMissing(error)) throw new UserError('weightsNotFound', { file }, { cause: error });
    throw broken(file, `the system cannot open it (${error.code})`, error);
  }
}
