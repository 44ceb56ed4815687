// Alarms from the curves: problems that the epochs so far suggest. Pure; recorded by
// run/epochFiles.ts. The figures of every rule are defined only here.

import type { ErrorCode, ErrorParams } from '../../shared/contracts/errors.ts';
import type { Problem, SplitCounts } from '../../shared/contracts/events.ts';
import type { EpochRow } from '../../shared/contracts/runState.ts';
import { fixed } from '../../shared/fixed.ts';
import { indexOfSmallest, smallest } from '../../shared/lists.ts';
import { wilsonInterval } from '../../shared/metrics/intervals.ts';

export interface Curves {
  readonly epochs: readonly Pick<EpochRow, 'epoch' | 'metrics'>[];
  readonly classNames: readonly string[];
  readonly counts: SplitCounts | null;
}

/** Alarms that hold after the last epoch and did not after the one before: one is repeated only after it has disappeared. */
export function newAlarms(curves: Curves): Problem[] {
  const before = new Set(alarmsOf({ ...curves, epochs: curves.epochs.slice(0, -1) }).map(({ code }) => code));
  return alarmsOf(curves).filter(({ code }) => !before.has(code));
}

/** All alarms that hold after the last epoch, the most serious first. */
export function alarmsOf(curves: Curves): Problem[] {
  if (curves.epochs.length === 0) return [];
  return [diverging(curves), oneClass(curves), overfitting(curves), smallValidation(curves)].filter(
    (problem) => problem !== undefined,
  );
}

const problem = (code: ErrorCode, params: ErrorParams): Problem => ({ code, params });
const figure = (value: number): string => fixed(value, 2);

/** Epochs averaged before a comparison: one epoch's validation loss is noisy. */
const window = 3;
/** Least rise of the validation loss, as a share of its lowest, and absolutely (in nats: a loss near 0 may double without harm). */
const riseShare = 0.1;
const riseAtLeast = 0.03;
/** Least share by which the training loss has fallen meanwhile. */
const fallShare = 0.05;
/**
 * Number of standard errors of the epoch-to-epoch noise by which the loss must have risen: many, because the lowest of all means is
 * low by chance. Of simulated flat curves of 10 (40) epochs with 20 % noise, fewer than 1 (5) in 100 are called overfitting.
 */
const riseOverNoise = 5;

/**
 * Compares means of three epochs, across stages (each continues with the weights of the one before): the validation loss is clearly above
 * its lowest, in each of the last three epochs, too, while the training loss continued to fall.
 */
function overfitting({ epochs }: Curves): Problem | undefined {
  if (epochs.length < 2 * window) return undefined;
  const val = known(epochs.map(({ metrics }) => metrics.val.loss));
  const train = known(epochs.map(({ metrics }) => metrics.train.loss));
  if (Math.min(val.length, train.length) < epochs.length) return undefined;
  const last = epochs.length - window;
  const valMeans = means(val);
  const lowest = indexOfSmallest(valMeans.slice(0, last - window + 1));
  const low = valMeans[lowest]!;
  const limit = low + Math.max(riseAtLeast, riseShare * low);
  const error = jitter(val) * Math.sqrt(2 / window);
  if (val.slice(last).some((loss) => loss <= limit) || valMeans[last]! - low < riseOverNoise * error) return undefined;
  const trainMeans = means(train);
  if (trainMeans[last]! > (1 - fallShare) * trainMeans[lowest]!) return undefined;
  return problem('alarmOverfitting', {
    since: epochs[lowest + (window >> 1)]!.epoch,
    low: figure(low),
    now: figure(valMeans[last]!),
  });
}

/**
 * The training loss has doubled since its lowest and is above its start; or validation is three times worse than guessing
 * while training has not improved on guessing, either. Losses far below guessing may vary freely.
 */
function diverging({ epochs, classNames }: Curves): Problem | undefined {
  if (epochs.length < 2) return undefined;
  const guessing = Math.log(classNames.length);
  const train = epochs.map(({ metrics }) => metrics.train.loss);
  const last = epochs.at(-1)!;
  const now = last.metrics.train.loss;
  if (now === null) return problem('alarmDiverging', { now: 'not a number', low: lowestOf(train) });
  if (now <= guessing / 2) return undefined;
  const before = known(train.slice(0, -1));
  const lowest = smallest(before);
  if (before.length > 0 && now >= 2 * lowest && now > before[0]!)
    return problem('alarmDiverging', { now: figure(now), low: figure(lowest) });
  const val = last.metrics.val.loss;
  if (val === null || val <= 3 * guessing) return undefined;
  return problem('alarmDiverging', {
    now: figure(val),
    low: lowestOf(epochs.map(({ metrics }) => metrics.val.loss)),
  });
}

/** From this recall on a class counts as always found; at 1 minus this or below, as never found. */
const always = 0.98;

/** In two consecutive epochs (the first steps of a good run may pass through it) all images are predicted as the same class. */
function oneClass({ epochs, classNames, counts }: Curves): Problem | undefined {
  const [before, now] = epochs.slice(-2).map(({ metrics }) => onlyClass(metrics.val.recallPerClass));
  if (now === undefined || now !== before) return undefined;
  const sizes = counts?.val ?? [];
  const share = (sizes[now] ?? 0) / Math.max(1, sum(sizes));
  return problem('alarmOneClass', { className: classNames[now]!, percent: Math.round(100 * share) });
}

function onlyClass(recalls: readonly (number | null)[]): number | undefined {
  const found = recalls.findIndex((recall) => recall !== null && recall >= always);
  const others = recalls.filter((_, k) => k !== found);
  const never = others.every((recall) => recall !== null && recall <= 1 - always);
  return found >= 0 && others.length > 0 && never ? found : undefined;
}

/** With fewer images, or fewer of a class, the figures of an epoch cannot distinguish a good network from a mediocre one. */
const enoughImages = 100;
const enoughOfAClass = 20;

/** Depends on counts alone, so it occurs once; the interval (Wilson) is that of the epoch's own figure. */
function smallValidation({ epochs, classNames, counts }: Curves): Problem | undefined {
  const { accuracy, recallPerClass } = epochs.at(-1)!.metrics.val;
  const sizes = counts?.val ?? [];
  const count = sum(sizes);
  if (count === 0 || accuracy === null) return undefined;
  if (count < enoughImages)
    return problem('alarmSmallValidation', { count, value: figure(accuracy), ...edges(accuracy, count) });
  const label = indexOfSmallest(sizes);
  const [size, recall] = [sizes[label]!, recallPerClass[label] ?? null];
  if (size === 0 || size >= enoughOfAClass || recall === null) return undefined;
  return problem('alarmSmallClass', {
    count: size,
    className: classNames[label]!,
    value: figure(recall),
    ...edges(recall, size),
  });
}

function edges(share: number, count: number): { low: string; high: string } {
  const [low, high] = wilsonInterval(Math.round(share * count), count);
  return { low: figure(low), high: figure(high) };
}

const known = (values: readonly (number | null)[]): number[] => values.filter((value) => value !== null);

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** Means of every `window` consecutive values: the result is `window` - 1 values shorter. */
const means = (values: readonly number[]): number[] =>
  values.slice(window - 1).map((_, i) => sum(values.slice(i, i + window)) / window);

function lowestOf(values: readonly (number | null)[]): string {
  const seen = known(values);
  return seen.length > 0 ? figure(smallest(seen)) : 'unknown';
}

/**
 * Standard deviation of one epoch's value around its trend, from second differences (0 for a straight rise), by their median, which
 * a single jump does not change: 1.4826 · median|d| / √6.
 */
function jitter(values: readonly number[]): number {
  const second = values
    .slice(2)
    .map((value, i) => Math.abs(value - 2 * values[i + 1]! + values[i]!))
    .sort((a, b) => a - b);
  const middle = second.length >> 1;
  const median = second.length % 2 === 1 ? second[middle]! : (second[middle - 1]! + second[middle]!) / 2;
  return (1.4826 * median) / Math.sqrt(6);
}
