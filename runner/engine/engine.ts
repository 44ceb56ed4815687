// engine/: runs programs. What a program computes is decided in programs/; what a ResNet is, nobody here knows.
// Absent: labels, recipes, files. Called by features/, training/, evaluate and export checks.
import type { Device } from '../../shared/contracts/events.ts';
import type { Tensor } from '../tensor.ts';

export interface TensorSpec {
  readonly dtype: Tensor['dtype'];
  /** -1 in an input: any length. */
  readonly shape: readonly number[];
}

/**
 * An ONNX model with its named signature. Inputs and outputs listed under `state` live with the engine between runs
 * (in the worker's memory on the CPU, on the device on a GPU): after each accepted run the value of `next` becomes the value of
 * `current` of the following run.
 */
export interface ProgramSource {
  readonly name: string;
  readonly model: Uint8Array;
  readonly inputs: Readonly<Record<string, TensorSpec>>;
  readonly outputs: Readonly<Record<string, TensorSpec>>;
  readonly state: readonly { readonly current: string; readonly next: string; readonly spec: TensorSpec }[];
  /** Outputs that must be finite, all entries, for the state to advance. A run that fails a guard leaves the state as it was. */
  readonly guards?: readonly string[];
}

export interface Program {
  /**
   * One run. `feeds` are all `inputs`; the answer holds all `outputs`. Feeds are given away: the caller must not use
   * their buffers again. Runs of one engine are served in order.
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
  /** Every pending run is rejected; the process ends. */
  dispose(): Promise<void>;
}

/** The device could not allocate. Fewer images at once may fit; what is loaded there is of no more use. */
export class EngineOutOfMemory extends Error {
  override readonly name = 'EngineOutOfMemory';
  readonly device: Device;
  constructor(device: Device, message: string) {
    super(message);
    this.device = device;
  }
}

/**
 * The engine's process was ended from outside, and the system does not say that memory ran out: a person did it, or a program that
 * watches over memory. It is out of memory only if it happens again.
 */
export class EngineKilled extends EngineOutOfMemory {}
