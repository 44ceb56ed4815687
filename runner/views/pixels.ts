// Views of a dataset's images on demand, made in threads of their own.
import { availableParallelism, totalmem } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { Depth } from '../contracts/depth.ts';
import type { TrainViews } from '../contracts/recipe.ts';
import type { Color } from './evaluationView.ts';
import type { PixelAnswer, PixelImage, PixelRequest, PixelSetup, View } from './pixelContract.ts';

export interface PixelSource {
  /**
   * One view: [size, size, 3], 8-bit RGB. The caller owns it.
   *
   * @param view  a training view's number, or 'eval' for the one without chance
   * @returns 'vanished' or 'changed' when the file is not the one that was checked; never thrown
   */
  view(image: number, view: number | 'eval'): Promise<View>;
  /** Ends the threads; views still awaited are rejected. */
  dispose(): Promise<void>;
}

export interface PixelSourceOptions {
  readonly images: readonly PixelImage[];
  readonly size: number;
  readonly color: Color;
  /** How 16-bit images are read. */
  readonly depth: Depth;
  readonly trainViews: TrainViews;
  readonly seed: number;
  /** Half of the processors, at most 8, when left out. */
  readonly threads?: number;
  /** For decoded images, of all threads together; an eighth of the machine's memory, at most 1 GiB, when left out. */
  readonly memoryBytes?: number;
}

export function createPixelSource(options: PixelSourceOptions): PixelSource {
  const {
    images,
    size,
    color,
    depth,
    trainViews,
    seed,
    threads = Math.min(8, Math.max(1, availableParallelism() >> 1)),
    memoryBytes = Math.min(2 ** 30, totalmem() / 8),
  } = options;
  const setup: PixelSetup = {
    // ImageRecords hold more than the threads need.
    images: images.map(({ file, sha256, sizeBytes, modifiedMs }) => ({ file, sha256, sizeBytes, modifiedMs })),
    size,
    color,
    depth,
    trainViews,
    seed,
    memoryBytes: Math.floor(memoryBytes / threads),
  };
  const workers = Array.from({ length: threads }, () => startThread(setup));
  return {
    // An image always goes to the same thread, which may have it decoded.
    view: (image, view) => workers[image % threads]!.request(image, view),
    async dispose() {
      await Promise.all(workers.map((worker) => worker.end()));
    },
  };
}

interface Waiting {
  resolve(view: View): void;
  reject(error: Error): void;
}

function startThread(setup: PixelSetup) {
  const name = import.meta.url.endsWith('.ts') ? './pixelWorker.ts' : './pixelWorker.js';
  const worker = new Worker(new URL(name, import.meta.url), { workerData: setup });
  const waiting = new Map<number, Waiting>();
  let nextId = 0;
  let ended: Error | undefined;

  const rejectAll = (error: Error) => {
    ended ??= error;
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
    worker.unref();
  };
  const settle = (id: number): Waiting | undefined => {
    const entry = waiting.get(id);
    waiting.delete(id);
    if (waiting.size === 0) worker.unref(); // an idle thread keeps no process alive
    return entry;
  };
  worker.on('message', (answer: PixelAnswer) => {
    const entry = settle(answer.id);
    if ('view' in answer) entry?.resolve(answer.view);
    else entry?.reject(new Error(`A view could not be made: ${answer.bug}`));
  });
  worker.on('error', (error) => rejectAll(new Error('The pixel thread failed.', { cause: error })));
  worker.on('exit', () => rejectAll(new Error('The pixel thread has ended.')));
  worker.unref();

  return {
    request(image: number, view: number | 'eval'): Promise<View> {
      if (ended) return Promise.reject(ended);
      return new Promise((resolve, reject) => {
        const id = nextId++;
        waiting.set(id, { resolve, reject });
        worker.ref();
        worker.postMessage({ id, image, view } satisfies PixelRequest);
      });
    },
    async end(): Promise<void> {
      await worker.terminate();
    },
  };
}
