// Inside the process of an engine: takes requests one after another, so that state is never read in the middle of a run.
import { read, readSync, writeFileSync, writeSync } from 'node:fs';
import process from 'node:process';
import type { Tensor } from '../../tensor.ts';
import type { ProgramSource } from '../engine.ts';
import { frameOf, readFrame, reusedPlaces } from './frames.ts';
import type {
  EngineMethod,
  EngineReply,
  EngineRequest,
  GraphicsTraces,
  RequestOf,
  ResultOf,
} from './workerContract.ts';

/** A source loaded by an engine; see `Program` for each method. */
export interface LoadedProgram {
  run(feeds: Readonly<Record<string, Tensor>>): Promise<Record<string, Tensor>> | Record<string, Tensor>;
  readState(): Promise<(readonly [string, Tensor])[]> | (readonly [string, Tensor])[];
  writeState(values: ReadonlyMap<string, Tensor>): void;
  dispose(): Promise<void> | void;
}

/** Options with which the host started this process (host.ts). */
export const hostOptions = <Options>(): Options => JSON.parse(process.argv[2]!) as Options;

/** Sends a message to the client. */
export function send(message: object): void {
  for (const part of frameOf(message))
    for (let written = 0; written < part.length; )
      written += orEnd(orNone(() => writeSync(replyPipe, part, written, part.length - written)));
}

export interface Served {
  load(source: ProgramSource): Promise<LoadedProgram> | LoadedProgram;
  graphics(): GraphicsTraces;
}

/** Serves requests until the client is gone. */
export function serve(served: Served): void {
  const answers = answerer(served);
  const take = async (request: EngineRequest) => {
    try {
      const value = await answered(answers, request);
      send({ id: request.id, ok: true, value } satisfies EngineReply);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      send({ id: request.id, ok: false, message } satisfies EngineReply);
    }
  };
  // Ctrl+C reaches every process of the terminal: the client decides when this one ends.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => {});
  offerToEndFirst();
  void takeFrames(take);
}

/** Volunteers for the OOM killer: a run survives losing its engine, the editor may not. */
function offerToEndFirst(): void {
  if (process.platform !== 'linux') return;
  try {
    writeFileSync('/proc/self/oom_score_adj', '500');
  } catch {
    // Not permitted here: then the kernel kills the largest process, which is likely this one.
  }
}

const requestPipe = 3;
const replyPipe = 4;

/** Takes requests one after another; later ones wait in the pipe and in the client. */
async function takeFrames(take: (request: EngineRequest) => Promise<void>): Promise<never> {
  const places = reusedPlaces();
  for (;;) {
    const frame = readFrame(places);
    let place = frame.next();
    // The thread waits asynchronously for the start of a request; its rest follows at once.
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

/** Exits when nothing can be transferred: a closed pipe means the client is gone. */
const orEnd = (count: number): number => (count > 0 ? count : process.exit());

function orNone(transfer: () => number): number {
  try {
    return transfer();
  } catch {
    return 0;
  }
}

const answered = <M extends EngineMethod>(answers: Answerer, request: RequestOf<M>) => answers[request.type](request);

type Answerer = { readonly [M in EngineMethod]: (request: RequestOf<M>) => Promise<ResultOf<M>> | ResultOf<M> };

function answerer({ load, graphics }: Served): Answerer {
  const programs = new Map<number, LoadedProgram>();
  const programOf = (id: number): LoadedProgram => {
    const program = programs.get(id);
    if (!program) throw new Error(`No program ${id}`);
    return program;
  };
  return {
    graphics,
    async load({ id, source }) {
      programs.set(id, await load(source));
      return id;
    },
    run: ({ program, feeds }) => programOf(program).run(feeds),
    readState: ({ program }) => programOf(program).readState(),
    writeState({ program, state }) {
      programOf(program).writeState(new Map(state));
      return undefined;
    },
    async dispose({ program }) {
      await programOf(program).dispose();
      programs.delete(program);
      return undefined;
    },
  };
}
