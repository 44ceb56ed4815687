// What a session computes in, seen from the outside: something that takes requests, answers, and ends with a reason.
import { fork } from 'node:child_process';
import { closeSync, fstatSync, mkdtempSync, openSync, readSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { EngineReply, EngineRequest } from './workerContract.ts';

export interface Host {
  /** `buffers` may be taken away from the sender. */
  post(request: EngineRequest, buffers: readonly ArrayBuffer[]): void;
  /** Resolves when it has ended. A process ends at once, a thread after the runs that were asked of it. */
  end(): Promise<void>;
}

export interface HostEvents {
  /** `said`: what the process wrote to its standard error since the last reply. */
  onReply(reply: EngineReply, said: string): void;
  /** Without being told to. Once. */
  onEnd(reason: string, cause?: unknown): void;
}

/** Tensors cross without a copy. */
export function threadHost(program: URL, workerData: unknown, { onReply, onEnd }: HostEvents): Host {
  const worker = new Worker(program, { workerData });
  let awaited = 0;
  let onIdle = () => {};
  worker.on('message', (reply: EngineReply) => {
    onReply(reply, '');
    if (--awaited === 0) onIdle();
  });
  worker.on('error', (error) => onEnd(error.message, error));
  worker.on('exit', (code) => {
    onEnd(`its thread ended with code ${code}`);
    awaited = 0;
    onIdle();
  });
  return {
    post(request, buffers) {
      awaited++;
      worker.postMessage(request, [...buffers]);
    },
    async end() {
      // A thread that is torn down in the middle of a run takes the whole process with it.
      if (awaited > 0) await new Promise<void>((resolve) => (onIdle = resolve));
      await worker.terminate();
    },
  };
}

/** A process of its own: tensors cross as copies (about 2 ms a megabyte), but what goes wrong in a driver stays there. */
export function processHost(
  program: URL,
  options: unknown,
  { onReply, onEnd }: HostEvents,
  env: Readonly<Record<string, string>> = {},
): Host {
  const stderr = followedFile();
  const child = fork(fileURLToPath(program), [JSON.stringify(options)], {
    env: { ...process.env, ...env },
    execArgv: [],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', stderr.fd, 'ipc'],
  });
  let said = '';
  child.on('message', (reply: EngineReply) => {
    said = stderr.more();
    onReply(reply, said);
  });
  child.on('error', (error) => onEnd(error.message, error));
  child.on('exit', (code, signal) => {
    const words = lastLine(said + stderr.more());
    stderr.close();
    onEnd(`its process ended (${signal ?? `exit code ${code}`})${words === '' ? '' : `: ${words}`}`);
  });
  // A runner that ends without closing its engine leaves no process behind.
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.once('exit', () => process.off('exit', kill));
  return {
    post(request) {
      if (child.connected) child.send(request);
    },
    async end() {
      if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
      kill();
      await ended;
    },
  };
}

interface FollowedFile {
  readonly fd: number;
  /** What was written to it since it was asked last; of more than a megabyte, the end. */
  more(): string;
  close(): void;
}

/**
 * A file instead of a pipe: what a process wrote before it answered can be read when the answer comes. A pipe would bring it at some
 * later time.
 */
function followedFile(): FollowedFile {
  const folder = mkdtempSync(join(tmpdir(), 'shoulders-'));
  const fd = openSync(join(folder, 'stderr'), 'a+');
  const remove = () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  process.once('exit', remove);
  let seen = 0;
  return {
    fd,
    more() {
      const { size } = fstatSync(fd);
      const bytes = Buffer.alloc(Math.min(size - seen, 2 ** 20));
      if (bytes.length > 0) readSync(fd, bytes, 0, bytes.length, size - bytes.length);
      seen = size;
      return bytes.toString('utf8');
    },
    close() {
      closeSync(fd);
      process.off('exit', remove);
      remove();
    },
  };
}

const lastLine = (text: string): string => text.trimEnd().split('\n').at(-1)!.trim().slice(0, 300);
