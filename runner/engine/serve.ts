// Inside a thread or a process of an engine: takes requests one after another, so that state is never read in the middle of a run.
import { read, readSync, writeSync } from 'node:fs';
import process from 'node:process';
import { parentPort, workerData } from 'node:worker_threads';
import type { Tensor } from '../tensor.ts';
import type { ProgramSource } from './engine.ts';
import { frameOf, readFrame, reusedPlaces } from './frames.ts';
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
export function send(message: object, tensors: readonly Tensor[] = []): void {
  if (parentPort) parentPort.postMessage(message, [...new Set(tensors.map(({ data }) => data.buffer as ArrayBuffer))]);
  else writeFrame(message);
}

export interface Served {
  load(source: ProgramSource): Promise<LoadedProgram> | LoadedProgram;
  graphics(): GraphicsTraces;
}

/** Until who asks is gone. */
export function serve(served: Served): void {
  const answerOf = answerer(served);
  const take = async (request: EngineRequest) => {
    try {
      const { value, tensors } = await answerOf(request);
      send({ id: request.id, ok: true, value } satisfies EngineReply, tensors);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      send({ id: request.id, ok: false, message } satisfies EngineReply);
    }
  };
  if (parentPort) {
    let last = Promise.resolve();
    parentPort.on('message', (request: EngineRequest) => {
      last = last.then(() => take(request));
    });
    return;
  }
  // Ctrl+C reaches every process of the terminal: who asks decides when this one ends.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => {});
  void takeFrames(take);
}

const requestPipe = 3;
const replyPipe = 4;

/** One after another: what comes meanwhile waits in the pipe, and with who asks. */
async function takeFrames(take: (request: EngineRequest) => Promise<void>): Promise<never> {
  const places = reusedPlaces();
  for (;;) {
    const frame = readFrame(places);
    let place = frame.next();
    // Until something comes, the thread is free; the rest of it is on its way.
    let filled = await new Promise<number>((resolve) =>
      read(requestPipe, place.value as Uint8Array, (error, count) => resolve(orEnd(error ? 0 : count))),
    );
    while (!place.done) {
      const target = place.value;
      while (filled < target.length)
        filled += orEnd(orNone(() => readSync(requestPipe, target, filled, target.length - filled, null)));
      place = frame.next();
      filled = 0;
    }
    await take(place.value as EngineRequest);
  }
}

function writeFrame(message: object): void {
  for (const part of frameOf(message))
    for (let written = 0; written < part.length; )
      written += orEnd(orNone(() => writeSync(replyPipe, part, written, part.length - written)));
}

/** Where nothing crosses any more, who asks is gone. */
const orEnd = (count: number): number => (count > 0 ? count : process.exit());

function orNone(transfer: () => number): number {
  try {
    return transfer();
  } catch {
    return 0;
  }
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
