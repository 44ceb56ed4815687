// A seam between a runner and its disk, for tests only: every file-system call below a folder has a name; at one of them the process
// is killed, or the call fails. As a preload (`node --import seam.ts PROGRAM`) it reads its instructions from the environment; in a test's
// own process, `putSeam()` returns a function that removes it. The product has no switch for faults: the functions of node:fs/promises are
// replaced beneath it, which covers claims, the queue and the feature cache as well as files/fileSystem.ts.
import { appendFileSync, copyFileSync, linkSync, mkdirSync, readdirSync } from 'node:fs';
import fsp, { type FileHandle } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { basename, isAbsolute, join, relative, sep } from 'node:path';
import process from 'node:process';
import { isMainThread } from 'node:worker_threads';

export const orderVariable = 'SHOULDERS_TEST_SEAM';

/** The k-th call of a name, counted from 1; see `nameOf()`. */
export interface Place {
  readonly name: string;
  readonly nth: number;
}

export interface SeamOrder {
  /** Absolute path. */
  readonly root: string;
  /** Folders in it whose calls are intercepted; others pass. */
  readonly within: readonly string[];
  readonly runId: string;
  /** File to which each call is added as a JSON line, a `Call`. */
  readonly journal?: string;
  /** Folder that keeps the run's state before each change in `<root>/at-<number>/<run id>`: the state that a kill there would leave. */
  readonly keepStatesOf?: string;
  /** SIGKILL before the call, or, when `half`, after half of its bytes were written. */
  readonly kill?: Place & { readonly half: boolean };
  readonly fail?: Place & { readonly code: string };
}

export interface Call extends Place {
  /** Counted from 1 over all calls. */
  readonly number: number;
  /** Whether it changes the disk; other calls only read. */
  readonly changes: boolean;
}

const changing = [
  'write',
  'sync',
  'truncate',
  'close',
  'writeFile',
  'mkdir',
  'rename',
  'unlink',
  'rm',
  'rmdir',
  'utimes',
];

/** Files polled by a timer, a random number of times. */
const polled = /^stat .*RUN\/(stop|pause|attended)$/;

export function putSeam(order: SeamOrder): () => void {
  const counts = new Map<string, number>();
  let number = 0;

  async function through<T>(
    name: string,
    work: () => Promise<T>,
    half: () => Promise<unknown> = async () => {},
  ): Promise<T> {
    if (polled.test(name)) return work();
    const nth = (counts.get(name) ?? 0) + 1;
    counts.set(name, nth);
    number++;
    const isAt = (place: Place | undefined) => place?.name === name && place.nth === nth;
    const changes = changing.includes(name.split(' ')[0]!) || name.startsWith('open+');
    if (changes && order.keepStatesOf) keepState(order.keepStatesOf, join(order.root, `at-${number}`, order.runId));
    if (order.journal)
      appendFileSync(order.journal, `${JSON.stringify({ number, name, nth, changes } satisfies Call)}\n`);
    if (isAt(order.kill)) {
      if (order.kill!.half) await half();
      process.kill(process.pid, 'SIGKILL');
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0); // nothing more may happen, however late the signal arrives
    }
    if (isAt(order.fail)) {
      const { code } = order.fail!;
      if (name.startsWith('close ')) await work(); // like the system
      throw Object.assign(new Error(`${code}: injected into ${name}`), {
        code,
        errno: -5,
        syscall: name.split(' ')[0],
      });
    }
    return work();
  }

  const before = { ...fsp };
  const seen = (path: unknown): path is string =>
    typeof path === 'string' && isAbsolute(path) && order.within.includes(relative(order.root, path).split(sep)[0]!);
  /** A call whose first argument is the path. */
  const pathCall =
    <A extends unknown[], R>(call: string, original: (path: never, ...rest: A) => Promise<R>) =>
    (path: unknown, ...rest: A): Promise<R> => {
      const work = () => original(path as never, ...rest);
      return seen(path) ? through(nameOf(call, path, order), work) : work();
    };
  const replaced = {
    async open(path: string, flags?: string | number, mode?: number): Promise<FileHandle> {
      const work = () => before.open(path, flags, mode);
      if (!seen(path)) return work();
      const reads = flags === undefined || flags === 'r';
      return watched(await through(nameOf(reads ? 'open' : 'open+', path, order), work), path);
    },
    readFile: pathCall('readFile', before.readFile as (path: never, ...rest: unknown[]) => Promise<unknown>),
    readdir: pathCall('readdir', before.readdir as (path: never, ...rest: unknown[]) => Promise<unknown>),
    stat: pathCall('stat', before.stat as (path: never, ...rest: unknown[]) => Promise<unknown>),
    writeFile: pathCall('writeFile', before.writeFile as (path: never, ...rest: unknown[]) => Promise<unknown>),
    mkdir: pathCall('mkdir', before.mkdir as (path: never, ...rest: unknown[]) => Promise<unknown>),
    rename: pathCall('rename', before.rename as (path: never, ...rest: unknown[]) => Promise<unknown>),
    unlink: pathCall('unlink', before.unlink as (path: never, ...rest: unknown[]) => Promise<unknown>),
    rm: pathCall('rm', before.rm as (path: never, ...rest: unknown[]) => Promise<unknown>),
    rmdir: pathCall('rmdir', before.rmdir as (path: never, ...rest: unknown[]) => Promise<unknown>),
    utimes: pathCall('utimes', before.utimes as (path: never, ...rest: unknown[]) => Promise<unknown>),
  };

  function watched(handle: FileHandle, path: string): FileHandle {
    const own = {
      write: handle.write.bind(handle) as (bytes: Uint8Array, at: number, count: number, to: number | null) => unknown,
      sync: handle.sync.bind(handle),
      truncate: handle.truncate.bind(handle),
      close: handle.close.bind(handle),
    };
    const named = (call: string) => nameOf(call, path, order);
    return Object.assign(handle, {
      write: (bytes: Uint8Array, at: number, count: number, to: number | null) =>
        through(
          `${named('write')}${eventIn(bytes)}`,
          async () => own.write(bytes, at, count, to),
          async () => own.write(bytes, at, count >> 1, to),
        ),
      sync: () => through(named('sync'), own.sync),
      truncate: (sizeBytes: number) => through(named('truncate'), () => own.truncate(sizeBytes)),
      close: () => through(named('close'), own.close),
    });
  }

  Object.assign(fsp, replaced);
  syncBuiltinESMExports();
  return () => {
    Object.assign(fsp, before);
    syncBuiltinESMExports();
  };
}

/** `<call> <path>`, with fixed words for parts that change between runs (the run's id, the writer of a temporary file, keys). */
function nameOf(call: string, path: string, { root, runId }: SeamOrder): string {
  const segments = relative(root, path)
    .split(sep)
    .map((segment) => {
      if (segment === runId) return 'RUN';
      if (/^[0-9a-f]{64}/.test(segment)) return `KEY${segment.endsWith('.tmp') ? '.tmp' : ''}`;
      if (/^[0-9a-f]{2}$/.test(segment)) return 'KE';
      if (segment.endsWith('.tmp'))
        return `${/^\.?\w+(\.(jsonl?|csv|jpg|safetensors|onnx|log))?/.exec(segment)?.[0]}.tmp`;
      return /-[0-9a-f]{8}$/.test(segment) ? 'OWNER' : segment;
    });
  return `${call} ${segments.join('/')}`;
}

/** The number of progress lines depends on timing, so each kind of line is counted separately. */
const eventIn = (bytes: Uint8Array): string => {
  const type = /"type":"(\w+)"/.exec(new TextDecoder().decode(bytes.subarray(0, 200)))?.[1];
  return type === undefined ? '' : ` ${type}`;
};

/** Files that are replaced whole are linked, growing ones copied; of an unfinished temporary file only the name matters. */
function keepState(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  let entries: ReturnType<typeof list>;
  try {
    entries = list(from);
  } catch {
    return; // not created yet
  }
  for (const entry of entries) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) keepState(source, target);
    else if (entry.name.endsWith('.tmp')) appendFileSync(target, 'unfinished');
    else if (/\.(jsonl|log)$|tfevents/.test(basename(entry.name))) copyFileSync(source, target);
    else linkSync(source, target);
  }
}

const list = (folder: string) => readdirSync(folder, { withFileTypes: true });

const given = process.env[orderVariable];
if (given !== undefined && isMainThread) {
  delete process.env[orderVariable]; // child programs are not intercepted
  putSeam(JSON.parse(given) as SeamOrder);
}
