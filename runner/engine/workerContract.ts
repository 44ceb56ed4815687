// Who asks <-> the engine's process. Both sides are ours and ship together, so types suffice; only tensors cross, as bytes in a pipe
// (frames.ts).
import type { Tensor } from '../tensor.ts';
import type { ProgramSource } from './engine.ts';
import type { Provider, WebGpuOptions } from './providers.ts';

export interface WorkerOptions {
  readonly provider: Provider;
  /** Threads of one operator on the CPU. */
  readonly threads: number;
  readonly providerOptions?: WebGpuOptions;
}

/** Traces of a GPU's driver in the process that uses it. */
export interface GraphicsTraces {
  readonly platform: NodeJS.Platform;
  /** Paths of the libraries that the process has loaded. */
  readonly libraries: readonly string[];
  /** Linux: files below /dev that it holds open. */
  readonly deviceFiles: readonly string[];
}

export type EngineRequest =
  | { readonly id: number; readonly type: 'graphics' }
  | { readonly id: number; readonly type: 'load'; readonly source: ProgramSource }
  | {
      readonly id: number;
      readonly type: 'run';
      readonly program: number;
      readonly feeds: Readonly<Record<string, Tensor>>;
    }
  | { readonly id: number; readonly type: 'readState'; readonly program: number }
  | {
      readonly id: number;
      readonly type: 'writeState';
      readonly program: number;
      readonly state: readonly (readonly [string, Tensor])[];
    }
  | { readonly id: number; readonly type: 'dispose'; readonly program: number };

/** `value` is the program's number, the fetched tensors, or the state, by the type of the request. */
export type EngineReply =
  | {
      readonly id: number;
      readonly ok: true;
      readonly value: number | Record<string, Tensor> | (readonly [string, Tensor])[] | GraphicsTraces | undefined;
    }
  | { readonly id: number; readonly ok: false; readonly message: string };
