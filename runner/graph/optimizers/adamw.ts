import type { OptimizerOf } from '../../../shared/contracts/optimizers.ts';
import { add, div, mul, sqrt, sub } from '../primitives.ts';
import { applied, type Optimizer } from './optimizer.ts';

/**
 * m' = β₁·m + (1−β₁)·g,  v' = β₂·v + (1−β₂)·g²,  p' = p·(1 − η·λ) − η/c₁ · m' / (√v'/√c₂ + ε),  cᵢ = 1 − βᵢᵗ, t from 1.
 * p, g, m, v of one shape; η, λ, β₁, c₁, c₂ are scalars of the step: β₁ because one-cycle schedules move it.
 *
 * torch.optim.AdamW; Loshchilov & Hutter 2019, https://arxiv.org/abs/1711.05101
 * √c₂ is moved to the scalars, which saves a pass over the parameter: m' / (√v' + ε·√c₂) · (η·√c₂/c₁).
 *
 * @example t = 1, p = 1, g = 0.5, η = 0.1, λ = 0.01, ε → 0: m' / c₁ = g and √v' / √c₂ = |g|, so p' = 0.999 − 0.1 = 0.899
 */
export const adamw = ({ betas, epsilon, weightDecay }: OptimizerOf<'adamw'>): Optimizer => ({
  moments: ['moment1', 'moment2'],
  baseMomentum: betas[0],
  scalars: (step, momentum) => ({
    momentum,
    weightDecay,
    biasCorrection1: 1 - momentum ** step,
    biasCorrection2: 1 - betas[1] ** step,
  }),
  updates(g, scalar, applies) {
    const decay = scalar('weightDecay');
    const beta1 = applied(g, scalar('momentum'), 1, applies);
    const beta2 = applied(g, g.scalar(betas[1]), 1, applies);
    const share2 = applied(g, g.scalar(1 - betas[1]), 0, applies); // in double precision before rounding
    const correction1 = applied(g, scalar('biasCorrection1'), 1, applies);
    const correction2 = applied(g, scalar('biasCorrection2'), 1, applies);
    return (p, gradient, [m, v], learningRate) => {
      const one = g.scalar(1);
      const root2 = sqrt(g, correction2);
      const nextM = add(g, mul(g, m!, beta1), mul(g, gradient, sub(g, one, beta1)));
      const squared = mul(g, gradient, gradient);
      const nextV = add(g, mul(g, v!, beta2), mul(g, squared, share2));
      const rate = mul(g, learningRate, div(g, root2, correction1));
      const direction = div(g, nextM, add(g, sqrt(g, nextV), mul(g, root2, g.scalar(epsilon))));
      const decayed = mul(g, p, sub(g, one, mul(g, learningRate, decay)));
      return { parameter: sub(g, decayed, mul(g, direction, rate)), moments: [nextM, nextV] };
    };
  },
});
