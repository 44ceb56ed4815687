// ONNX Runtime's CPU provider behind `Engine`: the main thread's side. Every request settles: with its answer, its error, or
// because the thread ended.
import { Worker } from 'node:worker_threads';
import { UserError } from '../contracts/errors.ts';
import type { Tensor } from '../tensor.ts';
import type { Engine, Program, ProgramSource } from './engine.ts';
import type { EngineReply, EngineRequest, WorkerOptions } from './workerContract.ts';

type Unnumbered<T> = T extends unknown ? Omit<T, 'id'> : never;

/** @param threads  threads of one operator; onnxruntime's own default is the number of physical cores */
export function createCpuEngine(threads: number): Engine {
  const workerData: WorkerOptions = { threads };
  const worker = new Worker(new URL(import.meta.url.endsWith('.ts') ? './worker.ts' : './worker.js', import.meta.url), {
    workerData,
  });
  const pending = new Map<number, { resolve: (value: never) => void; reject: (error: Error) => void }>();
  let nextId = 1;
  let ended: Error | undefined;

  const endWith = (reason: string, cause?: unknown) => {
    ended ??= new UserError('engineFailed', { engine: 'cpu', reason }, { cause });
    for (const { reject } of pending.values()) reject(ended);
    pending.clear();
  };
  worker.on('message', (reply: EngineReply) => {
    const waiting = pending.get(reply.id);
    pending.delete(reply.id);
    if (reply.ok) waiting?.resolve(reply.value as never);
    else waiting?.reject(engineError(reply.message));
  });
  worker.on('error', (error) => endWith(error.message, error));
  worker.on('exit', (code) => endWith(`its thread ended with code ${code}`));

  const request = <T>(message: Unnumbered<EngineRequest>, tensors: Iterable<Tensor> = []): Promise<T> =>
    new Promise<T>((resolve, reject) => {
      if (ended) return reject(ended);
      const id = nextId++;
      pending.set(id, { resolve, reject });
      const buffers = new Set([...tensors].map((tensor) => tensor.data.buffer as ArrayBuffer));
      worker.postMessage({ id, ...message }, [...buffers]);
    });

  const load = async (source: ProgramSource): Promise<Program> => {
    const program = await request<number>({ type: 'load', source });
    return {
      run: (feeds) => request({ type: 'run', program, feeds }, Object.values(feeds)),
      readState: async () => new Map(await request<[string, Tensor][]>({ type: 'readState', program })),
      // Copied, not transferred: the caller keeps its weights.
      writeState: (state) => request({ type: 'writeState', program, state: [...state] }),
      dispose: () => request({ type: 'dispose', program }),
    };
  };
  return {
    device: { name: 'CPU', engine: 'onnxruntime-cpu', threads },
    load,
    dispose: async () => {
      endWith('it was closed');
      await worker.terminate();
    },
  };
}

function engineError(message: string): Error {
  const outOfMemory = /bad_alloc|failed to allocate|out of memory/i.test(message);
  return outOfMemory ? new EngineOutOfMemory(message) : new Error(message);
}

/** The engine could not allocate; who knows the batch size says what to do. */
export class EngineOutOfMemory extends Error {
  override readonly name = 'EngineOutOfMemory';
}
