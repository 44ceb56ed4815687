// Standard input and output for a command in its own thread. Node's own streams of a thread pass through the main thread: they are never
// a terminal, and the last output is lost when the thread ends. Only input from a pipe or a file still takes that way.
import { writeSync } from 'node:fs';
import { Writable } from 'node:stream';
import { isatty, ReadStream, WriteStream } from 'node:tty';
import { askForInput } from '../run/interrupt.ts';

/** Must be called before anything reads or writes. */
export function takeStandardStreams(): void {
  const piped = process.stdin;
  lazily('stdin', () => (isatty(0) ? new ReadStream(0) : input(piped)));
  lazily('stdout', () => output(1));
  lazily('stderr', () => output(2));
}

function lazily(name: 'stdin' | 'stdout' | 'stderr', make: () => unknown): void {
  let stream: unknown;
  const get = () => {
    stream ??= make();
    return stream;
  };
  Object.defineProperty(process, name, { configurable: true, enumerable: true, get });
}

function input(piped: NodeJS.ReadStream): NodeJS.ReadStream {
  askForInput();
  // The thread waits for the input's end even after the input was destroyed.
  piped.once('close', () => piped.readableEnded || piped.emit('end'));
  return piped;
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
        // The reader of our output may leave first (head, a closed window): the run goes on.
        isGone = ['EPIPE', 'EIO', 'EBADF'].includes((error as NodeJS.ErrnoException).code ?? '');
        if (!isGone) return done(error as Error);
      }
      done();
    },
  });
}

/** Writes synchronously, like a program's main thread: nothing can be lost. */
function writeWhole(fd: number, bytes: Buffer): void {
  for (let from = 0; from < bytes.length; ) {
    try {
      from += writeSync(fd, bytes, from);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2); // a full pipe that another process made non-blocking
    }
  }
}
