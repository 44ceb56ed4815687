import type { Value } from '../graph.ts';
import type { Op } from '../op.ts';
import { div, expand, reduceMean, reshape } from '../primitives.ts';

/** y = mean of x over h and w.   x [N, h, w, C], y [N, C];   dx = dy / (h·w) at every position. */
export const globalAveragePool: Op<[x: Value]> = {
  forward: (g, [x]) => reduceMean(g, x, [1, 2]),
  backward: (g, [x], dy) => {
    const [n = 1, h = 1, w = 1, c = 1] = x.shape;
    return [() => expand(g, reshape(g, div(g, dy, g.scalar(h * w)), [n, 1, 1, c]), x.shape)];
  },
};
