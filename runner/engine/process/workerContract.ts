// Contract between the client and the engine's process. Both sides ship together, so types suffice; only tensors cross, as bytes in a pipe
// (frames.ts).
import type { Tensor } from '../../tensor.ts';
import type { ProgramSource } from '../engine.ts';
import type { Provider, WebGpuOptions } from '../onnx/providers.ts';

export interface WorkerOptions {
  readonly provider: Provider;
  /** Threads of one operator on the CPU. */
  readonly threads: number;
  readonly providerOptions?: WebGpuOptions;
}

/** Traces that a GPU's driver leaves in the process that uses it. */
export interface GraphicsTraces {
  readonly platform: NodeJS.Platform;
  /** Paths of the libraries loaded by the process. */
  readonly libraries: readonly string[];
  /** Linux: open files below /dev. */
  readonly deviceFiles: readonly string[];
}

interface OfProgram {
  /** Program number returned by `load`. */
  readonly program: number;
}

/** The requests by name, with their parameters and results. */
export interface EngineMethods {
  readonly graphics: { readonly params: object; readonly result: GraphicsTraces };
  readonly load: { readonly params: { readonly source: ProgramSource }; readonly result: number };
  readonly run: {
    readonly params: OfProgram & { readonly feeds: Readonly<Record<string, Tensor>> };
    readonly result: Record<string, Tensor>;
  };
  readonly readState: { readonly params: OfProgram; readonly result: (readonly [string, Tensor])[] };
  readonly writeState: {
    readonly params: OfProgram & { readonly state: readonly (readonly [string, Tensor])[] };
    readonly result: undefined;
  };
  readonly dispose: { readonly params: OfProgram; readonly result: undefined };
}
export type EngineMethod = keyof EngineMethods;
export type ParamsOf<M extends EngineMethod> = EngineMethods[M]['params'];
export type ResultOf<M extends EngineMethod> = EngineMethods[M]['result'];

export type RequestOf<M extends EngineMethod> = { readonly id: number; readonly type: M } & ParamsOf<M>;
export type EngineRequest = { readonly [M in EngineMethod]: RequestOf<M> }[EngineMethod];

/** `value` is the result of the request with the same number. */
export type EngineReply =
  | { readonly id: number; readonly ok: true; readonly value: ResultOf<EngineMethod> }
  | { readonly id: number; readonly ok: false; readonly message: string };
