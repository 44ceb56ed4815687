import type { Value } from '../graph.ts';
import { add, mul, sub } from '../primitives.ts';
import type { Optimizer } from './optimizer.ts';

/** Scalars, given anew for every step. */
export interface SgdInputs {
  readonly momentum: Value;
  readonly weightDecay: Value;
  /** 1 − dampening; left out: 1. */
  readonly share?: Value;
}

/**
 * d = g + λ·p,  v' = μ·v + (1 − τ)·d,  p' = p − η·v'.   torch.optim.SGD with coupled weight decay and dampening τ; its first step,
 * v' = d, is v = 0 here.
 */
export const sgd = ({ momentum, weightDecay, share }: SgdInputs): Optimizer => ({
  moments: ['momentumBuffer'],
  update: (g, p, gradient, [v], learningRate) => {
    const decayed = add(g, gradient, mul(g, p, weightDecay));
    const next = add(g, mul(g, v!, momentum), share ? mul(g, decayed, share) : decayed);
    return { parameter: sub(g, p, mul(g, next, learningRate)), moments: [next] };
  },
});
