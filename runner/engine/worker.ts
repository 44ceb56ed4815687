// The engine's thread: takes requests one after another, so that state is never read in the middle of a run.
import { parentPort, workerData } from 'node:worker_threads';
import type { Tensor } from '../tensor.ts';
import { OnnxProgram } from './onnxRuntime.ts';
import type { EngineReply, EngineRequest, WorkerOptions } from './workerContract.ts';

// onnxruntime-common wraps halves in a Float16Array where there is one, which the native binding of 1.30 reads as empty;
// without it, in this thread alone, halves travel as Uint16Array.
Reflect.deleteProperty(globalThis, 'Float16Array');

const port = parentPort!;
const { threads } = workerData as WorkerOptions;
const programs = new Map<number, OnnxProgram>();
let last = Promise.resolve();

port.on('message', (request: EngineRequest) => {
  last = last.then(async () => {
    try {
      const { value, tensors } = await answer(request);
      const reply: EngineReply = { id: request.id, ok: true, value };
      port.postMessage(reply, [...new Set(tensors.map((tensor) => tensor.data.buffer as ArrayBuffer))]);
    } catch (error) {
      const reply: EngineReply = {
        id: request.id,
        ok: false,
        message: error instanceof Error ? error.message : String(error),
      };
      port.postMessage(reply);
    }
  });
});

async function answer(
  request: EngineRequest,
): Promise<{ value: Extract<EngineReply, { ok: true }>['value']; tensors: Tensor[] }> {
  switch (request.type) {
    case 'load':
      programs.set(request.id, await OnnxProgram.load(request.source, threads));
      return { value: request.id, tensors: [] };
    case 'run': {
      const value = await programOf(request.program).run(request.feeds);
      return { value, tensors: Object.values(value) };
    }
    case 'readState': {
      const value = programOf(request.program).readState();
      return { value, tensors: value.map(([, tensor]) => tensor) };
    }
    case 'writeState':
      programOf(request.program).writeState(new Map(request.state));
      return { value: undefined, tensors: [] };
    case 'dispose':
      await programOf(request.program).dispose();
      programs.delete(request.program);
      return { value: undefined, tensors: [] };
  }
}

function programOf(id: number): OnnxProgram {
  const program = programs.get(id);
  if (!program) throw new Error(`No program ${id}`);
  return program;
}
