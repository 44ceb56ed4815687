// Bytes for a reader: from a file, read in pieces so that a large one is never in memory as a whole, or from memory.
import { createHash } from 'node:crypto';
import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs';
import { UserError } from '../../../shared/contracts/errors.ts';
import { isMissing, isSystemError } from '../../../shared/files/systemError.ts';
import { broken } from './refusals.ts';

export interface ByteSource {
  /** Name in errors: the file's path. */
  readonly name: string;
  readonly sizeBytes: number;
  /** A new copy with its own buffer: the caller may keep, change or transfer it. The range must be inside the source. */
  read(offset: number, length: number): Uint8Array<ArrayBuffer>;
}

export const bytesSource = (bytes: Uint8Array, name = 'bytes in memory'): ByteSource => ({
  name,
  sizeBytes: bytes.length,
  read: (offset, length) => new Uint8Array(bytes.subarray(offset, offset + length)),
});

/** An opened file: hashing, checking and reading see the same file, whatever happens to its name. Must be closed. */
export interface FileSource extends ByteSource {
  /** 64 hex digits. Reads the whole file in pieces, and yields to the event loop between them. */
  sha256(signal?: AbortSignal): Promise<string>;
  close(): void;
}

/** Throws weightsNotFound, or weightsBroken for anything but a readable file. Never waits (a pipe is refused). */
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
    // Checked before opening: opening a named pipe would wait for its writer.
    if (!statSync(file).isFile()) throw broken(file, 'it is not a file');
    return openSync(file, 'r');
  } catch (error) {
    if (error instanceof UserError || !isSystemError(error)) throw error;
    if (isMissing(error)) throw new UserError('weightsNotFound', { file }, { cause: error });
    throw broken(file, `the system cannot open it (${error.code})`, error);
  }
}
