// Inside a thread or a process of an engine: takes requests one after another, so that state is never read in the middle of a run.
import { parentPort, workerData } from 'node:worker_threads';
import type { Tensor } from '../tensor.ts';
import type { ProgramSource } from './engine.ts';
import type { EngineReply, EngineRequest, GraphicsTraces } from './workerContract.ts';

/** What an engine makes of a source; see `Program` for what each does. */
export interface LoadedProgram {
  run(feeds: Readonly<Record<string, Tensor>>): Promise<Record<string, Tensor>> | Record<string, Tensor>;
  readState(): Promise<(readonly [string, Tensor])[]> | (readonly [string, Tensor])[];
  writeState(values: ReadonlyMap<string, Tensor>): void;
  dispose(): Promise<void> | void;
}

/** As the host was started with (host.ts). */
export const hostOptions = <Options>(): Options =>
  parentPort ? (workerData as Options) : (JSON.parse(process.argv[2]!) as Options);

/** To who asks; `tensors` are given away. */
export function send(reply: EngineReply, tensors: readonly Tensor[] = []): void {
  if (parentPort) parentPort.postMessage(reply, [...new Set(tensors.map(({ data }) => data.buffer as ArrayBuffer))]);
  else process.send!(reply);
}

export interface Served {
  load(source: ProgramSource): Promise<LoadedProgram> | LoadedProgram;
  graphics(): GraphicsTraces;
}

/** Until who asks is gone. */
export function serve(served: Served): void {
  const answerOf = answerer(served);
  let last = Promise.resolve();
  const take = (request: EngineRequest) => {
    last = last.then(async () => {
      try {
        const { value, tensors } = await answerOf(request);
        send({ id: request.id, ok: true, value }, tensors);
      } catch (error) {
        send({ id: request.id, ok: false, message: error instanceof Error ? error.message : String(error) });
      }
    });
  };
  if (parentPort) {
    parentPort.on('message', take);
    return;
  }
  // Ctrl+C reaches every process of the terminal: who asks decides when this one ends.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => {});
  process.on('disconnect', () => process.exit());
  process.on('message', take);
}

interface Answer {
  readonly value: Extract<EngineReply, { ok: true }>['value'];
  readonly tensors?: readonly Tensor[];
}

function answerer({ load, graphics }: Served): (request: EngineRequest) => Promise<Answer> {
  const programs = new Map<number, LoadedProgram>();
  const programOf = (id: number): LoadedProgram => {
    const program = programs.get(id);
    if (!program) throw new Error(`No program ${id}`);
    return program;
  };
  return async (request) => {
    switch (request.type) {
      case 'graphics':
        return { value: graphics() };
      case 'load':
        programs.set(request.id, await load(request.source));
        return { value: request.id };
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
        return { value: undefined };
      case 'dispose':
        await programOf(request.program).dispose();
        programs.delete(request.program);
        return { value: undefined };
    }
  };
}
