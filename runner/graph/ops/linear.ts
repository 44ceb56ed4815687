import type { Value } from '../graph.ts';
import type { Op } from '../op.ts';
import { gemm, reduceSum } from '../primitives.ts';

/** y = x·Wᵀ + b.   x [N, C], W [K, C], b [K], y [N, K];   dx = dy·W,  dW = dyᵀ·x,  db = Σₙ dy.   torch.nn.Linear */
export const linear: Op<[x: Value, W: Value, b: Value]> = {
  forward: (g, [x, W, b]) => gemm(g, x, W, { transB: true, bias: b }),
  backward: (g, [x, W], dy) => [
    () => gemm(g, dy, W),
    () => gemm(g, dy, x, { transA: true }),
    () => reduceSum(g, dy, [0]),
  ],
};
