// What a session computes in, seen from the outside: something that takes requests, answers, and ends with a reason.
import { type ChildProcess, fork } from 'node:child_process';
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
  onReply(reply: EngineReply): void;
  /** Without being told to. Once. */
  onEnd(reason: string, cause?: unknown): void;
}

/** Tensors cross without a copy. */
export function threadHost(program: URL, workerData: unknown, { onReply, onEnd }: HostEvents): Host {
  const worker = new Worker(program, { workerData });
  let awaited = 0;
  let onIdle = () => {};
  worker.on('message', (reply: EngineReply) => {
    onReply(reply);
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
  const child = fork(fileURLToPath(program), [JSON.stringify(options)], {
    env: { ...process.env, ...env },
    execArgv: [],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  const lastWords = tailOf(child);
  child.on('message', onReply);
  child.on('error', (error) => onEnd(error.message, error));
  child.on('exit', (code, signal) => onEnd(`its process ended (${signal ?? `exit code ${code}`})${lastWords()}`));
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

/** The last line that the process said, behind a colon; '' when it said nothing. */
function tailOf({ stderr }: ChildProcess): () => string {
  let text = '';
  stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    text = (text + chunk).slice(-4000);
  });
  return () => {
    const line = text.trimEnd().split('\n').at(-1)?.trim();
    return line ? `: ${line.slice(0, 300)}` : '';
  };
}
