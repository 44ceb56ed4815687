// The network as an inference graph: BatchNorm folded into the convolutions, all weights constants, channels first. Unlike inputs,
// constants let the runtime fuse and prepack.
import { type Architecture, architectureRow, type Cut } from '../../shared/contracts/architectures.ts';
import { type Graph, parameterConstant, parameterOf, type Value } from '../graph/graph.ts';
import { maxPoolNode } from '../graph/ops/maxPool.ts';
import { add, cast, convolve, gemm, reduceMean, relu } from '../graph/primitives.ts';
import { networkOf } from '../network/architecture.ts';
import { cutBelow, featureShape, partsBetween } from '../network/cut.ts';
import { type Convolution, type Operations, outputSide } from '../network/operations.ts';
import { classCountOf } from '../network/parameters.ts';
import type { Parameters, Tensor } from '../tensor.ts';
import { overflowsHalf, toHalf } from '../weights/formats/half.ts';
import { foldBatchNorm } from './folding.ts';
import { normalizedPixels } from './preprocess.ts';

/** Type of features between graphs, which compute in float32. */
export type FeatureType = 'float16' | 'float32';

/** Puts a weight tensor into the graph and returns its float32 value. */
export type StoreWeights = (g: Graph, name: string, tensor: Tensor) => Value;

export const asFloats: StoreWeights = (g, name, tensor) => g.constant(name, tensor);

/**
 * Half the bytes. The arithmetic stays in float32, so that the graph runs everywhere: many CPU runtimes have no
 * convolution in float16. A tensor with a value beyond float16's range stays float32.
 */
export const asHalves: StoreWeights = (g, name, tensor) => {
  const values = tensor.data as Float32Array;
  if (!values.every((value) => Math.abs(value) < overflowsHalf)) return g.constant(name, tensor);
  const half: Tensor = { dtype: 'float16', shape: tensor.shape, data: toHalf(values) };
  return cast(g, g.constant(name, half), 'float32');
};

/** A network with its parameters. */
export interface Network {
  readonly architecture: Architecture;
  readonly parameters: Parameters;
}

/**
 * Computes the values at higher cuts from the value at one.
 *
 * @param x   value at `from`: the normalized image for 'all', [N, C, h, w], or [N, C] below the head
 * @param to  cuts above `from`, or 'logits' [N, K]
 * @param store  representation of weights and filters in the graph; biases are always floats
 */
export function inference(
  g: Graph,
  { architecture, parameters }: Network,
  x: Value,
  from: Cut,
  to: readonly (Cut | 'logits')[],
  store: StoreWeights = asFloats,
): ReadonlyMap<Cut | 'logits', Value> {
  const operations = foldedOperations(g, parameters, store);
  const classCount = to.includes('logits') ? classCountOf(architecture, parameters) : 0;
  const values = new Map<Cut | 'logits', Value>();
  let value: Folded = x;
  const { apply } = networkOf(architecture);
  const { parts } = architectureRow(architecture);
  for (const part of partsBetween(architecture, from)) {
    if (to.every((cut) => values.has(cut))) break;
    value = apply(operations, part, value, classCount);
    const above = parts[parts.indexOf(part) + 1];
    const reached = above === undefined ? 'logits' : cutBelow(architecture, above);
    if (to.includes(reached)) values.set(reached, whole(value));
  }
  for (const cut of to) if (!values.has(cut)) throw new Error(`The cut ${cut} is not above ${from}`);
  return values;
}

/** Type of a batch at a program's input: the pixels themselves, or features in some precision. */
export type InputType = FeatureType | 'uint8';

/** Name of that input. */
export const inputNameOf = (featureType: InputType): 'pixels' | 'features' =>
  featureType === 'uint8' ? 'pixels' : 'features';

/** Input type of programs that start at a cut: pixels of the views at 'all', otherwise float16, as stored in the cache. */
export const inputTypeAt = (cut: Cut): 'uint8' | 'float16' => (cut === 'all' ? 'uint8' : 'float16');

/**
 * The graph's input at a cut in float32, channels first: 'features' as at the cut or, instead of the
 * normalized image at 'all', 'pixels' uint8 [N, S, S, 3].
 */
export function inputAt(
  g: Graph,
  architecture: Architecture,
  cut: Cut,
  { batch, imageSize, featureType }: { batch: number; imageSize: number; featureType: InputType },
): Value {
  if (featureType === 'uint8') {
    if (cut !== 'all') throw new Error(`Features at ${cut} are no pixels`);
    const pixels = g.input(inputNameOf(featureType), 'uint8', [batch, imageSize, imageSize, 3]);
    return normalizedPixels(g, pixels, architectureRow(architecture).input);
  }
  return g.input(inputNameOf(featureType), 'float32', [batch, ...featureShape(architecture, cut, imageSize)]);
}

/** A convolution whose BatchNorm has not been applied yet. */
export interface Convolved {
  readonly x: Value;
  readonly conv: string;
  readonly convolution: Convolution;
}
export type Folded = Value | Convolved;

export function whole(value: Folded): Value {
  if ('conv' in value) throw new Error(`${value.conv} has no BatchNorm behind it`);
  return value;
}

/** The network with BatchNorm folded into constant filters, channels first. */
export function foldedOperations(g: Graph, parameters: Parameters, store: StoreWeights = asFloats): Operations<Folded> {
  return {
    conv: (x, name, convolution) => ({ x: whole(x), conv: name, convolution }),
    batchNorm(value, name) {
      if (!('conv' in value)) throw new Error(`${name} does not stand behind a convolution`);
      const { conv, convolution, x } = value;
      const { weight, bias } = foldBatchNorm(parameters, conv, name);
      return convolve(g, x, store(g, `${conv}.weight`, weight), convolution, g.constant(`${conv}.bias`, bias));
    },
    relu: (x) => relu(g, whole(x)),
    maxPool(value, pooling) {
      const x = whole(value);
      const [n = 1, c = 1, side = 1] = x.shape;
      const out = outputSide(side, pooling);
      return maxPoolNode(g, x, pooling, [n, c, out, out]);
    },
    add: (x, y) => add(g, whole(x), whole(y)),
    globalAveragePool: (x) => reduceMean(g, whole(x), [2, 3]),
    linear(x, name) {
      const weight = store(g, `${name}.weight`, parameterOf(parameters, `${name}.weight`));
      return gemm(g, whole(x), weight, { transB: true, bias: parameterConstant(g, parameters, `${name}.bias`) });
    },
  };
}
