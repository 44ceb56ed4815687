import type { Value } from '../graph.ts';
import { add, div, mul, sqrt, sub } from '../primitives.ts';
import type { Optimizer } from './optimizer.ts';

/** Scalars: beta1 because one-cycle schedules move it, c₁ and c₂ because they depend on the step. */
export interface AdamWInputs {
  readonly beta1: Value;
  readonly beta2: Value;
  /** 1 − β₂, in double precision before it was rounded. */
  readonly share2: Value;
  readonly weightDecay: Value;
  /** 1 − β₁ᵗ and 1 − β₂ᵗ, t from 1. */
  readonly biasCorrection1: Value;
  readonly biasCorrection2: Value;
}

/**
 * m' = β₁·m + (1−β₁)·g,  v' = β₂·v + (1−β₂)·g²,  p' = p·(1 − η·λ) − η/c₁ · m' / (√v'/√c₂ + ε).
 * torch.optim.AdamW; Loshchilov & Hutter 2019, https://arxiv.org/abs/1711.05101
 * √c₂ is moved to the scalars, which saves a pass over the parameter: m' / (√v' + ε·√c₂) · (η·√c₂/c₁).
 */
export const adamw = (
  { beta1, beta2, share2, weightDecay, biasCorrection1, biasCorrection2 }: AdamWInputs,
  { epsilon }: { readonly epsilon: number },
): Optimizer => ({
  moments: ['moment1', 'moment2'],
  update: (g, p, gradient, [m, v], learningRate) => {
    const one = g.scalar(1);
    const root2 = sqrt(g, biasCorrection2);
    const nextM = add(g, mul(g, m!, beta1), mul(g, gradient, sub(g, one, beta1)));
    const squared = mul(g, gradient, gradient);
    const nextV = add(g, mul(g, v!, beta2), mul(g, squared, share2));
    const rate = mul(g, learningRate, div(g, root2, biasCorrection1));
    const direction = div(g, nextM, add(g, sqrt(g, nextV), mul(g, root2, g.scalar(epsilon))));
    const decayed = mul(g, p, sub(g, one, mul(g, learningRate, weightDecay)));
    return { parameter: sub(g, decayed, mul(g, direction, rate)), moments: [nextM, nextV] };
  },
});
