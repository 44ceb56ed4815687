// A run's course for the curves and the epoch table: stages, kept epochs. Pure.
import type { RunState } from '../../shared/contracts/runState.ts';

/** Epochs `from`...`to`, both included. `keptEpoch` is the best so far while the stage runs. */
export interface StageSpan {
  readonly name: string;
  readonly unfreeze: string;
  readonly from: number;
  readonly to: number;
  readonly state: 'planned' | 'running' | 'ended';
  readonly keptEpoch: number | null;
}

/** Started stages as they ran (early stopping shortens them), then the stages the recipe still plans. */
export function stageSpans(run: RunState): StageSpan[] {
  const spans: StageSpan[] = [];
  const stageCount = Math.max(run.stages.length, run.recipe?.stages.length ?? 0);
  let from = 1;
  for (let stage = 0; stage < stageCount; stage++) {
    const started = run.stages[stage];
    const plan = started ?? run.recipe?.stages[stage];
    if (plan === undefined) break;
    const rows = run.epochs.filter((row) => row.stage === stage);
    const last = rows.at(-1)?.epoch ?? from - 1;
    const over = started !== undefined && started.endReason !== null;
    const isLastEver = run.status === 'finished' || run.status === 'stopped' || run.status === 'failed';
    const to = over || isLastEver ? last : Math.max(last, from + plan.epochs - 1);
    if (to >= from) {
      const best = rows.filter((row) => row.best).at(-1)?.epoch ?? null;
      spans.push({
        name: plan.name,
        unfreeze: plan.unfreeze,
        from,
        to,
        state: over ? 'ended' : started ? 'running' : 'planned',
        keptEpoch: started?.keptEpoch ?? best,
      });
    }
    from = Math.max(to, from - 1) + 1;
  }
  return spans;
}

/** Epoch of the weights behind the run's numbers: the evaluated one, else the latest stage's best so far. */
export function keptEpoch(run: RunState): number | null {
  if (run.evaluation) return run.evaluation.keptEpoch;
  return (
    stageSpans(run)
      .map((span) => span.keptEpoch)
      .filter((epoch) => epoch !== null)
      .at(-1) ?? null
  );
}

/** Number of epochs of the whole run as currently planned. */
export const plannedEpochs = (run: RunState): number => stageSpans(run).at(-1)?.to ?? 0;
