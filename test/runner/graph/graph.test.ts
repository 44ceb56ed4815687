import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Graph } from '../../../runner/graph/graph.ts';
import { toOnnx } from '../../../runner/graph/onnx.ts';
import { type Operator, operatorsEverywhere } from '../../../runner/graph/operators.ts';
import { add, concat, gemm, mul, pad, relu, reshape, slice, transpose } from '../../../runner/graph/primitives.ts';
import { InferenceSession } from '../../support/onnxRuntime.ts';
import { runOnce } from '../../support/runProgram.ts';

test('node() merges equal nodes into one value', () => {
  const g = new Graph();
  const x = g.input('x', 'float32', [2]);
  assert.equal(relu(g, x), relu(g, x));
  assert.equal(g.nodes.length, 1);
  assert.notEqual(g.scalar(1), g.scalar(2));
  assert.notEqual(g.integers([1, 2]), g.integers([12]));
});

test('constant() refuses data that do not fill the shape, and duplicate names', () => {
  const g = new Graph();
  const tensor = { dtype: 'float32' as const, shape: [3], data: new Float32Array(2) };
  assert.throws(() => g.constant('c', tensor), /c has 2 entries, its shape \[3\] holds 3/);
  g.constant('c', { ...tensor, shape: [2] });
  assert.throws(() => g.constant('c', { ...tensor, shape: [2] }), /c exists already/);
});

test('primitives refuse incompatible shapes', () => {
  const g = new Graph();
  const [a, b] = [g.input('a', 'float32', [2, 3]), g.input('b', 'float32', [4, 5])];
  assert.throws(() => add(g, a, b), /\[2,3\] and \[4,5\] do not broadcast/);
  assert.throws(() => gemm(g, a, b), /Matrices \[2,3\] and \[4,5\] do not fit/);
  assert.throws(() => reshape(g, a, [5]), /\[2,3\] cannot be reshaped to \[5\]/);
  assert.throws(() => slice(g, a, [{ axis: 1, start: 1, count: 2, step: 2 }]), /leaves axis 1 of \[2,3\]/);
});

test('primitives infer the shapes that ONNX Runtime computes', async () => {
  const g = new Graph();
  const x = g.input('x', 'float32', [2, 3, 4]);
  const values = {
    padded: pad(g, x, [0, 1, 0], [1, 0, 2]),
    sliced: slice(g, x, [{ axis: 2, start: 1, count: 2, step: 2 }]),
    turned: transpose(g, x, [2, 0, 1]),
    joined: concat(g, [x, relu(g, x)], 1),
    stretched: mul(g, x, g.floats(Float32Array.of(1, 2, 3), [3, 1])),
    column: transpose(g, reshape(g, x, [2, 1, 12]), [1, 0, 2]),
  };
  for (const [name, value] of Object.entries(values)) g.output(name, value);
  const data = Float32Array.from({ length: 24 }, (_, i) => i);
  const out = await runOnce(
    { model: toOnnx(g, { name: 'shapes' }) },
    { x: { dtype: 'float32', shape: [2, 3, 4], data } },
  );
  for (const [name, value] of Object.entries(values)) assert.deepEqual([...out[name]!.shape], value.shape, name);
  assert.deepEqual([...(out.sliced!.data as Float32Array)].slice(0, 4), [1, 3, 5, 7]);
});

test('transpose() of axes of length 1 moves no data', () => {
  const g = new Graph();
  transpose(g, g.input('x', 'float32', [1, 5, 1, 2]), [1, 0, 2, 3]);
  assert.deepEqual(
    g.nodes.map(({ operator }) => operator),
    ['Reshape'],
  );
});

test('toOnnx() refuses an operator that some device does not support', () => {
  for (const operator of ['Max', 'Sum', 'OneHot', 'ConstantOfShape', 'Loop', 'LogSoftmax']) {
    const g = new Graph();
    const x = g.input('x', 'float32', [1]);
    g.output('y', g.node(operator as Operator, [x], {}, 'float32', [1]));
    assert.throws(() => toOnnx(g, { name: 'refused' }), new RegExp(`${operator} does not run on every device`));
  }
  assert.ok(!operatorsEverywhere.some((operator) => ['Max', 'Min', 'Sum', 'Sign', 'IsNaN'].includes(operator)));
});

test('toOnnx() supports inputs, constants and one value under two names as outputs', async () => {
  const g = new Graph();
  const x = g.input('x', 'float32', [1]);
  const y = relu(g, x);
  g.output('x again', x);
  g.output('seven', g.scalar(7));
  g.output('y', y);
  g.output('y again', y);
  const out = await runOnce(
    { model: toOnnx(g, { name: 'names' }) },
    { x: { dtype: 'float32', shape: [1], data: Float32Array.of(3) } },
  );
  const numbers = ['x again', 'seven', 'y', 'y again'].map((name) => (out[name]!.data as Float32Array)[0]);
  assert.deepEqual(numbers, [3, 7, 3, 3]);
});

test('toOnnx() writes a dynamic batch dimension only on request', async () => {
  const shapeOf = async (freeBatch: boolean) => {
    const g = new Graph();
    g.output('y', relu(g, g.input('x', 'float32', [1, 2])));
    const session = await InferenceSession.create(toOnnx(g, { name: 'batch', freeBatch }));
    const [input] = session.inputMetadata;
    return input?.isTensor && input.shape;
  };
  assert.deepEqual(await shapeOf(true), ['N', 2]);
  assert.deepEqual(await shapeOf(false), [1, 2]);
});
