// Small applications of every differentiable operation: the cases of the gradient tests. Values avoid kinks (0 in relu,
// ties in maxPool), where a difference quotient is meaningless.
import type { ProgramSource } from '../../runner/engine/engine.ts';
import { gradients, Tape } from '../../runner/graph/backward.ts';
import { Graph, type Value } from '../../runner/graph/graph.ts';
import type { Op } from '../../runner/graph/op.ts';
import { add } from '../../runner/graph/ops/add.ts';
import { batchNormTrain, scaleFilters, shiftOf } from '../../runner/graph/ops/batchNorm.ts';
import { conv, convolutionForms } from '../../runner/graph/ops/conv.ts';
import { crossEntropy } from '../../runner/graph/ops/crossEntropy.ts';
import { globalAveragePool } from '../../runner/graph/ops/globalAveragePool.ts';
import { linear } from '../../runner/graph/ops/linear.ts';
import { maxPool } from '../../runner/graph/ops/maxPool.ts';
import { relu } from '../../runner/graph/ops/relu.ts';
import { softmax } from '../../runner/graph/ops/softmax.ts';
import { weightedSum } from '../../runner/graph/ops/weightedSum.ts';
import type { Window } from '../../runner/graph/ops/window.ts';
import { mul, reduceSum, reshape } from '../../runner/graph/primitives.ts';
import { programSource } from '../../runner/programs/source.ts';
import { sizeOf, type Tensor } from '../../runner/tensor.ts';
import { shuffled, stream, uniform } from '../../shared/random.ts';
import { type RunningProgram, runProgram } from './runProgram.ts';

export interface OpCase {
  readonly name: string;
  readonly inputs: readonly Tensor[];
  /** Inputs with a gradient. */
  readonly differentiable: readonly number[];
  readonly window?: Window;
  build(tape: Tape, inputs: readonly Value[]): Value;
}

const draw = (name: string, shape: readonly number[], low = -1, high = 1): Tensor => {
  const random = stream(7, name);
  return {
    dtype: 'float32',
    shape,
    data: Float32Array.from({ length: sizeOf(shape) }, () => uniform(random, low, high)),
  };
};

/** At least 0.05 away from 0. */
const awayFromZero = (name: string, shape: readonly number[]): Tensor => {
  const tensor = draw(name, shape);
  return { ...tensor, data: (tensor.data as Float32Array).map((x) => x + Math.sign(x) * 0.05) };
};

/** No two values nearer than 0.03. */
const distinct = (name: string, shape: readonly number[]): Tensor => {
  const steps = shuffled(
    Array.from({ length: sizeOf(shape) }, (_, i) => i),
    stream(7, name),
  );
  return { dtype: 'float32', shape, data: Float32Array.from(steps, (step) => (step - steps.length / 2) * 0.03) };
};

function opCase<I extends readonly Value[], A>(
  name: string,
  op: Op<I, A>,
  attributes: A,
  inputs: readonly Tensor[],
  differentiable = inputs.map((_, i) => i),
): OpCase {
  return { name, inputs, differentiable, build: (tape, values) => tape.apply(op, values as unknown as I, attributes) };
}

const convolutions: readonly (readonly [string, x: readonly number[], filters: readonly number[], Window])[] = [
  ['3x3', [2, 5, 5, 3], [4, 3, 3, 3], { kernel: 3, stride: 1, padding: 1 }],
  ['3x3 with stride 2', [2, 6, 6, 3], [2, 3, 3, 3], { kernel: 3, stride: 2, padding: 1 }],
  ['3x3 on one pixel', [2, 1, 1, 3], [2, 3, 3, 3], { kernel: 3, stride: 1, padding: 1 }],
  ['3x3 with stride 2 on 2x2 pixels', [1, 2, 2, 2], [2, 2, 3, 3], { kernel: 3, stride: 2, padding: 1 }],
  ['1x1', [2, 3, 3, 4], [5, 4, 1, 1], { kernel: 1, stride: 1, padding: 0 }],
  ['1x1 with stride 2', [2, 4, 4, 3], [2, 3, 1, 1], { kernel: 1, stride: 2, padding: 0 }],
  ['3x3 on a wide image', [1, 28, 28, 1], [2, 1, 3, 3], { kernel: 3, stride: 1, padding: 1 }],
  ['3x3 with stride 2 on a wide image', [1, 56, 56, 1], [1, 1, 3, 3], { kernel: 3, stride: 2, padding: 1 }],
  ['7x7 with stride 2', [1, 8, 8, 2], [3, 2, 7, 7], { kernel: 7, stride: 2, padding: 3 }],
];

const pooling = { kernel: 3, stride: 2, padding: 1 };

export const opCases: readonly OpCase[] = [
  ...convolutionForms.flatMap((form) =>
    convolutions.map(([name, x, filters, window]) => {
      const inputs = [draw('x', x), draw('W', filters), draw('b', [filters[0]!])];
      return { ...opCase(`conv ${name} by ${form}`, conv, { ...window, form }, inputs), window };
    }),
  ),
  opCase('linear', linear, undefined, [draw('x', [3, 4]), draw('W', [2, 4]), draw('b', [2])]),
  opCase('linear of one row', linear, undefined, [draw('x', [1, 4]), draw('W', [1, 4]), draw('b', [1])]),
  opCase('relu', relu, undefined, [awayFromZero('x', [2, 3, 3, 2])]),
  opCase('add', add, undefined, [draw('x', [2, 3, 3, 2]), draw('y', [2, 3, 3, 2])]),
  opCase('globalAveragePool', globalAveragePool, undefined, [draw('x', [2, 3, 3, 4])]),
  opCase('globalAveragePool of one pixel', globalAveragePool, undefined, [draw('x', [1, 1, 1, 4])]),
  { ...opCase('maxPool', maxPool, pooling, [distinct('x', [2, 6, 6, 2])]), window: pooling },
  { ...opCase('maxPool of 2x2 pixels', maxPool, pooling, [distinct('x', [1, 2, 2, 3])]), window: pooling },
  opCase(
    'scaleFilters',
    scaleFilters,
    undefined,
    [draw('W', [3, 2, 3, 3]), draw('gamma', [3]), draw('r', [3], 0.5, 2)],
    [0, 1],
  ),
  opCase('shiftOf', shiftOf, undefined, [draw('beta', [3]), draw('gamma', [3]), draw('meanTimesR', [3])], [0, 1]),
  ...[
    ['of all images', [3, 2, 3, 4], [1, 1, 1]],
    ['of two images and an absent one', [3, 3, 2, 2], [1, 1, 0]],
    ['of one image', [1, 3, 3, 5], [1]],
  ].map(([name, shape, present]) => normalizedCase(`batchNormTrain ${name}`, shape as number[], present as number[])),
  opCase('softmax', softmax, undefined, [draw('z', [3, 4], -3, 3)]),
  opCase('softmax of one class', softmax, undefined, [draw('z', [2, 1])]),
  opCase('weightedSum', weightedSum, undefined, [draw('x', [3, 4]), draw('w', [3, 4])], [0]),
  opCase(
    'crossEntropy',
    crossEntropy,
    undefined,
    [
      draw('z', [4, 3], -3, 3),
      { dtype: 'float32', shape: [4], data: Float32Array.of(2, 0, 1, 1) },
      { dtype: 'float32', shape: [4], data: Float32Array.of(0.3, 0.2, 0.5, 0) },
    ],
    [0],
  ),
];

/** Rows of absent images have no gradient in a network, because their weight in the loss is 0: here the output is 0 there. */
function normalizedCase(name: string, shape: readonly number[], present: readonly number[]): OpCase {
  const [n = 1] = shape;
  const channels = [shape.at(-1)!];
  const inputs = [
    draw('x', shape, 1, 4),
    draw('gamma', channels, 0.5, 2),
    draw('beta', channels),
    { dtype: 'float32', shape: [n], data: Float32Array.from(present) } as const,
  ];
  return {
    name,
    inputs,
    differentiable: [0, 1, 2],
    build(tape, [x, gamma, beta, rows]) {
      const y = tape.apply(batchNormTrain, [x!, gamma!, beta!, rows!], { epsilon: 1e-5 });
      return tape.apply(masked, [y, rows!], undefined);
    },
  };
}

const masked: Op<[x: Value, rows: Value]> = {
  forward: (g, [x, rows]) => mul(g, x, reshape(g, rows, [rows.shape[0]!, 1, 1, 1])),
  backward: (g, [, rows], dy) => [() => mul(g, dy, reshape(g, rows, [rows.shape[0]!, 1, 1, 1])), null],
};

export interface RunningCase {
  /** y, the projection L = Σ y·r on a fixed random r, and d L / d input for the differentiable inputs. */
  run(inputs: readonly Tensor[]): Promise<{ y: Float32Array; loss: number; gradients: readonly Float32Array[] }>;
  readonly projection: Float32Array;
  release: RunningProgram['release'];
}

/** @param open  creates the runner; by default this thread, on the CPU */
export async function runCase(
  { inputs, differentiable, build }: OpCase,
  open: (source: ProgramSource) => Promise<RunningProgram> = runProgram,
): Promise<RunningCase> {
  const g = new Graph();
  const tape = new Tape(g);
  const values = inputs.map(({ dtype, shape }, i) => g.input(`input${i}`, dtype, shape));
  const y = build(tape, values);
  const projection = draw('projection', y.shape, 0.5, 1.5);
  const r = g.constant('projection', projection);
  const flat = reshape(g, mul(g, y, r), [sizeOf(y.shape)]);
  const found = gradients(
    tape,
    y,
    r,
    differentiable.map((i) => values[i]!),
  );
  g.output('y', y);
  g.output('loss', reduceSum(g, flat, [0]));
  for (const i of differentiable) g.output(`gradient${i}`, found.get(values[i]!)!);
  const program = await open(programSource(g, { name: 'case' }));
  return {
    projection: projection.data as Float32Array,
    async run(tensors) {
      const out = await program.run(Object.fromEntries(tensors.map((tensor, i) => [`input${i}`, tensor])));
      return {
        y: out.y!.data as Float32Array,
        loss: (out.loss!.data as Float32Array)[0]!,
        gradients: differentiable.map((i) => out[`gradient${i}`]!.data as Float32Array),
      };
    },
    release: () => program.release(),
  };
}
