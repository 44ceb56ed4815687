// The network as a differentiable graph: trained parameters are inputs, BatchNorm keeps its running statistics (eval mode),
// channels last, so that convolutions are matrix products over contiguous rows.
import type { Architecture } from '../contracts/recipe.ts';
import type { Tape } from '../graph/backward.ts';
import { type Graph, parameterOf, type Value } from '../graph/graph.ts';
import { add } from '../graph/ops/add.ts';
import { scaleFilters, shiftOf } from '../graph/ops/batchNorm.ts';
import { conv } from '../graph/ops/conv.ts';
import { globalAveragePool } from '../graph/ops/globalAveragePool.ts';
import { linear } from '../graph/ops/linear.ts';
import { maxPool } from '../graph/ops/maxPool.ts';
import { relu } from '../graph/ops/relu.ts';
import type { Cut } from '../network/cut.ts';
import { partsBetween } from '../network/cut.ts';
import type { Convolution, Operations } from '../network/operations.ts';
import { applyPart } from '../network/resnet.ts';
import type { Parameters } from '../tensor.ts';
import { inverseDeviation } from './folding.ts';

/**
 * Applies the network above `cut` on the tape.
 *
 * @param x            float32 [N, h, w, C], or [N, C] for 'fc'
 * @param parameterIn  the value of a trainable parameter
 * @param statistics   where the running statistics are
 * @returns logits [N, K]
 */
export function applyTail(
  tape: Tape,
  architecture: Architecture,
  cut: Cut,
  x: Value,
  parameterIn: (name: string) => Value,
  statistics: Parameters,
  classCount: number,
): Value {
  const operations = differentiableOperations(tape, parameterIn, statistics);
  let value: Normalisable = x;
  for (const part of partsBetween(cut)) value = applyPart(operations, architecture, part, value, classCount);
  return whole(value);
}

/** A convolution that still waits for its BatchNorm. */
interface Convolved {
  readonly x: Value;
  readonly conv: string;
  readonly convolution: Convolution;
}
type Normalisable = Value | Convolved;

function whole(value: Normalisable): Value {
  if ('conv' in value) throw new Error(`${value.conv} has no BatchNorm behind it`);
  return value;
}

function differentiableOperations(
  tape: Tape,
  parameterIn: (name: string) => Value,
  statistics: Parameters,
): Operations<Normalisable> {
  const g = tape.graph;
  return {
    conv: (x, name, convolution) => ({ x: whole(x), conv: name, convolution }),
    batchNorm(value, name) {
      if (!('conv' in value)) throw new Error(`${name} does not stand behind a convolution`);
      const { r, meanTimesR } = statisticsOf(g, statistics, name);
      const [gamma, beta] = [parameterIn(`${name}.weight`), parameterIn(`${name}.bias`)];
      const weight = tape.apply(scaleFilters, [parameterIn(`${value.conv}.weight`), gamma, r], undefined);
      const bias = tape.apply(shiftOf, [beta, gamma, meanTimesR], undefined);
      return tape.apply(conv, [value.x, weight, bias], value.convolution);
    },
    relu: (x) => tape.apply(relu, [whole(x)], undefined),
    maxPool: (x, pooling) => tape.apply(maxPool, [whole(x)], pooling),
    add: (x, y) => tape.apply(add, [whole(x), whole(y)], undefined),
    globalAveragePool: (x) => tape.apply(globalAveragePool, [whole(x)], undefined),
    linear: (x, name) =>
      tape.apply(linear, [whole(x), parameterIn(`${name}.weight`), parameterIn(`${name}.bias`)], undefined),
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
