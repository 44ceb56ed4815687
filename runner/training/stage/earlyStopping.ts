import type { EarlyStopping } from '../../../shared/contracts/recipe.ts';

export interface PatienceState {
  /** Best score so far, null before the first. */
  readonly best: number | null;
  readonly waited: number;
}

export interface Patience {
  /** Takes each epoch's validation figures; true once `patience` epochs in a row have not improved on the best. */
  shouldStop(figures: { readonly loss: number; readonly auroc: number | null }): boolean;
  /** State from which a resumed stage starts. */
  readonly state: PatienceState;
}

/** null: never stops. An undefined AUROC counts as no improvement. */
export function earlyStopping(
  settings: EarlyStopping | null,
  from: PatienceState = { best: null, waited: 0 },
): Patience {
  let best = from.best ?? Number.NEGATIVE_INFINITY;
  let waited = from.waited;
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
    get state() {
      return { best: Number.isFinite(best) ? best : null, waited };
    },
  };
}
