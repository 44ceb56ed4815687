// The only importer of onnxruntime-node. A session computes on its caller's thread, so this runs in a process of its own, worker.ts.
import { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import { sizeOf, type Tensor } from '../../tensor.ts';
import { fromHalf, toHalf } from '../../weights/formats/half.ts';
import { allFinite, checkedInput } from '../checks.ts';
import type { ProgramSource, TensorSpec } from '../engine.ts';
import type { WorkerOptions } from '../process/workerContract.ts';
import { stateCopyModel } from '../stateCopy.ts';
import { forbidTelemetry } from './noTelemetry.ts';
import { keepsStateOnDevice, providerFor, sessionOptions } from './providers.ts';

type Tensors = Record<string, OrtTensor>;
type Entries = (readonly [string, Tensor])[];
type Widened = Map<string, Float32Array>;

/** A loaded program. A run that fails its guards leaves the state unchanged. */
export class OnnxProgram {
  readonly #session: InferenceSession;
  readonly #source: ProgramSource;
  readonly #state: ResidentState;
  /** Buffers by input in which float16 is widened, reused in every run: allocating memory costs more than widening. */
  readonly #widened: Widened = new Map();

  private constructor(session: InferenceSession, source: ProgramSource, state: ResidentState) {
    this.#session = session;
    this.#source = source;
    this.#state = state;
  }

  /** @throws Error with ONNX Runtime's message */
  static async load(
    source: ProgramSource,
    { provider: wanted, threads, providerOptions }: WorkerOptions,
  ): Promise<OnnxProgram> {
    forbidTelemetry();
    const provider = providerFor(wanted, source);
    const open = (model: Uint8Array, resident: readonly string[]) =>
      InferenceSession.create(model, sessionOptions(provider, threads, resident, providerOptions));
    const session = await open(
      source.model,
      source.state.map(({ next }) => next),
    );
    const state = keepsStateOnDevice(provider)
      ? new DeviceState(source, () => open(stateCopyModel(source.state), []))
      : new HostState(source);
    return new OnnxProgram(session, source, state);
  }

  async run(feeds: Readonly<Record<string, Tensor>>): Promise<Record<string, Tensor>> {
    const { inputs, outputs, guards = [] } = this.#source;
    const inTensors: Tensors = this.#state.feeds();
    for (const [name, spec] of Object.entries(inputs)) inTensors[name] = toOrt(name, spec, feeds[name], this.#widened);
    const fetches: Record<string, OrtTensor | null> = this.#state.targets();
    for (const name of Object.keys(outputs)) fetches[name] = null;
    const out = await this.#session.run(inTensors, fetches);
    const answer = Object.fromEntries(
      Object.entries(outputs).map(([name, spec]) => [name, fromOrt(out[name]!, spec)] as const),
    );
    this.#state.settle(
      out,
      guards.every((name) => allFinite(answer[name]!)),
    );
    return answer;
  }

  readState(): Promise<Entries> {
    return this.#state.read();
  }

  writeState(values: ReadonlyMap<string, Tensor>): void {
    this.#state.write(values);
  }

  async dispose(): Promise<void> {
    await this.#state.dispose();
    await this.#session.release();
  }
}

/** State kept between runs: the tensors of `source.state`, by their `current` names. */
interface ResidentState {
  write(values: ReadonlyMap<string, Tensor>): void;
  /** Inputs of the next run, in a new record that the caller owns. */
  feeds(): Tensors;
  /** For each output by its `next` name: the tensor to fill, or null for a new one. */
  targets(): Record<string, OrtTensor | null>;
  /** Called after a run: if `accepted`, the outputs replace the inputs. */
  settle(out: Readonly<Tensors>, accepted: boolean): void;
  read(): Promise<Entries>;
  dispose(): Promise<void>;
}

/** Double-buffered in memory: a run reads one set of buffers and fills the other; they swap. */
class HostState implements ResidentState {
  readonly #source: ProgramSource;
  #current: ReadonlyMap<string, OrtTensor> | undefined;
  #next: ReadonlyMap<string, OrtTensor> | undefined;

  constructor(source: ProgramSource) {
    this.#source = source;
  }

  write(values: ReadonlyMap<string, Tensor>): void {
    this.#current = hostTensors(this.#source, values);
  }

  feeds(): Tensors {
    return Object.fromEntries(written(this.#source, this.#current));
  }

  targets(): Tensors {
    const { state } = this.#source;
    const next = (this.#next ??= new Map(state.map(({ current, spec }) => [current, emptyTensor(spec)])));
    return Object.fromEntries(state.map(({ current, next: name }) => [name, next.get(current)!]));
  }

  settle(_: Readonly<Tensors>, accepted: boolean): void {
    if (accepted) [this.#current, this.#next] = [this.#next, this.#current];
  }

  async read(): Promise<Entries> {
    return copied(this.#source, written(this.#source, this.#current));
  }

  async dispose(): Promise<void> {
    this.#current = this.#next = undefined;
  }
}

/**
 * State on the device: each run allocates new buffers, and those no longer needed are freed explicitly, or the device's memory would
 * grow with every step. A written state waits in main memory for the first accepted run.
 */
class DeviceState implements ResidentState {
  readonly #source: ProgramSource;
  readonly #openCopy: () => Promise<InferenceSession>;
  #copy: InferenceSession | undefined;
  #current: ReadonlyMap<string, OrtTensor> | undefined;

  constructor(source: ProgramSource, openCopy: () => Promise<InferenceSession>) {
    this.#source = source;
    this.#openCopy = openCopy;
  }

  write(values: ReadonlyMap<string, Tensor>): void {
    this.#free(this.#current?.values());
    this.#current = hostTensors(this.#source, values);
  }

  feeds(): Tensors {
    return Object.fromEntries(written(this.#source, this.#current));
  }

  targets(): Record<string, null> {
    return Object.fromEntries(this.#source.state.map(({ next }) => [next, null]));
  }

  settle(out: Readonly<Tensors>, accepted: boolean): void {
    const next = new Map(this.#source.state.map(({ current, next: name }) => [current, out[name]!]));
    this.#free((accepted ? this.#current : next)?.values());
    if (accepted) this.#current = next;
  }

  /** Reads through a graph that only copies: reading such a tensor's data directly ends the process (onnxruntime-node 1.30). */
  async read(): Promise<Entries> {
    const current = written(this.#source, this.#current);
    if (current.size === 0 || isOnHost(current)) return copied(this.#source, current);
    this.#copy ??= await this.#openCopy();
    const out = await this.#copy.run(Object.fromEntries(current));
    return this.#source.state.map(({ current: name, next, spec }) => [name, fromOrt(out[next]!, spec)]);
  }

  async dispose(): Promise<void> {
    this.#free(this.#current?.values());
    this.#current = undefined;
    await this.#copy?.release();
  }

  #free(tensors: Iterable<OrtTensor> | undefined): void {
    for (const tensor of tensors ?? []) if (tensor.location === 'gpu-buffer') tensor.dispose();
  }
}

const isOnHost = (tensors: ReadonlyMap<string, OrtTensor>): boolean =>
  [...tensors.values()].every(({ location }) => location === 'cpu');

function written(
  { name, state }: ProgramSource,
  current: ReadonlyMap<string, OrtTensor> | undefined,
): ReadonlyMap<string, OrtTensor> {
  if (current || state.length === 0) return current ?? new Map();
  throw new Error(`${name}: its state is used before writeState`);
}

const hostTensors = ({ state }: ProgramSource, values: ReadonlyMap<string, Tensor>): Map<string, OrtTensor> =>
  new Map(state.map(({ current, spec }) => [current, toOrt(current, spec, values.get(current))]));

const copied = ({ state }: ProgramSource, tensors: ReadonlyMap<string, OrtTensor>): Entries =>
  state.map(({ current, spec }) => [current, { ...spec, data: (tensors.get(current)!.data as Float32Array).slice() }]);

const emptyTensor = ({ shape }: TensorSpec): OrtTensor =>
  new OrtTensor('float32', new Float32Array(sizeOf(shape)), [...shape]);

/** @param widened  arrays to reuse for float16 values, by name; new ones when left out */
function toOrt(name: string, spec: TensorSpec, tensor: Tensor | undefined, widened?: Widened): OrtTensor {
  const { dtype, data, shape } = checkedInput(name, spec, tensor);
  if (dtype !== 'float16') return new OrtTensor(dtype, data as Float32Array, shape);
  // float16 appears only outside the graph: see programSource().
  const earlier = widened?.get(name);
  const floats = fromHalf(data as Uint16Array, earlier?.length === data.length ? earlier : undefined);
  widened?.set(name, floats);
  return new OrtTensor('float32', floats, shape);
}

function fromOrt(tensor: OrtTensor, { dtype }: TensorSpec): Tensor {
  const data = tensor.data as Float32Array;
  return { dtype, shape: [...tensor.dims], data: dtype === 'float16' ? toHalf(data) : data };
}
