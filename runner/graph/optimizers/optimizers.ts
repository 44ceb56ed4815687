// The table of optimizers, by the recipe's names.
import type { OptimizerOf, Optimizer as Options } from '../../../shared/contracts/optimizers.ts';
import { adamw } from './adamw.ts';
import type { Optimizer } from './optimizer.ts';
import { sgd } from './sgd.ts';

const optimizers: { readonly [T in Options['type']]: (options: OptimizerOf<T>) => Optimizer } = { adamw, sgd };

export const optimizerOf = (options: Options): Optimizer =>
  // The compiler cannot see that a row takes the options of its own name.
  (optimizers[options.type] as (options: Options) => Optimizer)(options);
