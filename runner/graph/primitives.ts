// ONNX operators as functions over values: each checks its inputs and computes the output's shape. Nothing here has a gradient;
// ops/ builds differentiable operations from these.
import { sizeOf } from '../tensor.ts';
import type { Graph, Value, ValueType } from './graph.ts';

type Binary = (g: Graph, a: Value, b: Value) => Value;

export const add: Binary = (g, a, b) => g.node('Add', [a, b], {}, a.dtype, broadcast(a, b));
export const sub: Binary = (g, a, b) => g.node('Sub', [a, b], {}, a.dtype, broadcast(a, b));
export const mul: Binary = (g, a, b) => g.node('Mul', [a, b], {}, a.dtype, broadcast(a, b));
export const div: Binary = (g, a, b) => g.node('Div', [a, b], {}, a.dtype, broadcast(a, b));
export const greater: Binary = (g, a, b) => g.node('Greater', [a, b], {}, 'bool', broadcast(a, b));
export const equal: Binary = (g, a, b) => g.node('Equal', [a, b], {}, 'bool', broadcast(a, b));
export const and: Binary = (g, a, b) => g.node('And', [a, b], {}, 'bool', broadcast(a, b));

type Unary = (g: Graph, x: Value) => Value;

export const not: Unary = (g, x) => g.node('Not', [x], {}, 'bool', x.shape);
export const exp: Unary = (g, x) => g.node('Exp', [x], {}, x.dtype, x.shape);
export const log: Unary = (g, x) => g.node('Log', [x], {}, x.dtype, x.shape);
export const sqrt: Unary = (g, x) => g.node('Sqrt', [x], {}, x.dtype, x.shape);
export const relu: Unary = (g, x) => g.node('Relu', [x], {}, x.dtype, x.shape);
export const softmax: Unary = (g, x) => g.node('Softmax', [x], { axis: -1 }, x.dtype, x.shape);

const elementTypes = { float32: 1, uint8: 2, int64: 7, bool: 9, float16: 10 } as const;
/** Numbers of onnx.TensorProto.DataType. */
export const elementTypeOf = (dtype: ValueType): number => elementTypes[dtype];

export const cast = (g: Graph, x: Value, dtype: ValueType): Value =>
  x.dtype === dtype ? x : g.node('Cast', [x], { to: elementTypeOf(dtype) }, dtype, x.shape);

export const where = (g: Graph, condition: Value, a: Value, b: Value): Value =>
  g.node('Where', [condition, a, b], {}, a.dtype, broadcast({ shape: broadcast(condition, a) }, b));

export function reshape(g: Graph, x: Value, shape: readonly number[]): Value {
  if (sizeOf(shape) !== sizeOf(x.shape)) throw new Error(`[${x.shape}] cannot be reshaped to [${shape}]`);
  return sameShape(x.shape, shape) ? x : g.node('Reshape', [x, g.integers(shape)], {}, x.dtype, shape);
}

export function transpose(g: Graph, x: Value, permutation: readonly number[]): Value {
  const shape = permutation.map((axis) => x.shape[axis]!);
  // Moving axes of length 1 moves no data.
  const moved = permutation.filter((axis) => x.shape[axis] !== 1);
  if (moved.every((axis, i) => i === 0 || moved[i - 1]! < axis)) return reshape(g, x, shape);
  return g.node('Transpose', [x], { perm: permutation }, x.dtype, shape);
}

export const expand = (g: Graph, x: Value, shape: readonly number[]): Value =>
  sameShape(x.shape, shape) ? x : g.node('Expand', [x, g.integers(shape)], {}, x.dtype, broadcast(x, { shape }));

export function concat(g: Graph, values: readonly Value[], axis: number): Value {
  const [first] = values;
  if (!first) throw new Error('concat of nothing');
  if (values.length === 1) return first;
  const length = values.reduce((sum, value) => sum + value.shape[axis]!, 0);
  return g.node('Concat', values, { axis }, first.dtype, first.shape.with(axis, length));
}

/** `starts` and `counts` by axis: `counts[axis]` entries from `starts[axis]` on, `step` apart. */
export function slice(
  g: Graph,
  x: Value,
  axes: readonly { readonly axis: number; readonly start: number; readonly count: number; readonly step: number }[],
): Value {
  const real = axes.filter(({ axis, start, count, step }) => start !== 0 || step !== 1 || count !== x.shape[axis]);
  if (real.length === 0) return x;
  let shape = x.shape;
  for (const { axis, start, count, step } of real) {
    if (start < 0 || start + (count - 1) * step >= shape[axis]!)
      throw new Error(`slice of ${count} from ${start} by ${step} leaves axis ${axis} of [${x.shape}]`);
    shape = shape.with(axis, count);
  }
  const inputs = [
    x,
    g.integers(real.map(({ start }) => start)),
    g.integers(real.map(({ start, count, step }) => start + (count - 1) * step + 1)),
    g.integers(real.map(({ axis }) => axis)),
    g.integers(real.map(({ step }) => step)),
  ];
  return g.node('Slice', inputs, {}, x.dtype, shape);
}

/** `before[axis]` and `after[axis]` entries of `value` around x. */
export function pad(g: Graph, x: Value, before: readonly number[], after: readonly number[], value = 0): Value {
  if ([...before, ...after].every((n) => n === 0)) return x;
  const shape = x.shape.map((n, axis) => n + before[axis]! + after[axis]!);
  return g.node('Pad', [x, g.integers([...before, ...after]), g.scalar(value)], {}, x.dtype, shape);
}

/** Sum over `axes`, which are dropped unless `keep`. */
export const reduceSum = (g: Graph, x: Value, axes: readonly number[], { keep = false } = {}): Value =>
  g.node('ReduceSum', [x, g.integers(axes)], { keepdims: keep ? 1 : 0 }, x.dtype, reduced(x.shape, axes, keep));
export const reduceMean = (g: Graph, x: Value, axes: readonly number[], { keep = false } = {}): Value =>
  g.node('ReduceMean', [x], { axes, keepdims: keep ? 1 : 0 }, x.dtype, reduced(x.shape, axes, keep));
export const reduceMax = (g: Graph, x: Value, axes: readonly number[], { keep = false } = {}): Value =>
  g.node('ReduceMax', [x], { axes, keepdims: keep ? 1 : 0 }, x.dtype, reduced(x.shape, axes, keep));

/** Lengths known only when the graph runs: int64 [count] of the axes from `start` on. */
export const lengthsOf = (g: Graph, x: Value, start: number, count: number): Value =>
  g.node('Shape', [x], { start, end: start + count }, 'int64', [count]);

/** The smallest entry of a vector, [1]. */
export const smallest = (g: Graph, x: Value): Value =>
  g.node('ReduceMin', [x], { axes: [0], keepdims: 1 }, x.dtype, [1]);

/** Product of two matrices, either one transposed first, plus a bias row if given. */
export function gemm(
  g: Graph,
  a: Value,
  b: Value,
  { transA = false, transB = false, bias }: { transA?: boolean; transB?: boolean; bias?: Value } = {},
): Value {
  const [rows, inner] = transA ? [a.shape[1], a.shape[0]] : a.shape;
  const [innerB, columns] = transB ? [b.shape[1], b.shape[0]] : b.shape;
  if (a.shape.length !== 2 || b.shape.length !== 2 || inner !== innerB || rows === undefined || columns === undefined)
    throw new Error(`Matrices [${a.shape}]${transA ? 'ᵀ' : ''} and [${b.shape}]${transB ? 'ᵀ' : ''} do not fit`);
  const attributes = { ...(transA && { transA: 1 }), ...(transB && { transB: 1 }) };
  return g.node('Gemm', bias ? [a, b, bias] : [a, b], attributes, a.dtype, [rows, columns]);
}

/** ONNX's Conv, channels first: x [N, C, H, W], weight [K, C, h, w] with `dilation` between its taps, bias [K]. */
export function convolve(
  g: Graph,
  x: Value,
  weight: Value,
  { stride, padding, dilation = 1 }: { readonly stride: number; readonly padding: number; readonly dilation?: number },
  bias?: Value,
): Value {
  const [n = 1, c, ...sides] = x.shape;
  const [k = 1, ofChannels, ...kernel] = weight.shape;
  if (ofChannels !== c) throw new Error(`Filters [${weight.shape}] do not fit [${x.shape}]`);
  const out = sides.map((side, i) => Math.floor((side + 2 * padding - dilation * (kernel[i]! - 1) - 1) / stride) + 1);
  const attributes = {
    kernel_shape: kernel,
    strides: [stride, stride],
    pads: [padding, padding, padding, padding],
    ...(dilation > 1 && { dilations: [dilation, dilation] }),
  };
  return g.node('Conv', bias ? [x, weight, bias] : [x, weight], attributes, x.dtype, [n, k, ...out]);
}

function reduced(shape: readonly number[], axes: readonly number[], keep: boolean): readonly number[] {
  return keep ? shape.map((n, axis) => (axes.includes(axis) ? 1 : n)) : shape.filter((_, axis) => !axes.includes(axis));
}

const sameShape = (a: readonly number[], b: readonly number[]) =>
  a.length === b.length && a.every((n, i) => n === b[i]);

/** NumPy's broadcasting: shapes are aligned at the right; 1 stretches. */
function broadcast(a: { shape: readonly number[] }, b: { shape: readonly number[] }): readonly number[] {
  const rank = Math.max(a.shape.length, b.shape.length);
  return Array.from({ length: rank }, (_, i) => {
    const m = a.shape[i - rank + a.shape.length] ?? 1;
    const n = b.shape[i - rank + b.shape.length] ?? 1;
    if (m !== n && m !== 1 && n !== 1) throw new Error(`Shapes [${a.shape}] and [${b.shape}] do not broadcast`);
    return m === 1 ? n : m;
  });
}
