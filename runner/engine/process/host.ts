// A session's process, seen from outside: it takes requests, answers, and ends with a reason.
import { spawn } from 'node:child_process';
import { closeSync, fstatSync, mkdtempSync, openSync, readSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { noTelemetry } from '../onnx/noTelemetry.ts';
import { frameOf, frameParser } from './frames.ts';
import { memoryKills } from './memoryKills.ts';
import type { EngineReply, EngineRequest } from './workerContract.ts';

export interface Host {
  /** Sends a request, whose buffers must not change until the answer. @throws Error when there is no memory for sending it */
  post(request: EngineRequest): void;
  /** Ends the process at once, even in the middle of a run. Resolves when it has ended. */
  end(): Promise<void>;
}

export interface HostEvents {
  /** `errorOutput`: text that the process wrote to its standard error since the last reply. */
  onReply(reply: EngineReply, errorOutput: string): void;
  /** Called when the process has ended, also after end(), and possibly twice; the first reason counts. */
  onEnd(reason: string, cause?: unknown): void;
}

/**
 * A separate process: tensors cross as bytes in two pipes (about 0.4 ms per megabyte), and a driver's failure stays there. The
 * program reads requests from file descriptor 3 and writes replies to 4 (serve.ts).
 */
export function processHost(
  program: URL,
  options: unknown,
  { onReply, onEnd }: HostEvents,
  env: Readonly<Record<string, string>> = {},
): Host {
  const stderr = followedFile();
  const killsBefore = memoryKills();
  const child = spawn(process.execPath, [fileURLToPath(program), JSON.stringify(options)], {
    env: { ...process.env, ...noTelemetry, ...env },
    stdio: ['ignore', 'ignore', stderr.fd, 'pipe', 'pipe'],
  });
  const [requests, replies] = [child.stdio[3] as Writable, child.stdio[4] as Readable];
  let errorOutput = '';
  const take = frameParser((reply) => {
    errorOutput = stderr.more();
    onReply(reply as EngineReply, errorOutput);
  });
  // A failing transfer means that the process is gone, which `close` reports below.
  requests.on('error', () => {});
  replies.on('error', () => {}).on('data', take);
  child.on('error', (error) => onEnd(error.message, error));
  // `close` comes after all its answers were read.
  child.on('close', (code, signal) => {
    const words = lastWords(errorOutput + stderr.more());
    stderr.close();
    const how = signal === 'SIGKILL' && memoryKills() > killsBefore ? 'SIGKILL, out of memory' : signal;
    onEnd(`its process ended (${how ?? `exit code ${code}`})${words === '' ? '' : `: ${words}`}`);
  });
  // Kills the process when the runner exits without closing its engine.
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.once('exit', () => process.off('exit', kill));
  return {
    post(request) {
      // The caller of run() gives its tensors away, and the program has finished with them when it answers.
      for (const part of frameOf(request, { passing: request.type === 'run' })) requests.write(part);
    },
    async end() {
      if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
      kill();
      await ended;
    },
  };
}

interface FollowedFile {
  readonly fd: number | 'ignore';
  /** Text written since the last call; only the end if longer than a megabyte. */
  more(): string;
  close(): void;
}

/**
 * A file instead of a pipe: with a reply, everything that the process wrote before it can be read at once, while a pipe might deliver it
 * later. The text only serves messages: if the folder for such files is full or cannot be removed, the run continues without it.
 */
function followedFile(): FollowedFile {
  let folder: string | undefined;
  let fd: number;
  const remove = () => {
    if (folder !== undefined) quietly(() => rmSync(folder!, { recursive: true, force: true, maxRetries: 3 }));
  };
  try {
    folder = mkdtempSync(join(tmpdir(), 'shoulders-'));
    fd = openSync(join(folder, 'stderr'), 'a+');
  } catch {
    remove();
    return { fd: 'ignore', more: () => '', close() {} };
  }
  process.once('exit', remove);
  let seen = 0;
  return {
    fd,
    more() {
      return (
        quietly(() => {
          const { size } = fstatSync(fd);
          const bytes = Buffer.alloc(Math.min(size - seen, 2 ** 20));
          if (bytes.length > 0) readSync(fd, bytes, 0, bytes.length, size - bytes.length);
          seen = size;
          return bytes.toString('utf8');
        }) ?? ''
      );
    },
    close() {
      quietly(() => closeSync(fd));
      process.off('exit', remove);
      remove();
    },
  };
}

function quietly<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}

/** The line that names the cause: Node.js appends a stack trace to a fatal error, and C++ repeats it. */
function lastWords(text: string): string {
  const lines = text.trimEnd().split('\n');
  const cause = lines.find((line) => /^\W*(fatal (error|process)|terminate called)/i.test(line));
  return (cause ?? lines.at(-1)!).trim().slice(0, 300);
}
