// Effect of a threshold on N images: counts and shares, each with its 95 % interval. Everything follows from four
// counts, so a slider can recompute it at every move.

import type { Figure } from '../contracts/classification/evaluation.ts';
import { largest } from '../lists.ts';
import { allFinite, figureOf, missing, shareOf } from './figure.ts';
import { f1Interval, ratioInterval, type Share, wilsonInterval } from './intervals.ts';
import { meanOfSharesInterval } from './meanIntervals.ts';
import { decisionsAt } from './threshold.ts';

export interface Counts {
  readonly truePositives: number;
  readonly falsePositives: number;
  readonly falseNegatives: number;
  readonly trueNegatives: number;
}

export interface FiguresAt {
  /** null when a score is not finite or the threshold is NaN: nothing can be counted then, and every figure is `notFinite`. */
  readonly counts: Counts | null;
  /** Recall of the positives. */
  readonly sensitivity: Figure;
  readonly specificity: Figure;
  /** Precision among these images, at their prevalence. See `predictiveValuesAt` for another. */
  readonly ppv: Figure;
  readonly npv: Figure;
  readonly f1: Figure;
  readonly accuracy: Figure;
  /** (sensitivity + specificity) / 2 */
  readonly balancedAccuracy: Figure;
}

/**
 * All figures of the decision "positive if the score is at least the threshold". Never throws.
 *
 * @param labels     N values, 0 or 1
 * @param threshold  may be infinite: then everything or nothing is predicted positive
 * @example figuresAt([0, 0, 1, 1], [0.1, 0.6, 0.4, 0.9], 0.5).sensitivity // { value: 0.5, n: 2, interval: [0.0945, 0.9055], ... }
 */
export function figuresAt(labels: ArrayLike<number>, scores: ArrayLike<number>, threshold: number): FiguresAt {
  if (Number.isNaN(threshold) || !allFinite(scores)) {
    const none = missing('notFinite', labels.length);
    return {
      counts: null,
      sensitivity: none,
      specificity: none,
      ppv: none,
      npv: none,
      f1: none,
      accuracy: none,
      balancedAccuracy: none,
    };
  }
  return figuresOf(decisionsAt(labels, scores, threshold));
}

/**
 * Shares from four counts. Proportions have Wilson's interval; F1's is derived from Wilson's for TP / (TP + FP + FN); balanced accuracy's
 * is that of a mean of two proportions.
 */
export function figuresOf({
  truePositives: tp,
  falsePositives: fp,
  falseNegatives: fn,
  trueNegatives: tn,
}: Counts): FiguresAt {
  const positives = tp + fn;
  const negatives = tn + fp;
  const total = positives + negatives;
  return {
    counts: { truePositives: tp, falsePositives: fp, falseNegatives: fn, trueNegatives: tn },
    sensitivity: shareOf(tp, positives, 'noPositives'),
    specificity: shareOf(tn, negatives, 'noNegatives'),
    ppv: shareOf(tp, tp + fp, 'nothingPredictedPositive'),
    npv: shareOf(tn, tn + fn, 'nothingPredictedNegative'),
    f1: f1Of(tp, fp, fn),
    accuracy: shareOf(tp + tn, total, 'noImages'),
    balancedAccuracy:
      positives === 0 || negatives === 0
        ? missing(total === 0 ? 'noImages' : 'oneClassOnly', total)
        : figureOf(
            (tp / positives + tn / negatives) / 2,
            total,
            meanOfSharesInterval([
              [tp, positives],
              [tn, negatives],
            ]),
            'adjustedWald',
          ),
  };
}

/**
 * F1 = 2·TP / (2·TP + FP + FN), based on the TP + FP + FN images that are positive or predicted so.
 * @see sklearn.metrics.f1_score, which returns 0 (with a warning) if nothing is positive or predicted so
 */
export const f1Of = (tp: number, fp: number, fn: number): Figure =>
  tp + fp + fn === 0
    ? missing('noPositives')
    : figureOf((2 * tp) / (2 * tp + fp + fn), tp + fp + fn, f1Interval(tp, fp + fn), 'wilson');

/**
 * Predictive values of an answer where the prevalence is `prevalence`, given the sensitivity Se and the
 * specificity Sp measured here (Bayes):
 *
 *   PPV = Se·π / (Se·π + (1 − Sp)·(1 − π)),   NPV = Sp·(1 − π) / (Sp·(1 − π) + (1 − Se)·π)
 *
 * Both increase with a likelihood ratio of two independent proportions, Se/(1 − Sp) and Sp/(1 − Se), so their intervals are the mapped
 * MOVER-R intervals of these ratios. The prevalence is assumed to be exact. Without positives or without negatives, both are missing.
 *
 * @param prevalence  in [0, 1]
 * @example predictiveValuesAt({ truePositives: 90, falseNegatives: 10, trueNegatives: 80, falsePositives: 20 }, 0.01).ppv.value // 0.0435
 * @see Mercaldo, Lau & Zhou 2007 (Statistics in Medicine 26:2170) on predictive values at a given prevalence
 */
export function predictiveValuesAt(counts: Counts, prevalence: number): { readonly ppv: Figure; readonly npv: Figure } {
  const { truePositives: tp, falsePositives: fp, falseNegatives: fn, trueNegatives: tn } = counts;
  const total = tp + fp + fn + tn;
  const none = (reason: 'oneClassOnly' | 'notFinite') => ({ ppv: missing(reason, total), npv: missing(reason, total) });
  if (!(prevalence >= 0 && prevalence <= 1)) return none('notFinite');
  if (tp + fn === 0 || tn + fp === 0) return none('oneClassOnly');
  return {
    ppv: predictiveValue([tp, tp + fn], [fp, tn + fp], prevalence, 'nothingPredictedPositive'),
    npv: predictiveValue([tn, tn + fp], [fn, tp + fn], 1 - prevalence, 'nothingPredictedNegative'),
  };
}

/** The answer is given to `right` of those with the property and `wrong` of those without it; a share `share` of all has the property. */
function predictiveValue(
  right: Share,
  wrong: Share,
  share: number,
  otherwise: 'nothingPredictedPositive' | 'nothingPredictedNegative',
): Figure {
  const total = right[1] + wrong[1];
  const answered = (share * right[0]) / right[1];
  const mistaken = ((1 - share) * wrong[0]) / wrong[1];
  if (answered + mistaken === 0) return missing(otherwise, total);
  const [low, high] = ratioInterval(right, wrong);
  // share·ratio / (share·ratio + 1 − share), which is 1 for an infinite ratio.
  const at = (ratio: number) =>
    ratio === Number.POSITIVE_INFINITY
      ? share > 0
        ? 1
        : 0
      : share === 1
        ? 1
        : (share * ratio) / (share * ratio + (1 - share));
  return figureOf(answered / (answered + mistaken), total, [at(low), at(high)], 'moverR');
}

/** Wilson's interval of always predicting the most frequent class. @param supports  images of each class */
export function majorityBaseline(supports: readonly number[]): Figure {
  const total = supports.reduce((sum, count) => sum + count, 0);
  const most = Math.max(0, largest(supports));
  return total === 0 ? missing('noImages') : figureOf(most / total, total, wilsonInterval(most, total), 'wilson');
}
