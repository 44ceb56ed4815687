import type { Value } from '../graph.ts';
import type { Op } from '../op.ts';
import { mul, reduceSum, sub, softmax as toProbabilities } from '../primitives.ts';

/** pₖ = exp zₖ / Σⱼ exp zⱼ in each row.   z, p [N, K];   dz = p·(dp − Σₖ dpₖ·pₖ).   torch.nn.functional.softmax(z, 1) */
export const softmax: Op<[z: Value]> = {
  forward: (g, [z]) => toProbabilities(g, z),
  backward: (g, _, dp, p) => [() => mul(g, p, sub(g, dp, reduceSum(g, mul(g, dp, p), [1], { keep: true })))],
};
