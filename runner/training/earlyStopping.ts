import type { EarlyStopping } from '../contracts/recipe.ts';

export interface Patience {
  /** Told each epoch's validation figures; true once `patience` epochs in a row have not improved on the best. */
  shouldStop(figures: { readonly loss: number; readonly auroc: number | null }): boolean;
}

/** null: never stops. An AUROC that is undefined counts as no improvement. */
export function earlyStopping(settings: EarlyStopping | null): Patience {
  let best = Number.NEGATIVE_INFINITY;
  let waited = 0;
  return {
    shouldStop({ loss, auroc }) {
      if (!settings) return false;
      const score = settings.monitor === 'loss' ? -loss : (auroc ?? Number.NEGATIVE_INFINITY);
      if (score > best + settings.minimumDelta) {
        best = score;
        waited = 0;
      } else waited++;
      return waited >= settings.patience;
    },
  };
}
