import { sizeOf } from '../../tensor.ts';
import type { Graph, Value } from '../graph.ts';
import type { Op } from '../op.ts';
import { add, div, gemm, mul, reduceSum, reshape, sqrt, sub } from '../primitives.ts';

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

// BatchNorm in train mode normalizes by the moments of the batch itself. Images that are absent (padding, lost ones) take no part:
//   μ = Σ x / m,   σ² = Σ (x − μ)² / m,   r = 1/√(σ² + ε),   over the m = images·H·W positions of the present images, by channel.

export interface Normalization {
  readonly epsilon: number;
}

/** Moments of a batch, by channel. */
export interface Moments {
  /** [C] */
  readonly mean: Value;
  /** Biased, [C]: the one that normalizes. */
  readonly variance: Value;
  /** x − μ, [N, H·W, C], absent images included. */
  readonly centered: Value;
  /** Number of positions that the moments come from, [1]. */
  readonly count: Value;
}

/**
 * The mean first, then the mean of squared differences: E[x²] − μ² would cancel in float32.
 *
 * @param x        [N, H, W, C]
 * @param present  float32 [N]: 1 for images that take part, 0 for others
 */
export function batchMoments(g: Graph, x: Value, present: Value): Moments {
  const [n = 1, h = 1, w = 1, c = 1] = x.shape;
  const rows = reshape(g, x, [n, h * w, c]);
  const count = mul(g, reduceSum(g, present, [0], { keep: true }), g.scalar(h * w));
  // Over positions first: leaving out images then costs one number per image and channel.
  const meanOf = (values: Value) =>
    div(g, reshape(g, gemm(g, reshape(g, present, [1, n]), reduceSum(g, values, [1])), [c]), count);
  const mean = meanOf(rows);
  const centered = sub(g, rows, mean);
  return { mean, variance: meanOf(mul(g, centered, centered)), centered, count };
}

/**
 * y = γ·(x − μ)·r + β with the moments of the batch.   x [N, H, W, C], γ and β [C], present [N].   torch.nn.BatchNorm2d in train mode
 *   dβ = Σ dy,   dγ = r·Σ dy·(x − μ),   dx = γ·r·(dy − (dβ + r·(x − μ)·dγ) / m) for present images
 * The gradient dy of absent images must be 0; then dx of theirs is, too.
 */
export const batchNormTrain: Op<[x: Value, gamma: Value, beta: Value, present: Value], Normalization> = {
  forward: (g, [x, gamma, beta, present], { epsilon }) => {
    const { centered, variance } = batchMoments(g, x, present);
    const scale = mul(g, gamma, inverseDeviationOf(g, variance, epsilon));
    return reshape(g, add(g, mul(g, centered, scale), beta), x.shape);
  },
  backward: (g, [x, gamma, , present], dy, _, { epsilon }) => {
    const { centered, variance, count } = batchMoments(g, x, present);
    const r = inverseDeviationOf(g, variance, epsilon);
    const rows = reshape(g, dy, centered.shape);
    const dBeta = () => reduceSum(g, rows, [0, 1]);
    const dGamma = () => mul(g, r, reduceSum(g, mul(g, rows, centered), [0, 1]));
    const dx = () => {
      const scale = mul(g, gamma, r);
      // What every present image subtracts, as [N, 1, C]: one number per image and channel instead of a pass over all positions.
      const perImage = (values: Value) =>
        mul(g, reshape(g, present, [present.shape[0]!, 1, 1]), div(g, mul(g, scale, values), count));
      const shared = add(g, mul(g, centered, perImage(mul(g, r, dGamma()))), perImage(dBeta()));
      return reshape(g, sub(g, mul(g, rows, scale), shared), x.shape);
    };
    return [dx, dGamma, dBeta, null];
  },
};

/** 1/√(σ² + ε), [C]. */
const inverseDeviationOf = (g: Graph, variance: Value, epsilon: number): Value =>
  div(g, g.scalar(1), sqrt(g, add(g, variance, g.scalar(epsilon))));
