import { sizeOf } from '../../tensor.ts';
import type { Graph, Value } from '../graph.ts';
import type { Op } from '../op.ts';
import { mul, reduceSum, reshape, sub } from '../primitives.ts';

// BatchNorm in eval mode: y = γ·(x − μ)·r + β with running mean μ and r = 1/√(running variance + ε), all [K]. After a convolution
// without bias this is a convolution with scaled filters and a bias, which costs a pass over the filters and none over activations:
//   γ·r·(W * x) + (β − γ·r·μ)
// so BatchNorm is two operations, and γ's gradient is the sum of both.

/** W' = W·(γ·r), by filter.   W [K, C, h, w], γ [K], r [K];   dW = dW'·(γ·r),  dγ = r·Σ dW'·W over a filter. */
export const scaleFilters: Op<[W: Value, gamma: Value, r: Value]> = {
  forward: (g, [W, gamma, r]) => mul(g, W, perFilter(g, mul(g, gamma, r), W)),
  backward: (g, [W, gamma, r], dW) => [
    () => mul(g, dW, perFilter(g, mul(g, gamma, r), W)),
    () => {
      const rows = [W.shape[0]!, sizeOf(W.shape) / W.shape[0]!];
      return mul(g, r, reduceSum(g, reshape(g, mul(g, dW, W), rows), [1]));
    },
    null,
  ],
};

/** b = β − γ·r·μ, all [K];   dβ = db,  dγ = −r·μ·db.   `meanTimesR` is r·μ. */
export const shiftOf: Op<[beta: Value, gamma: Value, meanTimesR: Value]> = {
  forward: (g, [beta, gamma, meanTimesR]) => sub(g, beta, mul(g, gamma, meanTimesR)),
  backward: (g, [, , meanTimesR], db) => [() => db, () => mul(g, mul(g, meanTimesR, g.scalar(-1)), db), null],
};

/** s [K] as [K, 1, 1, 1]: one number per filter. */
const perFilter = (g: Graph, s: Value, W: Value): Value =>
  reshape(
    g,
    s,
    W.shape.map((n, axis) => (axis === 0 ? n : 1)),
  );
