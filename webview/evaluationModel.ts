// From a snapshot to what is drawn: scores as the panel shows them, the threshold of a preset, the images with their losses. Pure; the
// arithmetic is runner/metrics', so that panel and report cannot disagree.
import { mostProbable } from '../runner/metrics/confusion.ts';
import { type ImageOutcome, nearestToThreshold, outcomesOf, topLosses } from '../runner/metrics/perImage.ts';
import { oneVsRest } from '../runner/metrics/roc.ts';
import { applyTemperature, fitTemperature } from '../runner/metrics/temperature.ts';
import { type ThresholdChoice, type ThresholdRule, thresholdBy } from '../runner/metrics/threshold.ts';
import type { ImagePick, Scores, ThresholdPreset, ToEvaluationPanel } from './evaluationContract.ts';

type Snapshot = Extract<ToEvaluationPanel, { type: 'snapshot' }>;

/** One class against all others: `labels` 0 or 1 (null: not known), `scores` its probabilities, both [N]. */
export interface Side {
  readonly labels: readonly number[] | null;
  readonly scores: readonly number[];
}

export interface LabelledSide extends Side {
  readonly labels: readonly number[];
}

export interface EvaluationModel {
  readonly classNames: readonly string[];
  readonly labels: readonly number[] | null;
  /** [N, K], as shown: after calibration if that is on. */
  readonly probabilities: ArrayLike<number>;
  readonly relativePaths: readonly string[];
  /** Two classes: that of the positive class, whose label this is; more: null. */
  readonly positive: number | null;
  /** Two classes only. */
  readonly side: Side | null;
  /** What presets are fitted on, on the same scale; null: not there, or more than two classes. */
  readonly validation: LabelledSide | null;
  readonly temperature: Temperature;
  /** The most probable class of each image. */
  readonly mostProbable: readonly number[];
}

/** `value` null: there is none, and `reason` says why. `from`: fitted here on validation, or the model brings it. */
export type Temperature =
  | { readonly value: number; readonly from: 'val' | 'own'; readonly reason: null; readonly images: number | null }
  | { readonly value: null; readonly from: null; readonly reason: TemperatureReason; readonly images: null };
type TemperatureReason = NonNullable<ReturnType<typeof fitTemperature>['reason']> | 'noValidation';

/** Of the label whose probability is the score: the named class, else the second; null with more than two classes. */
export function positiveLabelOf({ classNames, positiveClass }: Snapshot['subject']): number | null {
  if (classNames.length !== 2) return null;
  const named = positiveClass === null ? -1 : classNames.indexOf(positiveClass);
  return named >= 0 ? named : 1;
}

/** null: there are no predictions. */
export function modelOf(snapshot: Snapshot, calibrated: boolean): EvaluationModel | null {
  const { shown, validation, subject } = snapshot;
  if (shown === null || shown.classCount !== subject.classNames.length) return null;
  const positive = positiveLabelOf(subject);
  const temperature = temperatureOf(snapshot);
  const scaled = (scores: Scores): ArrayLike<number> =>
    calibrated && temperature.value !== null
      ? applyTemperature(scores.probabilities, scores.classCount, temperature.value)
      : scores.probabilities;
  const probabilities = scaled(shown);
  const fitsValidation = validation !== null && validation.labels !== null && positive !== null;
  return {
    classNames: subject.classNames,
    labels: shown.labels,
    probabilities,
    relativePaths: shown.relativePaths,
    positive,
    side: positive === null ? null : sideOf(shown, probabilities, positive),
    validation: fitsValidation ? (sideOf(validation, scaled(validation), positive) as LabelledSide) : null,
    temperature,
    mostProbable: mostProbable(probabilities, shown.classCount),
  };
}

/** Fitted once a snapshot: every step of a slider asks. */
const temperatures = new WeakMap<object, Temperature>();

export function temperatureOf(snapshot: Snapshot): Temperature {
  const known = temperatures.get(snapshot.subject);
  if (known) return known;
  const temperature = fittedTemperature(snapshot);
  temperatures.set(snapshot.subject, temperature);
  return temperature;
}

function fittedTemperature({ validation, subject }: Snapshot): Temperature {
  if (subject.temperature !== null) return { value: subject.temperature, from: 'own', reason: null, images: null };
  if (validation?.labels == null) return { value: null, from: null, reason: 'noValidation', images: null };
  const fit = fitTemperature(validation.labels, validation.probabilities, validation.classCount);
  return fit.temperature === null
    ? { value: null, from: null, reason: fit.reason, images: null }
    : { value: fit.temperature, from: 'val', reason: null, images: validation.labels.length };
}

/**
 * The same decision on the scale before (`back`) or after (`forth`) temperature scaling. Two classes. A threshold that is an image's
 * score becomes that image's score, to the last digit: it must stay on the same side.
 */
export function calibratedThreshold(snapshot: Snapshot, threshold: number, way: 'forth' | 'back'): number {
  const { value } = temperatureOf(snapshot);
  const positive = positiveLabelOf(snapshot.subject);
  if (value === null || positive === null) return threshold;
  for (const scores of [snapshot.validation, snapshot.shown]) {
    if (scores === null) continue;
    const scaled = applyTemperature(scores.probabilities, scores.classCount, value);
    const [from, to] = way === 'forth' ? [scores.probabilities, scaled] : [scaled, scores.probabilities];
    for (let i = positive; i < from.length; i += scores.classCount) if (from[i] === threshold) return to[i]!;
  }
  if (threshold <= 0 || threshold >= 1) return threshold;
  return applyTemperature([1 - threshold, threshold], 2, way === 'forth' ? value : 1 / value)[1]!;
}

export interface ChosenThreshold {
  readonly threshold: number;
  readonly preset: ThresholdPreset;
  /** Why the preset gave none: then `threshold` is 0.5. */
  readonly reason: ThresholdChoice['reason'] | 'noValidation';
}

/** The model's own threshold, else Youden's J on validation, else 0.5. */
export function presetOf(snapshot: Snapshot, chosen: ThresholdPreset | null): ThresholdPreset {
  if (chosen !== null && (chosen.type !== 'own' || snapshot.subject.threshold !== null)) return chosen;
  if (snapshot.subject.threshold !== null) return { type: 'own' };
  return snapshot.validation === null ? { type: 'half' } : { type: 'youden' };
}

/** Fitted on validation, whatever is shown. */
export function thresholdOf(
  snapshot: Snapshot,
  model: EvaluationModel,
  chosen: ThresholdPreset | null,
  calibrated: boolean,
): ChosenThreshold {
  const preset = presetOf(snapshot, chosen);
  const given = (threshold: number): ChosenThreshold => ({ threshold, preset, reason: null });
  switch (preset.type) {
    case 'manual':
      return given(preset.threshold);
    case 'half':
      return given(0.5);
    case 'own': {
      const { value } = snapshot.subject.threshold!;
      return given(calibrated ? calibratedThreshold(snapshot, value, 'forth') : value);
    }
    default: {
      const { validation } = model;
      if (validation === null) return { threshold: 0.5, preset, reason: 'noValidation' };
      const { threshold, reason } = thresholdBy(ruleOf(preset), validation.labels, validation.scores);
      return { threshold: threshold ?? 0.5, preset, reason };
    }
  }
}

function ruleOf(preset: Exclude<ThresholdPreset, { type: 'manual' | 'half' | 'own' }>): ThresholdRule {
  switch (preset.type) {
    case 'youden':
      return { rule: 'youden' };
    case 'costs':
      return { rule: 'costs', costFalseNegative: preset.falseNegative, costFalsePositive: preset.falsePositive };
    default:
      return { rule: preset.type, atLeast: preset.atLeast };
  }
}

/** What is decided of each image, in their order: by the threshold with two classes, else the most probable class. */
export function outcomesAt({ labels, probabilities, classNames, positive }: EvaluationModel, threshold: number) {
  const unknown = labels ?? new Array<number>(probabilities.length / classNames.length).fill(0);
  const outcomes = outcomesOf(
    unknown,
    probabilities,
    classNames.length,
    positive === null ? null : { positiveLabel: positive, threshold },
  );
  return labels === null ? outcomes.map((outcome) => ({ ...outcome, correct: null, loss: null })) : outcomes;
}

/** The images of a pick, in its order: the highest loss first, or the most doubtful; without labels by score. */
export function pickedImages(
  { labels, probabilities, positive, classNames }: EvaluationModel,
  outcomes: readonly ImageOutcome[],
  pick: ImagePick,
): readonly ImageOutcome[] {
  switch (pick.type) {
    case 'cell':
      return topLosses(
        outcomes.filter(({ label, predicted }) => label === pick.actual && predicted === pick.predicted),
      );
    case 'topLosses':
      return topLosses(outcomes);
    case 'nearest':
      return nearestToThreshold(outcomes);
    case 'all': {
      if (labels !== null) return outcomes;
      const score = ({ index, predicted }: ImageOutcome) =>
        probabilities[index * classNames.length + (positive ?? predicted ?? 0)]!;
      return outcomes.toSorted((a, b) => score(b) - score(a));
    }
  }
}

/** With labels those that cost most, else those in doubt. */
export const defaultPick = ({ labels }: EvaluationModel): ImagePick =>
  labels === null ? { type: 'nearest' } : { type: 'topLosses' };

function sideOf({ labels, classCount }: Scores, probabilities: ArrayLike<number>, positive: number): Side {
  const rows = labels ?? new Array<number>(probabilities.length / classCount).fill(-1);
  const side = oneVsRest(rows, probabilities, classCount, positive);
  return { scores: side.scores, labels: labels === null ? null : side.labels };
}
