// The decision rule of a run's kept weights: the one fitted at the run's end. For a run that was stopped, failed or still trains,
// threshold and temperature are fitted here in the same way, on the validation predictions of the kept epoch.
import type { ThresholdMissing } from '../../../shared/contracts/classification/evaluation.ts';
import type { Predictions } from '../../../shared/contracts/classification/predictionsFile.ts';
import { files } from '../../../shared/contracts/run.ts';
import { evaluatedThreshold, type RunState, thresholdMissing } from '../../../shared/contracts/runState.ts';
import type { Threshold } from '../../../shared/contracts/scores.ts';
import { fitDecision } from '../../../shared/metrics/fitDecision.ts';
import { readPredictions } from './readPredictions.ts';

export interface KeptDecision {
  /** null: more than two classes. */
  readonly positiveClass: string | null;
  readonly threshold: Threshold | null;
  /** Reason for a missing threshold; null: there is one, there are more than two classes, or an older version recorded none. */
  readonly thresholdMissing: ThresholdMissing | null;
  readonly temperature: number | null;
}

/** @param keptEpoch  from the weights file; 0: unknown */
export async function keptDecision(runFolder: string, state: RunState, keptEpoch: number): Promise<KeptDecision> {
  const { evaluation, classNames, recipe } = state;
  if (evaluation) {
    const { positiveClass, temperature = null } = evaluation;
    return {
      positiveClass,
      threshold: evaluatedThreshold(evaluation),
      thresholdMissing: thresholdMissing(evaluation),
      temperature,
    };
  }
  const positiveClass = classNames.length === 2 ? (recipe?.positiveClass ?? classNames[1]!) : null;
  const positiveLabel = positiveClass === null ? null : classNames.indexOf(positiveClass);
  const epoch = keptEpoch || state.epochs.findLast(({ best }) => best)?.epoch;
  const predictions = epoch === undefined ? null : await epochPredictions(runFolder, epoch, state);
  if (predictions === null)
    return {
      positiveClass,
      threshold: null,
      thresholdMissing: positiveClass === null ? null : 'notFitted',
      temperature: null,
    };
  const fitted = fitDecision(predictions.labels, predictions.logits, classNames.length, positiveLabel);
  return {
    positiveClass,
    threshold: fitted.threshold,
    thresholdMissing: fitted.missing,
    temperature: fitted.temperature.temperature,
  };
}

/** null: missing, or changed since the run; then nothing is fitted, rather than on a part of them. */
async function epochPredictions(runFolder: string, epoch: number, state: RunState): Promise<Predictions | null> {
  const predictions = await readPredictions(runFolder, files.epochPredictions(epoch), state);
  return predictions?.leftOut === null ? predictions : null;
}
