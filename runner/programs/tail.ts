// The network as a differentiable graph: trained parameters are inputs; BatchNorm keeps its running statistics (eval mode) or
// normalizes by the batch (train mode); channels last, so that convolutions are matrix products over contiguous rows.
import type { Architecture, Cut } from '../../shared/contracts/architectures.ts';
import type { Tape } from '../graph/backward.ts';
import { type Graph, parameterOf, type Value } from '../graph/graph.ts';
import { add } from '../graph/ops/add.ts';
import { batchNormTrain, scaleFilters, shiftOf } from '../graph/ops/batchNorm.ts';
import { type ConvolutionForm, conv } from '../graph/ops/conv.ts';
import { globalAveragePool } from '../graph/ops/globalAveragePool.ts';
import { linear } from '../graph/ops/linear.ts';
import { maxPool } from '../graph/ops/maxPool.ts';
import { relu } from '../graph/ops/relu.ts';
import { type Head, levelsAbove } from '../network/head.ts';
import type { Operations } from '../network/operations.ts';
import type { Parameters } from '../tensor.ts';
import { batchNormEpsilon, inverseDeviation } from './folding.ts';
import { type Convolved, type Folded, whole } from './inference.ts';

/** Statistics that BatchNorm normalizes by: the running ones, or those of the batch. */
export type TailNormalization =
  | { readonly by: 'runningStatistics'; readonly statistics: Parameters }
  | {
      readonly by: 'batch';
      /** float32 [N]: 1 for images that take part in the batch's moments. */
      readonly present: Value;
      /** Called with the input of each BatchNorm, [N, H, W, C]. */
      onInput(batchNorm: string, x: Value): void;
    };

export interface TailOptions {
  readonly architecture: Architecture;
  readonly cut: Cut;
  readonly head: Head;
  /** The value of a trainable parameter. */
  parameterIn(name: string): Value;
  readonly normalization: TailNormalization;
  /** Features at a cut below `cut`, float32 [N, h, w, C]. */
  levelBelow(cut: Cut): Value;
  readonly form?: ConvolutionForm | undefined;
}

/**
 * Applies the backbone above `cut`, then the head, on the tape.
 *
 * @param x  features at `cut`: float32 [N, h, w, C], or [N, C] below the network's own head
 * @returns the head's outputs, by name
 */
export function applyTail(tape: Tape, x: Value, options: TailOptions): Readonly<Record<string, Value>> {
  const { architecture, cut, head, parameterIn, normalization, levelBelow, form } = options;
  const normalized =
    normalization.by === 'batch'
      ? normalizedByBatch(tape, parameterIn, normalization, form)
      : foldedConvolution(tape, trainedFilters(tape, parameterIn, normalization.statistics), form);
  const operations = differentiableOperations(tape, normalized, parameterIn);
  const outputs = head.apply(operations, levelsAbove<Folded>(operations, architecture, cut, x, levelBelow));
  return Object.fromEntries(Object.entries(outputs).map(([name, value]) => [name, whole(value)]));
}

/** Applies a convolution and the BatchNorm behind it: [N, H, W, C] to [N, P, Q, K]. */
export type NormalizedConvolution = (convolved: Convolved, batchNorm: string) => Value;

/** The filters [K, C, h, w] and bias [K] of a convolution with its BatchNorm included. */
export type FiltersOf = (conv: string, batchNorm: string) => readonly [weight: Value, bias: Value];

/** The network on the tape, channels last; `parameterIn` supplies the head. */
export function differentiableOperations(
  tape: Tape,
  normalized: NormalizedConvolution,
  parameterIn: (name: string) => Value,
): Operations<Folded> {
  return {
    conv: (x, name, convolution) => ({ x: whole(x), conv: name, convolution }),
    batchNorm(value, name) {
      if (!('conv' in value)) throw new Error(`${name} does not stand behind a convolution`);
      return normalized(value, name);
    },
    relu: (x) => tape.apply(relu, [whole(x)], undefined),
    maxPool: (x, pooling) => tape.apply(maxPool, [whole(x)], pooling),
    add: (x, y) => tape.apply(add, [whole(x), whole(y)], undefined),
    globalAveragePool: (x) => tape.apply(globalAveragePool, [whole(x)], undefined),
    linear: (x, name) =>
      tape.apply(linear, [whole(x), parameterIn(`${name}.weight`), parameterIn(`${name}.bias`)], undefined),
  };
}

/** BatchNorm in eval mode, as part of its convolution. */
export const foldedConvolution =
  (tape: Tape, filtersOf: FiltersOf, form: ConvolutionForm = 'windows'): NormalizedConvolution =>
  ({ x, conv: name, convolution }, batchNorm) =>
    tape.apply(conv, [x, ...filtersOf(name, batchNorm)], { ...convolution, form });

/** BatchNorm in train mode. */
function normalizedByBatch(
  tape: Tape,
  parameterIn: (name: string) => Value,
  { present, onInput }: Extract<TailNormalization, { by: 'batch' }>,
  form: ConvolutionForm = 'windows',
): NormalizedConvolution {
  return ({ x, conv: name, convolution }, batchNorm) => {
    const bias = tape.graph.floats(new Float32Array(convolution.outChannels), [convolution.outChannels]);
    const y = tape.apply(conv, [x, parameterIn(`${name}.weight`), bias], { ...convolution, form });
    onInput(batchNorm, y);
    const parameters = [parameterIn(`${batchNorm}.weight`), parameterIn(`${batchNorm}.bias`)] as const;
    return tape.apply(batchNormTrain, [y, ...parameters, present], { epsilon: batchNormEpsilon });
  };
}

/** Records folding on the tape, so that filters and BatchNorm train. */
function trainedFilters(tape: Tape, parameterIn: (name: string) => Value, statistics: Parameters): FiltersOf {
  return (conv, batchNorm) => {
    const { r, meanTimesR } = statisticsOf(tape.graph, statistics, batchNorm);
    const [gamma, beta] = [parameterIn(`${batchNorm}.weight`), parameterIn(`${batchNorm}.bias`)];
    return [
      tape.apply(scaleFilters, [parameterIn(`${conv}.weight`), gamma, r], undefined),
      tape.apply(shiftOf, [beta, gamma, meanTimesR], undefined),
    ];
  };
}

/** r = 1 / √(running variance + ε) and r·(running mean), as constants. */
function statisticsOf(g: Graph, statistics: Parameters, batchNorm: string): { r: Value; meanTimesR: Value } {
  const r = inverseDeviation(statistics, batchNorm);
  const mean = parameterOf(statistics, `${batchNorm}.running_mean`).data;
  const shape = [r.length];
  return {
    r: g.constant(`${batchNorm}.r`, { dtype: 'float32', shape, data: r }),
    meanTimesR: g.constant(`${batchNorm}.meanTimesR`, { dtype: 'float32', shape, data: mean.map((m, k) => m * r[k]!) }),
  };
}
