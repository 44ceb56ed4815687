import type { Value } from '../graph.ts';
import type { Op } from '../op.ts';
import { greater, relu as rectify, where } from '../primitives.ts';

/** y = max(x, 0), any shape;   dx = dy where y > 0, else 0 (0 at x = 0, as torch.nn.functional.relu). */
export const relu: Op<[x: Value]> = {
  forward: (g, [x]) => rectify(g, x),
  backward: (g, _, dy, y) => [() => where(g, greater(g, y, g.scalar(0)), dy, g.scalar(0))],
};
