// Shared code of the benchmarks: plausible feeds for any program, and the time of its runs.
import type { Engine, Program, ProgramSource, TensorSpec } from '../runner/engine/engine.ts';
import { labelsTensor } from '../runner/programs/labels.ts';
import { type Parameters, sizeOf, type Tensor } from '../runner/tensor.ts';
import { initialStepState } from '../runner/training/step/stepInputs.ts';
import { stream } from '../shared/random.ts';

export interface Timing {
  readonly loadMs: number;
  /** The first run compiles and allocates. */
  readonly firstMs: number;
  readonly medianMs: number;
  readonly bestMs: number;
}

/** @param enough  called after each run with the counted ones, without the first two; at least three are made */
export async function timeRuns(
  engine: Pick<Engine, 'load'>,
  source: ProgramSource,
  parameters: Parameters,
  enough: (elapsedMs: readonly number[]) => boolean,
): Promise<Timing> {
  const beganMs = performance.now();
  const program = await loaded(engine, source, parameters);
  const loadMs = performance.now() - beganMs;
  try {
    const firstMs = await timeOfRun(program, source);
    await timeOfRun(program, source); // the second may also allocate
    const elapsedMs: number[] = [];
    while (elapsedMs.length < 3 || !enough(elapsedMs)) elapsedMs.push(await timeOfRun(program, source));
    const sorted = elapsedMs.sort((a, b) => a - b);
    return { loadMs, firstMs, medianMs: sorted[sorted.length >> 1]!, bestMs: sorted[0]! };
  } finally {
    await program.dispose();
  }
}

/** Loads a program and writes its state: weights as given, moments at 0. */
export async function loaded(
  engine: Pick<Engine, 'load'>,
  source: ProgramSource,
  parameters: Parameters,
): Promise<Program> {
  const program = await engine.load(source);
  if (source.state.length > 0) await program.writeState(initialStepState(source, parameters));
  return program;
}

export async function timeOfRun(program: Program, source: ProgramSource): Promise<number> {
  const feeds = feedsOf(source);
  const beganMs = performance.now();
  await program.run(feeds);
  return performance.now() - beganMs;
}

/** Features are at least 0 and half of them 0; rates are small enough to stay finite. */
export const feedsOf = ({ inputs }: ProgramSource): Record<string, Tensor> =>
  Object.fromEntries(Object.entries(inputs).map(([name, spec]) => [name, feed(name, spec)]));

function feed(name: string, { dtype, shape }: TensorSpec): Tensor {
  const count = sizeOf(shape);
  switch (dtype) {
    case 'uint8':
      return { dtype, shape, data: repeated(new Uint8Array(count), name, (random) => 256 * random) };
    case 'float16': // 0 or in [0.5, 1)
      return {
        dtype,
        shape,
        data: repeated(new Uint16Array(count), name, (random) =>
          random < 0.5 ? 0 : 0x3800 + Math.floor(1024 * (2 * random - 1)),
        ),
      };
    case 'int64':
      throw new Error(`No feed is made for ${name}`);
    case 'float32':
      if (name === 'labels') return labelsTensor(Array.from({ length: count }, (_, i) => i % 2));
      return { dtype, shape, data: new Float32Array(count).fill(name === 'shares' ? 1 / count : 1e-3) };
  }
}

/** Repeats a random block, because drawing every number of a large batch takes longer than many runs. */
const drawnNumbers = 10_007;

function repeated<T extends Uint8Array | Uint16Array>(data: T, name: string, of: (random: number) => number): T {
  const random = stream(1, name);
  for (let i = 0; i < Math.min(data.length, drawnNumbers); i++) data[i] = of(random());
  for (let filled = drawnNumbers; filled < data.length; filled *= 2) data.copyWithin(filled, 0, filled);
  return data;
}
