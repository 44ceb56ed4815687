// From a snapshot to the drawn model: scores on the displayed scale, the threshold of a preset, the images with their losses. Pure;
// shared/metrics does the arithmetic, so that panel and report cannot disagree.
import { logOddsRows, shownAt, softmaxRows, type Threshold } from '../../shared/contracts/scores.ts';
import type { ImagePick, Scores, ThresholdPreset, ToEvaluationPanel } from '../../shared/messages/evaluation.ts';
import { mostProbable } from '../../shared/metrics/confusion.ts';
import { type ImageOutcome, nearestToThreshold, outcomesOf, topLosses } from '../../shared/metrics/perImage.ts';
import { fitTemperature } from '../../shared/metrics/temperature.ts';
import { type ThresholdChoice, type ThresholdRule, thresholdBy } from '../../shared/metrics/threshold.ts';

type Snapshot = Extract<ToEvaluationPanel, { type: 'snapshot' }>;

/** One class against all others: `labels` 0 or 1 (null: unknown), all [N]. */
export interface Side {
  readonly labels: readonly number[] | null;
  /** Log-odds before any calibration, which rank and decide. */
  readonly scores: readonly number[];
}

/** Scores with the displayed probabilities. */
export interface ShownSide extends Side {
  /** Calibrated if calibration is on. */
  readonly probabilities: readonly number[];
}

export interface LabelledSide extends Side {
  readonly labels: readonly number[];
}

export interface EvaluationModel {
  readonly classNames: readonly string[];
  readonly labels: readonly number[] | null;
  /** [N, K] */
  readonly logits: ArrayLike<number>;
  /** [N, K], of each class against the others. */
  readonly logOdds: ArrayLike<number>;
  /** [N, K], displayed: calibrated if calibration is on. */
  readonly probabilities: ArrayLike<number>;
  /** Temperature of the displayed probabilities; 1: calibration is off. */
  readonly shownTemperature: number;
  readonly relativePaths: readonly string[];
  /** Scores of the positive class, with its label, for two classes; null for more. */
  readonly positive: number | null;
  /** Two classes only. */
  readonly side: ShownSide | null;
  /** Scores that presets are fitted on; null: missing, or more than two classes. */
  readonly validation: LabelledSide | null;
  readonly temperature: Temperature;
  /** The most probable class of each image. */
  readonly mostProbable: readonly number[];
}

/** `value` null: there is none, and `reason` says why. `from`: fitted here on validation, or part of the model. */
export type Temperature =
  | { readonly value: number; readonly from: 'val' | 'own'; readonly reason: null; readonly images: number | null }
  | { readonly value: null; readonly from: null; readonly reason: TemperatureReason; readonly images: null };
type TemperatureReason = NonNullable<ReturnType<typeof fitTemperature>['reason']> | 'noValidation';

/** Label of the score's probability: the configured class, else the second; null with more than two classes. */
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
  const shownTemperature = calibrated ? (temperature.value ?? 1) : 1;
  const { logits, classCount } = shown;
  const logOdds = logOddsRows(logits, classCount);
  const probabilities = softmaxRows(logits, classCount, shownTemperature);
  const fitsValidation = validation !== null && validation.labels !== null && positive !== null;
  return {
    classNames: subject.classNames,
    labels: shown.labels,
    logits,
    logOdds,
    probabilities,
    shownTemperature,
    relativePaths: shown.relativePaths,
    positive,
    side:
      positive === null
        ? null
        : { ...sideOf(shown, logOdds, positive), probabilities: columnOf(probabilities, classCount, positive) },
    validation: fitsValidation
      ? (sideOf(validation, logOddsRows(validation.logits, validation.classCount), positive) as LabelledSide)
      : null,
    temperature,
    mostProbable: mostProbable(logits, classCount),
  };
}

/** Cached per snapshot, because every step of a slider needs it. */
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
  const fit = fitTemperature(validation.labels, validation.logits, validation.classCount);
  return fit.temperature === null
    ? { value: null, from: null, reason: fit.reason, images: null }
    : { value: fit.temperature, from: 'val', reason: null, images: validation.labels.length };
}

export interface ChosenThreshold {
  /** `probability` on the displayed scale; `logOdds` before calibration. */
  readonly threshold: Threshold;
  readonly preset: ThresholdPreset;
  /** Why the preset has no threshold; then it is 0.5. */
  readonly reason: ThresholdChoice['reason'] | 'noValidation';
}

/** The model's own threshold, else Youden's J on validation, else 0.5. */
export function presetOf(snapshot: Snapshot, chosen: ThresholdPreset | null): ThresholdPreset {
  if (chosen !== null && (chosen.type !== 'own' || snapshot.subject.threshold !== null)) return chosen;
  if (snapshot.subject.threshold !== null) return { type: 'own' };
  return snapshot.validation === null ? { type: 'half' } : { type: 'youden' };
}

/** Fitted on validation, whatever is displayed. */
export function thresholdOf(
  snapshot: Snapshot,
  model: EvaluationModel,
  chosen: ThresholdPreset | null,
): ChosenThreshold {
  const preset = presetOf(snapshot, chosen);
  const given = (threshold: Threshold): ChosenThreshold => ({ threshold, preset, reason: null });
  switch (preset.type) {
    case 'manual':
      return given({ probability: preset.probability, logOdds: preset.logOdds });
    case 'half':
      return given(half);
    case 'own': {
      const { probability, logOdds } = snapshot.subject.threshold!;
      return given(model.shownTemperature === 1 ? { probability, logOdds } : shownAt(logOdds, model.shownTemperature));
    }
    default: {
      const { validation } = model;
      if (validation === null) return { threshold: half, preset, reason: 'noValidation' };
      const { threshold, reason } = thresholdBy(ruleOf(preset), validation.labels, validation.scores);
      return { threshold: threshold === null ? half : shownAt(threshold, model.shownTemperature), preset, reason };
    }
  }
}

/** Same threshold on both scales. */
const half: Threshold = { probability: 0.5, logOdds: 0 };

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

/** Decision for each image, in order: by the threshold with two classes, else the most probable class. */
export function outcomesAt(
  { labels, logits, classNames, positive, shownTemperature }: EvaluationModel,
  threshold: Threshold,
): readonly ImageOutcome[] {
  const unknown = labels ?? new Array<number>(logits.length / classNames.length).fill(0);
  const decision = positive === null ? null : { positiveLabel: positive, threshold };
  const outcomes = outcomesOf(unknown, logits, classNames.length, decision, shownTemperature);
  return labels === null ? outcomes.map((outcome) => ({ ...outcome, correct: null, loss: null })) : outcomes;
}

/** Images of a pick in its order: the highest loss first, or the closest calls; without labels by score. */
export function pickedImages(
  { labels, logOdds, positive, classNames }: EvaluationModel,
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
        logOdds[index * classNames.length + (positive ?? predicted ?? 0)]!;
      return outcomes.toSorted((a, b) => score(b) - score(a));
    }
  }
}

/** The highest losses with labels, else the closest calls. */
export const defaultPick = ({ labels }: EvaluationModel): ImagePick =>
  labels === null ? { type: 'nearest' } : { type: 'topLosses' };

function sideOf({ labels, classCount }: Scores, logOdds: ArrayLike<number>, positive: number): Side {
  return {
    labels: labels === null ? null : labels.map((label) => (label === positive ? 1 : 0)),
    scores: columnOf(logOdds, classCount, positive),
  };
}

const columnOf = (rows: ArrayLike<number>, classCount: number, label: number): number[] =>
  Array.from({ length: rows.length / classCount }, (_, i) => rows[i * classCount + label]!);
