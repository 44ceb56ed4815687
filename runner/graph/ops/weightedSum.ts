import type { Value } from '../graph.ts';
import type { Op } from '../op.ts';
import { mul, reduceSum } from '../primitives.ts';

/** y = Σ x·w over all entries.   x, w [N, K], y scalar;   dx = dy·w.   The weights are constants and have no gradient. */
export const weightedSum: Op<[x: Value, w: Value]> = {
  forward: (g, [x, w]) => reduceSum(g, mul(g, x, w), [0, 1]),
  backward: (g, [, w], dy) => [() => mul(g, dy, w), null],
};
