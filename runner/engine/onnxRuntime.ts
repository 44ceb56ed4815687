// The only importer of onnxruntime-node. A session computes on the thread that calls it, so this runs inside worker.ts.
import { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import { sizeOf, type Tensor } from '../tensor.ts';
import type { ProgramSource, TensorSpec } from './engine.ts';

type State = Map<string, OrtTensor>;

/** A loaded program. State is double-buffered: a run reads one set of buffers and fills the other; they swap when the guards hold. */
export class OnnxProgram {
  readonly #session: InferenceSession;
  readonly #source: ProgramSource;
  #current: State | undefined;
  #next: State | undefined;

  private constructor(session: InferenceSession, source: ProgramSource) {
    this.#session = session;
    this.#source = source;
  }

  static async load(source: ProgramSource, threads: number): Promise<OnnxProgram> {
    const session = await InferenceSession.create(source.model, {
      executionProviders: ['cpu'],
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      executionMode: 'sequential',
      graphOptimizationLevel: 'all',
      logSeverityLevel: 3,
      // Optimizer moments fade into denormals, which are slow on every CPU.
      extra: { session: { set_denormal_as_zero: '1' } },
    });
    return new OnnxProgram(session, source);
  }

  async run(feeds: Readonly<Record<string, Tensor>>): Promise<Record<string, Tensor>> {
    const { inputs, outputs, state, guards = [] } = this.#source;
    const inTensors: Record<string, OrtTensor> = {};
    for (const [name, spec] of Object.entries(inputs)) inTensors[name] = toOrt(name, spec, feeds[name]);
    const fetches: Record<string, OrtTensor | null> = {};
    for (const name of Object.keys(outputs)) fetches[name] = null;
    if (state.length > 0) {
      if (!this.#current) throw new Error(`${this.#source.name}: run before writeState`);
      this.#next ??= emptyState(state);
      for (const { current, next } of state) {
        inTensors[current] = this.#current.get(current)!;
        fetches[next] = this.#next.get(current)!;
      }
    }
    const out = await this.#session.run(inTensors, fetches);
    const answer: Record<string, Tensor> = {};
    for (const [name, spec] of Object.entries(outputs)) answer[name] = fromOrt(out[name]!, spec);
    if (state.length > 0 && guards.every((name) => allFinite(answer[name]!)))
      [this.#current, this.#next] = [this.#next, this.#current];
    return answer;
  }

  readState(): (readonly [string, Tensor])[] {
    return this.#source.state.map(({ current, spec }) => {
      const tensor = this.#current?.get(current);
      if (!tensor) throw new Error(`${this.#source.name}: readState before writeState`);
      return [current, { ...spec, data: (tensor.data as Float32Array).slice() }] as const;
    });
  }

  writeState(values: ReadonlyMap<string, Tensor>): void {
    this.#current = new Map(
      this.#source.state.map(({ current, spec }) => [current, toOrt(current, spec, values.get(current))]),
    );
  }

  async dispose(): Promise<void> {
    this.#current = this.#next = undefined;
    await this.#session.release();
  }
}

function emptyState(state: ProgramSource['state']): State {
  return new Map(
    state.map(({ current, spec }) => [
      current,
      new OrtTensor('float32', new Float32Array(sizeOf(spec.shape)), [...spec.shape]),
    ]),
  );
}

function toOrt(name: string, spec: TensorSpec, tensor: Tensor | undefined): OrtTensor {
  if (!tensor) throw new Error(`Input ${name} is missing`);
  const shape = spec.shape.map((n, axis) => (n === -1 ? (tensor.shape[axis] ?? 0) : n));
  if (tensor.dtype !== spec.dtype || tensor.data.length !== sizeOf(shape))
    throw new Error(
      `Input ${name} is ${tensor.dtype} [${tensor.shape}] with ${tensor.data.length} entries, ${spec.dtype} [${spec.shape}] is expected`,
    );
  return new OrtTensor(tensor.dtype, tensor.data as Float32Array, shape);
}

/** onnxruntime-common hands float16 out as Float16Array where the platform has it; we keep the bits. */
function fromOrt(tensor: OrtTensor, spec: TensorSpec): Tensor {
  const raw = tensor.data as Float32Array;
  const data = spec.dtype === 'float16' ? new Uint16Array(raw.buffer, raw.byteOffset, raw.length) : raw;
  return { dtype: spec.dtype, shape: [...tensor.dims], data };
}

function allFinite(tensor: Tensor): boolean {
  for (const value of tensor.data as Float32Array) if (!Number.isFinite(value)) return false;
  return true;
}
