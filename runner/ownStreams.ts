// Standard input and output of a command in its own thread. Those that Node.js gives a thread pass through the main thread: they are never
// a terminal, and what was written last is lost when the thread ends.
import { createReadStream, fstatSync, writeSync } from 'node:fs';
import { Socket } from 'node:net';
import { Readable, Writable } from 'node:stream';
import { isatty, ReadStream, WriteStream } from 'node:tty';

/** Call it before anything reads or writes. */
export function takeStandardStreams(): void {
  const makers = { stdin: input, stdout: () => output(1), stderr: () => output(2) };
  for (const [name, make] of Object.entries(makers)) {
    let stream: Readable | Writable | undefined;
    Object.defineProperty(process, name, {
      configurable: true,
      enumerable: true,
      get() {
        stream ??= make();
        return stream;
      },
    });
  }
}

function input(): Readable {
  if (isatty(0)) return new ReadStream(0);
  try {
    const kind = fstatSync(0);
    if (kind.isFIFO() || kind.isSocket()) return new Socket({ fd: 0, readable: true, writable: false });
    return createReadStream('', { fd: 0, autoClose: false });
  } catch {
    return Readable.from([]); // it was closed before we began
  }
}

function output(fd: 1 | 2): Writable {
  if (isatty(fd)) return new WriteStream(fd);
  let isGone = false;
  return new Writable({
    decodeStrings: true,
    write(bytes: Buffer, _, done) {
      try {
        if (!isGone) writeWhole(fd, bytes);
      } catch (error) {
        // Who reads our output may leave first (head, a closed window): the run goes on.
        isGone = ['EPIPE', 'EIO', 'EBADF'].includes((error as NodeJS.ErrnoException).code ?? '');
        if (!isGone) return done(error as Error);
      }
      done();
    },
  });
}

/** At once, as a program's main thread writes: nothing is left to be lost. */
function writeWhole(fd: number, bytes: Buffer): void {
  for (let from = 0; from < bytes.length; ) {
    try {
      from += writeSync(fd, bytes, from);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2); // a full pipe that somebody made non-blocking
    }
  }
}
