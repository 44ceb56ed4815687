// Main thread <-> engine thread. Both sides are ours and ship together, so types suffice; only tensors cross, by transfer.
import type { Tensor } from '../tensor.ts';
import type { ProgramSource } from './engine.ts';

export interface WorkerOptions {
  readonly threads: number;
}

export type EngineRequest =
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
      readonly value: number | Record<string, Tensor> | (readonly [string, Tensor])[] | undefined;
    }
  | { readonly id: number; readonly ok: false; readonly message: string };
