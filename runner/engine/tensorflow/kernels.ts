// The kernel in TensorFlow.js for each operator of our graphs. Parameters (shapes, axes, starts) are constants of the graph, read when a
// program is loaded.
import type * as tf from '@tensorflow/tfjs';
import type { Operator } from '../../graph/operators.ts';
import { elementTypeOf } from '../../graph/primitives.ts';
import type { GraphNode } from './graph.ts';
import type { TensorFlow } from './tensors.ts';

/** Returns a new tensor, or a clone of an input; the caller disposes of intermediate tensors. */
export type Kernel = (tf: TensorFlow, inputs: readonly tf.Tensor[]) => tf.Tensor;

/** A node with known parameters: inputs that are constants and configure the operation instead of being computed with. */
export interface KernelNode extends GraphNode {
  numbersOf(input: number): readonly number[];
}

type Unary = (tf: TensorFlow, x: tf.Tensor) => tf.Tensor;
type Binary = (tf: TensorFlow, a: tf.Tensor, b: tf.Tensor) => tf.Tensor;
const unary =
  (apply: Unary) =>
  (_: GraphNode): Kernel =>
  (tf, [x]) =>
    apply(tf, x!);
const binary =
  (apply: Binary) =>
  (_: GraphNode): Kernel =>
  (tf, [a, b]) =>
    apply(tf, a!, b!);

/** Operators that compute each entry from the entries at the same position, so any layout works if it is the same for all inputs. */
export const pointwise = {
  Add: binary((tf, a, b) => tf.add(a, b)),
  Sub: binary((tf, a, b) => tf.sub(a, b)),
  Mul: binary((tf, a, b) => tf.mul(a, b)),
  Div: binary((tf, a, b) => tf.div(a, b)),
  And: binary((tf, a, b) => tf.logicalAnd(a, b)),
  Equal: binary((tf, a, b) => tf.equal(a, b)),
  Greater: binary((tf, a, b) => tf.greater(a, b)),
  Exp: unary((tf, x) => tf.exp(x)),
  Log: unary((tf, x) => tf.log(x)),
  Not: unary((tf, x) => tf.logicalNot(x)),
  Relu: unary((tf, x) => tf.relu(x)),
  Sqrt: unary((tf, x) => tf.sqrt(x)),
  Identity: unary((_, x) => x.clone()),
  Cast: (node): Kernel => {
    if (integer(node, 'to', 0) !== elementTypeOf('float32')) throw new Error(`${node.output} is not cast to floats`);
    return (tf, [x]) => tf.cast(x!, 'float32');
  },
  Where:
    (_: GraphNode): Kernel =>
    (tf, [condition, a, b]) =>
      tf.where(condition!, a!, b!),
} satisfies Partial<Record<Operator, (node: GraphNode) => Kernel>>;

/** Operators on channels last, [N, H, W, C], filters [h, w, C, K]: the only layout that TensorFlow supports on the CPU. */
export const spatial = {
  Conv: (node): Kernel => {
    const { stride, pads } = windowOf(node);
    const [dilation = 1] = node.attributes.get('dilations')?.ints ?? [];
    return (tf, [x, filters, bias]) => {
      const y = tf.conv2d(x as tf.Tensor4D, filters as tf.Tensor4D, stride, pads, 'NHWC', dilation);
      return bias ? tf.add(y, bias) : y;
    };
  },
  MaxPool: (node): Kernel => {
    const { kernel, stride, pads } = windowOf(node);
    const isPadded = pads.some((pair) => pair.some((n) => n > 0));
    // The binding pools without padding only; the padding must never be the maximum.
    return (tf, [x]) => tf.maxPool((isPadded ? tf.pad(x!, pads, -3.4e38) : x!) as tf.Tensor4D, kernel, stride, 'valid');
  },
} satisfies Partial<Record<Operator, (node: GraphNode) => Kernel>>;

/** Reductions over axes. */
export const reductions = {
  ReduceMax: (tf: TensorFlow, x: tf.Tensor, axes: number[], keep: boolean) => tf.max(x, axes, keep),
  ReduceMean: (tf: TensorFlow, x: tf.Tensor, axes: number[], keep: boolean) => tf.mean(x, axes, keep),
  ReduceSum: (tf: TensorFlow, x: tf.Tensor, axes: number[], keep: boolean) => tf.sum(x, axes, keep),
} satisfies Partial<Record<Operator, unknown>>;

/** All other operators, on values in the graph's layout. */
export const plain = {
  Concat: (node): Kernel => {
    const axis = integer(node, 'axis', 0);
    return (tf, inputs) => tf.concat([...inputs], axis);
  },
  Expand: (node): Kernel => {
    const wanted = node.numbersOf(1);
    return (tf, [x]) => {
      const rank = Math.max(x!.rank, wanted.length);
      const aligned = (shape: readonly number[]) => [...Array<number>(rank - shape.length).fill(1), ...shape];
      const [from, to] = [aligned(x!.shape), aligned(wanted)];
      const shape = from.map((n, axis) => Math.max(n, to[axis]!));
      return tf.broadcastTo(tf.reshape(x!, from), shape);
    };
  },
  Flatten:
    (): Kernel =>
    (tf, [x]) =>
      tf.reshape(x!, [x!.shape[0]!, -1]),
  Gemm: (node): Kernel => {
    const [transA, transB] = [integer(node, 'transA', 0) === 1, integer(node, 'transB', 0) === 1];
    return (tf, [a, b, bias]) => {
      const y = tf.matMul(a!, b!, transA, transB);
      return bias ? tf.add(y, bias) : y;
    };
  },
  MatMul:
    (): Kernel =>
    (tf, [a, b]) =>
      tf.matMul(a!, b!),
  Pad: (node): Kernel => {
    const pads = node.numbersOf(1);
    const rank = pads.length / 2;
    const pairs = Array.from({ length: rank }, (_, axis): [number, number] => [pads[axis]!, pads[axis + rank]!]);
    const [value] = node.numbersOf(2);
    return (tf, [x]) => tf.pad(x!, pairs, value);
  },
  Reshape: (node): Kernel => {
    const shape = [...node.numbersOf(1)];
    return (tf, [x]) => tf.reshape(x!, shape);
  },
  Slice: (node): Kernel => {
    const [starts, ends, axes, steps] = [1, 2, 3, 4].map((input) => node.numbersOf(input)) as [
      readonly number[],
      readonly number[],
      readonly number[],
      readonly number[],
    ];
    return (tf, [x]) => {
      const [begin, end, strides] = [x!.shape.map(() => 0), [...x!.shape], x!.shape.map(() => 1)];
      axes.forEach((axis, i) => {
        begin[axis] = starts[i]!;
        end[axis] = ends[i]!;
        strides[axis] = steps[i]!;
      });
      if (strides.some((step) => step !== 1)) return tf.stridedSlice(x!, begin, end, strides);
      return tf.slice(
        x!,
        begin,
        end.map((n, axis) => n - begin[axis]!),
      );
    };
  },
  Softmax: (node): Kernel => {
    const axis = integer(node, 'axis', -1);
    return (tf, [x]) => tf.softmax(x!, axis);
  },
  Transpose: (node): Kernel => {
    const permutation = permutationOf(node);
    return (tf, [x]) => tf.transpose(x!, permutation);
  },
} satisfies Partial<Record<Operator, (node: KernelNode) => Kernel>>;

/** Operators with one input tensor; the other inputs are parameters. */
export const parametersFollow: ReadonlySet<Operator> = new Set(['Expand', 'Pad', 'Reshape', 'ReduceSum', 'Slice']);

export const integer = (node: GraphNode, name: string, otherwise: number): number =>
  node.attributes.has(name) ? (node.attributes.get(name)!.i ?? 0) : otherwise;
export const permutationOf = (node: GraphNode): number[] => [...node.attributes.get('perm')!.ints!];

function windowOf({ attributes }: GraphNode) {
  const pair = (name: string) => attributes.get(name)!.ints!.slice(0, 2) as [number, number];
  const [top, left, bottom, right] = attributes.get('pads')!.ints as [number, number, number, number];
  const none: [number, number] = [0, 0];
  const pads: [number, number][] = [none, [top, bottom], [left, right], none];
  return {
    kernel: pair('kernel_shape'),
    stride: pair('strides'),
    pads: pads as [[number, number], [number, number], [number, number], [number, number]],
  };
}
