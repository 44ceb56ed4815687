// The table of optimizers, by the recipe's names.
import type { Optimizer as Options } from '../../../shared/contracts/recipe.ts';
import { adamw } from './adamw.ts';
import type { Optimizer } from './optimizer.ts';
import { sgd } from './sgd.ts';

export function optimizerOf(options: Options): Optimizer {
  switch (options.type) {
    case 'adamw':
      return adamw(options);
    case 'sgd':
      return sgd(options);
  }
}
