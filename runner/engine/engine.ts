// engine/: runs programs. programs/ decides what a program computes; this room does not depend on any network.
// Absent: labels, recipes, files. Called by features/, training/, evaluate and export checks.
import type { Device } from '../../shared/contracts/events.ts';
import type { Tensor } from '../tensor.ts';

export interface TensorSpec {
  readonly dtype: Tensor['dtype'];
  /** -1 in an input's shape allows any length. */
  readonly shape: readonly number[];
}

/**
 * An ONNX model with its named signature. Inputs and outputs listed under `state` stay in the engine between runs
 * (in the process's memory on the CPU, on the device on a GPU): after each accepted run the value of `next` becomes the value of
 * `current` in the following run.
 */
export interface ProgramSource {
  readonly name: string;
  readonly model: Uint8Array;
  readonly inputs: Readonly<Record<string, TensorSpec>>;
  readonly outputs: Readonly<Record<string, TensorSpec>>;
  readonly state: readonly { readonly current: string; readonly next: string; readonly spec: TensorSpec }[];
  /** Outputs that must be finite in every entry for the state to advance. A run that fails a guard leaves the state unchanged. */
  readonly guards?: readonly string[];
}

export interface Program {
  /**
   * Runs the program once. `feeds` contains all `inputs`, the result all `outputs`. Feeds change their owner: the caller must not use
   * their buffers again. Runs of one engine are executed in order.
   */
  run(feeds: Readonly<Record<string, Tensor>>): Promise<Record<string, Tensor>>;
  /** A copy of the state, by `current` name. Empty for a program without state. */
  readState(): Promise<Map<string, Tensor>>;
  /** Replaces the whole state; every `current` must be given. Required once before the first run of a program with state. */
  writeState(state: ReadonlyMap<string, Tensor>): Promise<void>;
  dispose(): Promise<void>;
}

export interface Engine {
  readonly device: Device;
  load(source: ProgramSource): Promise<Program>;
  /** Rejects every pending run and ends the process. */
  dispose(): Promise<void>;
}

/** The device could not allocate memory. Smaller micro-batches may fit, but programs loaded there are no longer usable. */
export class EngineOutOfMemory extends Error {
  override readonly name = 'EngineOutOfMemory';
  readonly device: Device;
  constructor(device: Device, message: string) {
    super(message);
    this.device = device;
  }
}

/**
 * The engine's process was killed from outside, and the system does not report that memory ran out: a person may have done it, or a
 * program that watches memory. Treated as out of memory only when it happens again.
 */
export class EngineKilled extends EngineOutOfMemory {}
