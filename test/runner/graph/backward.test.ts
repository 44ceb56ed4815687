import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gradients, Tape } from '../../../runner/graph/backward.ts';
import { Graph, type Value } from '../../../runner/graph/graph.ts';
import { toOnnx } from '../../../runner/graph/onnx.ts';
import type { Op } from '../../../runner/graph/op.ts';
import { add } from '../../../runner/graph/ops/add.ts';
import { linear } from '../../../runner/graph/ops/linear.ts';
import { relu } from '../../../runner/graph/ops/relu.ts';
import { runOnce } from '../../support/runProgram.ts';

const vector = (...numbers: number[]) => ({
  dtype: 'float32' as const,
  shape: [numbers.length],
  data: Float32Array.from(numbers),
});

test('gradients() sums the contributions of all uses of a value', async () => {
  const g = new Graph();
  const tape = new Tape(g);
  const x = g.input('x', 'float32', [2]);
  const rectified = tape.apply(relu, [x], undefined);
  const y = tape.apply(add, [tape.apply(add, [rectified, x], undefined), rectified], undefined); // 2·relu(x) + x
  g.output('dx', gradients(tape, y, g.floats(Float32Array.of(1, 10), [2]), [x]).get(x)!);
  const { dx } = await runOnce({ model: toOnnx(g, { name: 'shares' }) }, { x: vector(5, -5) });
  assert.deepEqual([...(dx!.data as Float32Array)], [3, 10]);
});

test('gradients() counts a deduplicated operation once', async () => {
  const g = new Graph();
  const tape = new Tape(g);
  const x = g.input('x', 'float32', [1]);
  const y = tape.apply(add, [tape.apply(relu, [x], undefined), tape.apply(relu, [x], undefined)], undefined);
  g.output('dx', gradients(tape, y, g.floats(Float32Array.of(1), [1]), [x]).get(x)!);
  const { dx } = await runOnce({ model: toOnnx(g, { name: 'twice' }) }, { x: vector(5) });
  assert.deepEqual([...(dx!.data as Float32Array)], [2]);
});

test('gradients() differentiates only with respect to requested values', () => {
  const g = new Graph();
  const tape = new Tape(g);
  const [x, W, b] = [g.input('x', 'float32', [3, 4]), g.input('W', 'float32', [2, 4]), g.input('b', 'float32', [2])];
  const y = tape.apply(linear, [x, W, b], undefined);
  const before = g.nodes.length;
  gradients(tape, y, y, [W]);
  assert.deepEqual(
    g.nodes.slice(before).map(({ operator }) => operator),
    ['Gemm'],
  );
});

test('gradients() rejects by name a value that the target does not depend on', () => {
  const g = new Graph();
  const tape = new Tape(g);
  const [x, stranger] = [g.input('x', 'float32', [1]), g.input('stranger', 'float32', [1])];
  const y = tape.apply(relu, [x], undefined);
  assert.throws(() => gradients(tape, y, y, [stranger]), /stranger does not reach Relu/);
});

test('Tape.apply() refuses an operation that returns its input', () => {
  const identity: Op<[x: Value]> = { forward: (_, [x]) => x, backward: (_, __, dy) => [() => dy] };
  const g = new Graph();
  assert.throws(() => new Tape(g).apply(identity, [g.input('x', 'float32', [1])], undefined), /returned its input x/);
});
