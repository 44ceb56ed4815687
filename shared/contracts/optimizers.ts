// The optimizers as data, one row each: options in a recipe and the PyTorch class that each equals. A new optimizer is a row here and a file in
// runner/graph/optimizers/ with its state, its scalars and its arithmetic.
import { z } from 'zod';

const positive = z.number().positive();
/** At 1 nothing of a new gradient would count, and AdamW would divide by 1 − βᵗ = 0. */
const decay = z.number().min(0).lt(1);

/** Options of every optimizer. */
const common = {
  learningRate: z.strictObject({
    head: positive.describe('Rate of the head.'),
    backbone: positive.optional().describe('Rate of every other unfrozen parameter; as the head when left out.'),
  }),
  weightDecay: z.number().min(0).default(1e-4),
};

export const optimizerTable = [
  {
    torch: 'torch.optim.AdamW',
    options: z.strictObject({
      type: z.literal('adamw'),
      ...common,
      betas: z.tuple([decay, decay]).default([0.9, 0.999]),
      epsilon: positive.default(1e-8),
    }),
  },
  {
    torch: 'torch.optim.SGD',
    options: z.strictObject({ type: z.literal('sgd'), ...common, momentum: decay.default(0.9) }),
  },
] as const;

type Options = (typeof optimizerTable)[number]['options'];

export const Optimizer = z
  .discriminatedUnion('type', optimizerTable.map(({ options }) => options) as [Options, ...Options[]])
  .describe(`${optimizerTable.map(({ torch }) => torch).join(' or ')}.`);
export type Optimizer = z.infer<typeof Optimizer>;

/** Options of one optimizer. */
export type OptimizerOf<T extends Optimizer['type']> = Extract<Optimizer, { readonly type: T }>;
