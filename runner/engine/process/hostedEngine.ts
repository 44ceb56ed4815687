// The client side of a host (host.ts), as an `Engine`. Every request settles: with its answer, with its error, because the host ended,
// or because it stopped answering.
import { UserError } from '../../../shared/contracts/errors.ts';
import type { Device } from '../../../shared/contracts/events.ts';
import { type Engine, EngineKilled, EngineOutOfMemory, type Program, type ProgramSource } from '../engine.ts';
import type { Host, HostEvents } from './host.ts';
import { watchdog } from './watchdog.ts';
import type { EngineMethod, EngineReply, EngineRequest, GraphicsTraces, ParamsOf, ResultOf } from './workerContract.ts';

export interface HostedEngine extends Engine {
  /** Traces of the GPU in use, once a program is loaded. */
  graphics(): Promise<GraphicsTraces>;
}

interface EngineOptions {
  /** How long a request may go without an answer. */
  readonly patience?: { readonly looks: number; readonly everyMs: number };
  /** A fault without an error, found in what the process wrote to its standard error; undefined: none. */
  readonly faultIn?: (said: string) => string | undefined;
}

export function createHostedEngine(
  device: Device,
  startHost: (events: HostEvents) => Host,
  { patience, faultIn = () => undefined }: EngineOptions = {},
): HostedEngine {
  const pending = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
  let nextId = 1;
  let ended: Error | undefined;
  let isTroubled = false;

  const endWith = (reason: string, cause?: unknown) => {
    ended ??= isOutOfMemory(reason)
      ? new EngineOutOfMemory(device, reason)
      : isKill(reason)
        ? new EngineKilled(device, reason)
        : failed(device, reason, cause);
    for (const { reject } of pending.values()) reject(ended);
    pending.clear();
    watch?.answered(false);
  };
  const host = startHost({
    onReply(reply: EngineReply, said: string) {
      const waiting = pending.get(reply.id);
      pending.delete(reply.id);
      watch?.answered(pending.size > 0);
      const message = faultIn(said) ?? (reply.ok ? undefined : reply.message);
      if (message !== undefined) {
        isTroubled = true;
        waiting?.reject(errorOf(device, message));
      } else if (reply.ok) waiting?.resolve(reply.value);
    },
    onEnd(reason, cause) {
      endWith(reason, cause);
      void host.end();
    },
  });
  const watch =
    patience &&
    watchdog(() => {
      endWith(`no answer for ${Math.round((patience.looks * patience.everyMs) / 60_000)} minutes`);
      void host.end();
    }, patience);

  const request = <M extends EngineMethod>(type: M, params: ParamsOf<M>): Promise<ResultOf<M>> =>
    new Promise((resolve, reject) => {
      if (ended) return reject(ended);
      const id = nextId++;
      // The reply to this number is this method's: both sides ship together.
      pending.set(id, { resolve: resolve as (value: unknown) => void, reject });
      watch?.expect();
      try {
        host.post({ id, type, ...params } as EngineRequest);
      } catch (error) {
        pending.delete(id);
        watch?.answered(pending.size > 0);
        isTroubled = true;
        reject(errorOf(device, error instanceof Error ? error.message : String(error)));
      }
    });

  const load = async (source: ProgramSource): Promise<Program> => {
    const program = await request('load', { source });
    return {
      run: (feeds) => request('run', { program, feeds }),
      readState: async () => new Map(await request('readState', { program })),
      writeState: (state) => request('writeState', { program, state: [...state] }),
      async dispose() {
        if (ended) return; // the process is gone, and its memory with it
        const isAfterFailure = isTroubled;
        await request('dispose', { program }).catch((error: unknown) => {
          // A failing dispose must not mask the first error; the engine's exit frees the program.
          if (!isAfterFailure) throw error;
        });
      },
    };
  };
  return {
    device,
    load,
    graphics: () => request('graphics', {}),
    dispose: async () => {
      endWith('it was closed');
      await host.end();
    },
  };
}

const failed = (device: Device, reason: string, cause?: unknown) =>
  new UserError('engineFailed', { engine: nameOf(device), reason }, { cause });

/**
 * As seen (docs/engines.md). Dawn says of a buffer that could not be made only that it is invalid, where its first error got lost.
 */
const isOutOfMemory = (words: string): boolean =>
  /bad_alloc|failed to allocate|cannot allocate|allocation failed|out.of.((device|host).)?memory|\bOOM\b/i.test(
    words,
  ) ||
  /Invalid Buffer\b.* due to a previous error|Too many storage buffers in shader|std::system_error|E_OUTOFMEMORY|8007000E/i.test(
    words,
  );

/** A kill from outside; our own is never reported, because nobody listens to a host that we end. */
const isKill = (reason: string): boolean => /process ended \(SIGKILL\)/.test(reason);

/** On the CPU an error that is not about memory is a bug; elsewhere a driver's doing, and the same program may run on the CPU. */
function errorOf(device: Device, message: string): Error {
  if (isOutOfMemory(message)) return new EngineOutOfMemory(device, message);
  return nameOf(device) === 'cpu' ? new Error(message) : failed(device, wordsOf(message));
}

/** On one line, without ONNX Runtime's place in its sources and the condition there; of CUDA also without the machine's name. */
const wordsOf = (message: string): string =>
  /\b\w+ failure -?\d+: [^;]*[^;\s]/.exec(message)?.[0] ??
  message
    .replace(/\s+/g, ' ')
    .replace(/^\S*onnxruntime\S*:\d+ .*? was false\. /, '')
    .trim()
    .slice(-300);

const nameOf = ({ engine }: Device): string => engine.replace(/^onnxruntime-/, '');
