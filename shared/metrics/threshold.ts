import { allFinite } from './figure.ts';
import { type Cumulative, cumulate, rocCurve } from './roc.ts';

/** Counts and shares when every score >= threshold is predicted positive. */
export interface ThresholdDecisions {
  readonly truePositives: number;
  readonly falsePositives: number;
  readonly falseNegatives: number;
  readonly trueNegatives: number;
  /** NaN without positives. */
  readonly sensitivity: number;
  /** NaN without negatives. */
  readonly specificity: number;
  /** null when nothing is predicted positive. */
  readonly precision: number | null;
}

/** @param labels N values, 0 or 1 */
export function decisionsAt(
  labels: ArrayLike<number>,
  scores: ArrayLike<number>,
  threshold: number,
): ThresholdDecisions {
  let truePositives = 0;
  let falsePositives = 0;
  let falseNegatives = 0;
  let trueNegatives = 0;
  for (let i = 0; i < labels.length; i++) {
    const positive = scores[i]! >= threshold;
    if (labels[i] === 1) positive ? truePositives++ : falseNegatives++;
    else positive ? falsePositives++ : trueNegatives++;
  }
  const predictedPositive = truePositives + falsePositives;
  return {
    truePositives,
    falsePositives,
    falseNegatives,
    trueNegatives,
    sensitivity: truePositives / (truePositives + falseNegatives),
    specificity: trueNegatives / (trueNegatives + falsePositives),
    precision: predictedPositive === 0 ? null : truePositives / predictedPositive,
  };
}

/**
 * The threshold with the largest Youden's J = sensitivity + specificity − 1 on the ROC curve; among ties the highest.
 * Infinity (predict nothing) if no threshold beats chance; NaN rates, when a class has no images, are an error of the caller.
 * @see Youden 1950; numpy.argmax(tpr - fpr) over sklearn.metrics.roc_curve
 */
export function youdenThreshold(labels: ArrayLike<number>, scores: ArrayLike<number>): number {
  const { falsePositiveRate, truePositiveRate, thresholds } = rocCurve(labels, scores);
  let best = 0;
  thresholds.forEach((_, i) => {
    if (truePositiveRate[i]! - falsePositiveRate[i]! > truePositiveRate[best]! - falsePositiveRate[best]!) best = i;
  });
  return thresholds[best]!;
}

/** Rule for choosing a threshold. Shares in [0, 1]. */
export type ThresholdRule =
  | { readonly rule: 'youden' }
  | { readonly rule: 'value'; readonly value: number }
  | { readonly rule: 'sensitivity'; readonly atLeast: number }
  | { readonly rule: 'specificity'; readonly atLeast: number }
  | {
      readonly rule: 'costs';
      /** Costs of one missed positive and one false alarm, in any unit: not negative, not both 0. */
      readonly costFalseNegative: number;
      readonly costFalsePositive: number;
      /** Share of positives where the model will be used; when left out, the share among these images. */
      readonly prevalence?: number;
    };

/**
 * A finite threshold, or the reason for its absence:
 * `noBetterThanChance`: no threshold has J > 0. `unreachable`: no threshold that finds a positive reaches the specificity.
 * `nothingPositive`: predicting nothing positive costs least. `oneClassOnly`, `noImages`, `notFinite` (a score is NaN or infinite):
 * these images allow no choice. `ruleInvalid`: a number of the rule is outside its range.
 */
export type ThresholdChoice =
  | { readonly threshold: number; readonly reason: null }
  | {
      readonly threshold: null;
      readonly reason:
        | 'noBetterThanChance'
        | 'unreachable'
        | 'nothingPositive'
        | 'oneClassOnly'
        | 'noImages'
        | 'notFinite'
        | 'ruleInvalid';
    };

/**
 * The threshold that a rule selects on N images, one of their scores (`value`: the given number). Never throws, never Infinity.
 *
 * - youden: `youdenThreshold`.
 * - sensitivity: among the thresholds with sensitivity ≥ atLeast the one with the highest specificity; among those the one with the
 *   highest sensitivity (the lowest threshold: further positives without a further false alarm).
 * - specificity: the same with the two exchanged; among ties the one with the highest specificity (the highest threshold).
 * - costs: the least expected cost of an image, C_FN·π·(1 − sensitivity) + C_FP·(1 − π)·(1 − specificity); among ties (to 12
 *   digits) the highest threshold.
 *
 * Equal scores cross a threshold together.
 *
 * @param labels  N values, 0 or 1
 * @example thresholdBy({ rule: 'sensitivity', atLeast: 0.5 }, [0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]) // { threshold: 0.8, reason: null }
 * @see Youden 1950; Greiner, Pfeiffer & Smith 2000 (Preventive Veterinary Medicine 45:23) on costs and prevalence
 */
export function thresholdBy(
  rule: ThresholdRule,
  labels: ArrayLike<number>,
  scores: ArrayLike<number>,
): ThresholdChoice {
  if (!isValid(rule)) return none('ruleInvalid');
  if (rule.rule === 'value') return { threshold: rule.value, reason: null };
  if (labels.length === 0) return none('noImages');
  if (!allFinite(scores)) return none('notFinite');
  const points = cumulate(labels, scores);
  if (points.positives === 0 || points.negatives === 0) return none('oneClassOnly');
  switch (rule.rule) {
    case 'youden': {
      const threshold = youdenThreshold(labels, scores);
      return threshold === Number.POSITIVE_INFINITY ? none('noBetterThanChance') : { threshold, reason: null };
    }
    case 'sensitivity':
      return bySensitivity(points, rule.atLeast);
    case 'specificity':
      return bySpecificity(points, rule.atLeast);
    case 'costs':
      return byCosts(points, rule);
  }
}

const none = (reason: NonNullable<ThresholdChoice['reason']>): ThresholdChoice => ({ threshold: null, reason });

const isShare = (value: number): boolean => value >= 0 && value <= 1;

function isValid(rule: ThresholdRule): boolean {
  switch (rule.rule) {
    case 'youden':
      return true;
    case 'value':
      return Number.isFinite(rule.value);
    case 'sensitivity':
    case 'specificity':
      return isShare(rule.atLeast);
    case 'costs': {
      const { costFalseNegative: missed, costFalsePositive: alarm, prevalence } = rule;
      const costs = missed >= 0 && alarm >= 0 && missed + alarm > 0 && Number.isFinite(missed + alarm);
      return costs && (prevalence === undefined || isShare(prevalence));
    }
  }
}

// From the highest threshold down, sensitivity only grows and specificity only falls. Shares are compared as ratios: 19/20 is 0.95.

function bySensitivity(
  { scores, truePositives, falsePositives, positives }: Cumulative,
  atLeast: number,
): ThresholdChoice {
  const first = truePositives.findIndex((count) => count / positives >= atLeast);
  const last = falsePositives.lastIndexOf(falsePositives[first]!);
  return { threshold: scores[last]!, reason: null };
}

function bySpecificity(
  { scores, truePositives, falsePositives, negatives }: Cumulative,
  atLeast: number,
): ThresholdChoice {
  const last = falsePositives.findLastIndex((count) => (negatives - count) / negatives >= atLeast);
  if (last === -1 || truePositives[last] === 0) return none('unreachable');
  const first = truePositives.indexOf(truePositives[last]!);
  return { threshold: scores[first]!, reason: null };
}

function byCosts(
  { scores, truePositives, falsePositives, positives, negatives }: Cumulative,
  { costFalseNegative, costFalsePositive, prevalence }: Extract<ThresholdRule, { rule: 'costs' }>,
): ThresholdChoice {
  // Costs of one image of each kind. At the images' own prevalence they are the given costs, so that whole numbers stay exact.
  const missed = prevalence === undefined ? costFalseNegative : (costFalseNegative * prevalence) / positives;
  const alarm = prevalence === undefined ? costFalsePositive : (costFalsePositive * (1 - prevalence)) / negatives;
  const nothing = missed * positives;
  let least = nothing;
  let best = -1;
  scores.forEach((_, i) => {
    const cost = missed * (positives - truePositives[i]!) + alarm * falsePositives[i]!;
    if (cost >= least - 1e-12 * (nothing + alarm * negatives)) return;
    least = cost;
    best = i;
  });
  return best === -1 ? none('nothingPositive') : { threshold: scores[best]!, reason: null };
}
