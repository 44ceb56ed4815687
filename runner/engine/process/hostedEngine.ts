// The client side of a host (host.ts), as an `Engine`. Every request settles: with its answer, with its error, or with the reason
// that the host ended or stopped answering.
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
  /** Time that a request may take. */
  readonly patience?: { readonly looks: number; readonly everyMs: number };
  /** Detects a fault that raised no error, in the text of the process's standard error; undefined: none. */
  readonly faultIn?: (errorOutput: string) => string | undefined;
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
    onReply(reply: EngineReply, errorOutput: string) {
      const waiting = pending.get(reply.id);
      pending.delete(reply.id);
      watch?.answered(pending.size > 0);
      const message = faultIn(errorOutput) ?? (reply.ok ? undefined : reply.message);
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
      // The reply with this id belongs to this method: both sides ship together.
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
 * Messages observed in practice (docs/engines.md). For a buffer that could not be allocated, Dawn may lose its first error and only report
 * that the buffer is invalid.
 */
const isOutOfMemory = (words: string): boolean =>
  /bad_alloc|failed to allocate|cannot allocate|allocation failed|out.of.((device|host).)?memory|\bOOM\b/i.test(
    words,
  ) ||
  /Invalid Buffer\b.* due to a previous error|Too many storage buffers in shader|std::system_error|E_OUTOFMEMORY|8007000E/i.test(
    words,
  );

/** A kill from outside; one of our own comes after `ended` was set, and the first reason stays. */
const isKill = (reason: string): boolean => /process ended \(SIGKILL\)/.test(reason);

/** On the CPU an error that is not about memory is a bug; elsewhere the driver may cause it, and the same program may run on the CPU. */
function errorOf(device: Device, message: string): Error {
  if (isOutOfMemory(message)) return new EngineOutOfMemory(device, message);
  return nameOf(device) === 'cpu' ? new Error(message) : failed(device, wordsOf(message));
}

/** On one line, without ONNX Runtime's source position and condition; for CUDA also without the machine's name. */
const wordsOf = (message: string): string =>
  /\b\w+ failure -?\d+: [^;]*[^;\s]/.exec(message)?.[0] ??
  message
    .replace(/\s+/g, ' ')
    .replace(/^\S*onnxruntime\S*:\d+ .*? was false\. /, '')
    .trim()
    .slice(-300);

const nameOf = ({ engine }: Device): string => engine.replace(/^onnxruntime-/, '');
