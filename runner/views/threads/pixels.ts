// Views of a dataset's images on demand, computed in separate threads.
import { availableParallelism, totalmem } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { NetworkInput } from '../../../shared/contracts/architectures.ts';
import type { Depth } from '../../../shared/contracts/depth.ts';
import type { TrainViews } from '../../../shared/contracts/recipe.ts';
import { fileTimeLimit, type TimeLimit } from '../../dataset/timeLimit.ts';
import { watchdog } from '../../engine/process/watchdog.ts';
import type { Color } from '../evaluationView.ts';
import type { PixelAnswer, PixelImage, PixelRequest, PixelSetup, View } from './pixelContract.ts';

export interface PixelSource {
  /**
   * One view: [size, size, 3], 8-bit RGB, owned by the caller.
   *
   * @param view  a training view's number, or 'eval' for the one without randomness
   * @returns 'vanished' or 'changed' when the file differs from the one that was checked, or cannot be read in time (a lost network
   *   drive); never thrown
   */
  view(image: number, view: number | 'eval'): Promise<View>;
  /** Ends the threads; pending views are rejected. */
  dispose(): Promise<void>;
}

export interface PixelSourceOptions {
  readonly images: readonly PixelImage[];
  readonly size: number;
  readonly color: Color;
  /** Values of a pixel that the network expects. */
  readonly input: NetworkInput;
  /** Bits of 16-bit images that are used. */
  readonly depth: Depth;
  readonly trainViews: TrainViews;
  readonly seed: number;
  /** Half of the CPU's cores, at most 8, when left out. */
  readonly threads?: number;
  /** After this time without any answer, a thread's oldest view is given up and the thread is replaced. */
  readonly timeLimit?: TimeLimit;
  /** Program of a thread. */
  readonly program?: URL;
  /** Bytes for decoded images of all threads together; an eighth of the machine's memory, at most 1 GiB, when left out. */
  readonly memoryBytes?: number;
}

export function createPixelSource(options: PixelSourceOptions): PixelSource {
  const {
    images,
    size,
    color,
    input,
    depth,
    trainViews,
    seed,
    threads = Math.min(8, Math.max(1, availableParallelism() >> 1)),
    memoryBytes = Math.min(2 ** 30, totalmem() / 8),
    timeLimit = fileTimeLimit,
    program = new URL(import.meta.url.endsWith('.ts') ? './pixelWorker.ts' : './pixelWorker.js', import.meta.url),
  } = options;
  const setup: PixelSetup = {
    // ImageRecords contain more than the threads need.
    images: images.map(({ file, sha256, sizeBytes, modifiedMs }) => ({ file, sha256, sizeBytes, modifiedMs })),
    size,
    color,
    input,
    depth,
    trainViews,
    seed,
    memoryBytes: Math.floor(memoryBytes / threads),
  };
  const workers = Array.from({ length: threads }, () => startThread(program, setup, timeLimit));
  return {
    // An image always goes to the same thread, which may still have it decoded.
    view: (image, view) => workers[image % threads]!.request(image, view),
    async dispose() {
      await Promise.all(workers.map((worker) => worker.end()));
    },
  };
}

interface Waiting {
  readonly request: PixelRequest;
  resolve(view: View): void;
  reject(error: Error): void;
}

function startThread(program: URL, setup: PixelSetup, timeLimit: TimeLimit) {
  const waiting = new Map<number, Waiting>();
  let nextId = 0;
  let ended: Error | undefined;
  let worker = start();
  const watch = watchdog(replaceHanging, timeLimit);

  function start(): Worker {
    const own = new Worker(program, { workerData: setup });
    const rejectAll = (error: Error) => {
      if (own !== worker) return; // this thread was given up
      ended ??= error;
      for (const { reject } of waiting.values()) reject(error);
      waiting.clear();
      watch.answered(false);
      own.unref();
    };
    own.on('message', (answer: PixelAnswer) => {
      if (own !== worker) return;
      const entry = settle(answer.id);
      if ('view' in answer) entry?.resolve(answer.view);
      else entry?.reject(new Error(`A view could not be made: ${answer.bug}`));
    });
    own.on('error', (error) => rejectAll(new Error('The pixel thread failed.', { cause: error })));
    own.on('exit', () => rejectAll(new Error('The pixel thread has ended.')));
    own.unref();
    return own;
  }

  function settle(id: number): Waiting | undefined {
    const entry = waiting.get(id);
    waiting.delete(id);
    watch.answered(waiting.size > 0);
    if (waiting.size === 0) worker.unref(); // an idle thread keeps no process alive
    return entry;
  }

  function post(request: PixelRequest): void {
    watch.expect();
    worker.ref();
    worker.postMessage(request);
  }

  function replaceHanging(): void {
    const hanging = worker;
    worker = start();
    hanging.unref();
    void hanging.terminate(); // terminate() may hang, too
    const [oldest] = waiting.keys();
    settle(oldest!)?.resolve('vanished');
    for (const { request } of waiting.values()) post(request);
  }

  return {
    request(image: number, view: number | 'eval'): Promise<View> {
      if (ended) return Promise.reject(ended);
      return new Promise((resolve, reject) => {
        const request: PixelRequest = { id: nextId++, image, view };
        waiting.set(request.id, { request, resolve, reject });
        post(request);
      });
    },
    async end(): Promise<void> {
      let timer: NodeJS.Timeout | undefined;
      const enough = new Promise((resolve) => {
        timer = setTimeout(resolve, endMs);
      });
      await Promise.race([worker.terminate(), enough]).finally(() => clearTimeout(timer));
    },
  };
}

/** Wait for the end of a thread: one whose read hangs never ends. */
const endMs = 5000;
