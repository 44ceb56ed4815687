import type { OptimizerOf } from '../../../shared/contracts/optimizers.ts';
import { add, mul, sub } from '../primitives.ts';
import { applied, type Optimizer } from './optimizer.ts';

/**
 * v' = μ·v + g + λ·p,  p' = p − η·v'.  p, g, v of one shape; η, λ and μ are scalars of the step.
 *
 * torch.optim.SGD with coupled weight decay; its first step, v' = g + λ·p, is v = 0 here. A run that only accumulates gradients has
 * μ = 1 and adds 0 of the gradient.
 *
 * @example p = 1, g = 0.5, v = 0.2, μ = 0.9, λ = 0.01, η = 0.1: v' = 0.18 + 0.5 + 0.01 = 0.69, p' = 0.931
 */
export const sgd = ({ momentum: baseMomentum, weightDecay }: OptimizerOf<'sgd'>): Optimizer => ({
  moments: ['momentumBuffer'],
  baseMomentum,
  scalars: (_, momentum) => ({ momentum, weightDecay }),
  updates(g, scalar, applies) {
    const decay = scalar('weightDecay');
    const momentum = applied(g, scalar('momentum'), 1, applies);
    return (p, gradient, [v], learningRate) => {
      const decayed = add(g, gradient, mul(g, p, decay));
      const next = add(g, mul(g, v!, momentum), applies ? mul(g, decayed, applies) : decayed);
      return { parameter: sub(g, p, mul(g, next, learningRate)), moments: [next] };
    };
  },
});
