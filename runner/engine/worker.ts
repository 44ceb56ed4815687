// Where a session computes: a thread of the runner (CPU) or a process of its own (GPU: a driver that aborts or hangs takes only this
// process with it). Takes requests one after another, so that state is never read in the middle of a run.
import { parentPort, workerData } from 'node:worker_threads';
import type { Tensor } from '../tensor.ts';
import { graphicsTraces } from './graphicsTraces.ts';
import { OnnxProgram } from './onnxRuntime.ts';
import type { EngineReply, EngineRequest, WorkerOptions } from './workerContract.ts';

const programs = new Map<number, OnnxProgram>();
let last = Promise.resolve();

if (parentPort) {
  const port = parentPort;
  serve(workerData as WorkerOptions, (reply, tensors) =>
    port.postMessage(reply, [...new Set(tensors.map((tensor) => tensor.data.buffer as ArrayBuffer))]),
  );
} else {
  // Ctrl+C reaches every process of the terminal: who asks decides when this one ends.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => {});
  process.on('disconnect', () => process.exit());
  serve(JSON.parse(process.argv[2]!) as WorkerOptions, (reply) => process.send!(reply));
}

function serve(options: WorkerOptions, send: (reply: EngineReply, tensors: readonly Tensor[]) => void): void {
  const take = (request: EngineRequest) => {
    last = last.then(async () => {
      try {
        const { value, tensors } = await answer(request, options);
        send({ id: request.id, ok: true, value }, tensors);
      } catch (error) {
        send({ id: request.id, ok: false, message: error instanceof Error ? error.message : String(error) }, []);
      }
    });
  };
  if (parentPort) parentPort.on('message', take);
  else process.on('message', take);
}

async function answer(
  request: EngineRequest,
  options: WorkerOptions,
): Promise<{ value: Extract<EngineReply, { ok: true }>['value']; tensors: Tensor[] }> {
  switch (request.type) {
    case 'graphics':
      return { value: graphicsTraces(), tensors: [] };
    case 'load':
      programs.set(request.id, await OnnxProgram.load(request.source, options));
      return { value: request.id, tensors: [] };
    case 'run': {
      const value = await programOf(request.program).run(request.feeds);
      return { value, tensors: Object.values(value) };
    }
    case 'readState': {
      const value = await programOf(request.program).readState();
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
