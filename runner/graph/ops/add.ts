import type { Value } from '../graph.ts';
import type { Op } from '../op.ts';
import { add as sum } from '../primitives.ts';

/** z = x + y, all of one shape;   dx = dz,  dy = dz. */
export const add: Op<[x: Value, y: Value]> = {
  forward: (g, [x, y]) => sum(g, x, y),
  backward: (_, __, dz) => [() => dz, () => dz],
};
