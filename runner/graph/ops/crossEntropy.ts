import type { Graph, Value } from '../graph.ts';
import type { Op } from '../op.ts';
import { cast, equal, exp, log, mul, reduceMax, reduceSum, reshape, softmax, sub } from '../primitives.ts';

/**
 * L = Σᵢ sᵢ·(log Σₖ exp zᵢₖ − zᵢ,yᵢ).   z [N, K] logits, y [N] labels as float32, s [N] shares of the samples, L scalar;
 * dz = dL·sᵢ·(softmax(z) − onehot(y)).   torch.nn.functional.cross_entropy with sᵢ = weight[yᵢ] / Σⱼ weight[yⱼ]; a share of 0 excludes a
 * sample. The shares of a batch may be split over several runs, whose losses and gradients add up to the batch's.
 */
export const crossEntropy: Op<[logits: Value, labels: Value, shares: Value]> = {
  forward: (g, [z, labels, shares]) => {
    // The largest logit is subtracted first, so that exp cannot overflow and log never receives 0.
    const shifted = sub(g, z, reduceMax(g, z, [1], { keep: true }));
    const logSum = log(g, reduceSum(g, exp(g, shifted), [1]));
    const atLabel = reduceSum(g, mul(g, shifted, oneHot(g, labels, z)), [1]);
    return reduceSum(g, mul(g, shares, sub(g, logSum, atLabel)), [0]);
  },
  backward: (g, [z, labels, shares], dL) => [
    () => {
      const perSample = reshape(g, mul(g, dL, shares), [z.shape[0]!, 1]);
      return mul(g, perSample, sub(g, softmax(g, z), oneHot(g, labels, z)));
    },
    null,
    null,
  ],
};

/** [N, K] float32: 1 in the label's column. In floats, because WebGPU has no int64; labels below 2^24 are exact. */
function oneHot(g: Graph, labels: Value, { shape: [n = 1, k = 1] }: Value): Value {
  const column = reshape(g, labels, [n, 1]);
  const classes = g.floats(
    Float32Array.from({ length: k }, (_, label) => label),
    [1, k],
  );
  return cast(g, equal(g, column, classes), 'float32');
}
