import type { Graph, Value } from '../graph.ts';
import type { Op } from '../op.ts';
import { cast, div, equal, exp, log, mul, reduceMax, reduceSum, reshape, softmax, sub } from '../primitives.ts';

/**
 * L = Σᵢ wᵢ·(log Σₖ exp zᵢₖ − zᵢ,yᵢ) / Σᵢ wᵢ.   z [N, K] logits, y [N] labels as float32, w [N] weights of the samples, L scalar;
 * dz = dL·wᵢ/Σw·(softmax(z) − onehot(y)).   torch.nn.functional.cross_entropy with wᵢ = weight[yᵢ]; 0 leaves a sample out.
 * Not a number when every weight is 0, as in PyTorch.
 */
export const crossEntropy: Op<[logits: Value, labels: Value, weights: Value]> = {
  forward: (g, [z, labels, weights]) => {
    // The largest logit is taken off first, so that exp cannot overflow and log never meets 0.
    const shifted = sub(g, z, reduceMax(g, z, [1], { keep: true }));
    const logSum = log(g, reduceSum(g, exp(g, shifted), [1]));
    const atLabel = reduceSum(g, mul(g, shifted, oneHot(g, labels, z)), [1]);
    return reduceSum(g, mul(g, share(g, weights), sub(g, logSum, atLabel)), [0]);
  },
  backward: (g, [z, labels, weights], dL) => [
    () => {
      const perSample = reshape(g, mul(g, dL, share(g, weights)), [z.shape[0]!, 1]);
      return mul(g, perSample, sub(g, softmax(g, z), oneHot(g, labels, z)));
    },
    null,
    null,
  ],
};

/** wᵢ / Σ w. */
const share = (g: Graph, weights: Value): Value => div(g, weights, reduceSum(g, weights, [0]));

/** [N, K] float32: 1 in the label's column. In floats, because WebGPU has no int64; labels below 2^24 are exact. */
function oneHot(g: Graph, labels: Value, { shape: [n = 1, k = 1] }: Value): Value {
  const column = reshape(g, labels, [n, 1]);
  const classes = g.floats(
    Float32Array.from({ length: k }, (_, label) => label),
    [1, k],
  );
  return cast(g, equal(g, column, classes), 'float32');
}
