// BatchNorm statistics for a network without any: random weights need them before BatchNorm can run in eval mode.
import type { ProgramSource } from '../engine/engine.ts';
import { Graph, parameterConstant, type Value } from '../graph/graph.ts';
import { maxPoolNode } from '../graph/ops/maxPool.ts';
import { add, convolve, div, mul, reduceMean, relu, reshape, sqrt, sub } from '../graph/primitives.ts';
import { networkOf } from '../network/architecture.ts';
import { cutBelowHead, partsBetween } from '../network/cut.ts';
import { type Operations, outputSide } from '../network/operations.ts';
import { type Parameters, sizeOf, type Tensor } from '../tensor.ts';
import { batchNormEpsilon } from './folding.ts';
import { inputAt, type Network } from './inference.ts';
import { programSource } from './source.ts';

export interface BatchStatisticsOptions extends Network {
  readonly batch: number;
  readonly imageSize: number;
  /** 'uint8': input 'pixels' [N, S, S, 3]; 'float32': input 'features', the normalized image [N, 3, S, S]. */
  readonly featureType: 'uint8' | 'float32';
}

/**
 * Every BatchNorm normalizes by the statistics of the batch itself (train mode), so that one pass gives each layer its actual
 * inputs. Outputs: `<bn>.running_mean` and `<bn>.running_var` [K] of this batch, the variance unbiased as in PyTorch.
 * Average them over batches with `averagedStatistics`: torch.nn.BatchNorm2d(momentum=None) in train mode, without training.
 */
export function batchStatisticsProgram(options: BatchStatisticsOptions): ProgramSource {
  const { architecture, parameters } = options;
  const g = new Graph();
  let x = inputAt(g, architecture, 'all', options);
  const operations = measuringOperations(g, parameters);
  const { apply } = networkOf(architecture);
  for (const part of partsBetween(architecture, 'all', cutBelowHead(architecture))) x = apply(operations, part, x, 0);
  return programSource(g, { name: `${architecture} batch statistics` });
}

/** `parameters` with the mean of the measured statistics instead of its own; averaged in double precision. */
export function averagedStatistics(
  parameters: Parameters,
  measured: readonly Readonly<Record<string, Tensor>>[],
): Parameters {
  return new Map(
    [...parameters].map(([name, old]) => {
      const found = measured.map((batch) => batch[name]?.data).filter((data) => data !== undefined);
      if (found.length === 0) return [name, old];
      const data = old.data.map((_, k) => found.reduce((sum, values) => sum + Number(values[k]), 0) / found.length);
      return [name, { ...old, data }];
    }),
  );
}

function measuringOperations(g: Graph, parameters: Parameters): Operations<Value> {
  const constant = (name: string) => parameterConstant(g, parameters, name);
  return {
    conv: (x, name, convolution) => convolve(g, x, constant(`${name}.weight`), convolution),
    batchNorm(x, name, channels) {
      const count = sizeOf(x.shape) / channels;
      if (count < 2) throw new Error(`${name} sees one value per channel: variance needs two images or a larger image`);
      const over = (value: Value) => reduceMean(g, value, [0, 2, 3], { keep: true });
      const mean = over(x);
      const centred = sub(g, x, mean);
      const variance = over(mul(g, centred, centred));
      g.output(`${name}.running_mean`, reshape(g, mean, [channels]));
      g.output(`${name}.running_var`, reshape(g, mul(g, variance, g.scalar(count / (count - 1))), [channels]));
      const perChannel = (entry: string) => reshape(g, constant(`${name}.${entry}`), [1, channels, 1, 1]);
      const scale = div(g, perChannel('weight'), sqrt(g, add(g, variance, g.scalar(batchNormEpsilon))));
      return add(g, mul(g, centred, scale), perChannel('bias'));
    },
    relu: (x) => relu(g, x),
    maxPool(x, pooling) {
      const [n = 1, c = 1, side = 1] = x.shape;
      const out = outputSide(side, pooling);
      return maxPoolNode(g, x, pooling, [n, c, out, out]);
    },
    add: (x, y) => add(g, x, y),
    globalAveragePool: (x) => reduceMean(g, x, [2, 3]),
    linear() {
      throw new Error('the head has no statistics');
    },
  };
}
