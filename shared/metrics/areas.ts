// The areas under both curves as figures: value, images, interval; for one class against the rest, and as means over classes.
import type { Figure } from '../contracts/classification/evaluation.ts';
import { delongOf } from './delong.ts';
import { allFinite, figureOf, missing, shareOf } from './figure.ts';
import { averagePrecisionInfluence, standardError } from './influence.ts';
import { aurocInterval, logitInterval, wilsonInterval } from './intervals.ts';
import { studentQuantile975 } from './normal.ts';
import { areaUnderPrecisionRecall } from './precisionRecall.ts';
import { areaUnderRoc, type Cumulative, cumulate } from './roc.ts';

/**
 * AUROC with the interval that spans two: DeLong's on the logit scale and Newcombe's score interval. DeLong's is too narrow near 1, where
 * hardly any image shows how the scores vary; the score interval is too narrow where few positives vary more than its model assumes. Each
 * holds where the other fails (docs/intervals.md). If DeLong's has no spread (a perfect order, one image of a class), only the score
 * interval is used.
 *
 * @param labels  N values, 0 or 1
 * @returns never throws; missing: `noImages`, `oneClassOnly`, `notFinite`
 * @example aurocFigure([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]) // { value: 0.75, n: 4, interval: [0.0693, 0.9918], method: 'delongAndScore' }
 */
export const aurocFigure = (labels: ArrayLike<number>, scores: ArrayLike<number>): Figure =>
  allFinite(scores) ? aurocFigureOf(cumulate(labels, scores), labels) : missing('notFinite', labels.length);

/** `aurocFigure` of scores that are already sorted. */
export function aurocFigureOf(ordered: Cumulative, labels: ArrayLike<number>): Figure {
  const total = labels.length;
  const area = areaUnderRoc(ordered);
  if (area === undefined) return missing(total === 0 ? 'noImages' : 'oneClassOnly', total);
  const score = aurocInterval(area, ordered.positives, ordered.negatives);
  const own = delongOf(ordered, labels)?.interval;
  if (!own) return figureOf(area, total, score, 'score');
  return figureOf(area, total, [Math.min(own[0], score[0]), Math.max(own[1], score[1])], 'delongAndScore');
}

/**
 * AUPRC as average precision, with an interval on the logit scale:
 *
 *   logit(AP) ± t·s / (AP·(1 − AP)),   s: standard error by the influence of each image, t: Student's with one degree less than positives
 *
 * If the images do not move it, as at AP = 1, Wilson's interval of the share AP among the positives is used instead.
 *
 * @returns never throws; missing: `noImages`, `noPositives`, `oneClassOnly` (positives), `notFinite`
 * @see Boyd, Eng & Page 2013 (ECML PKDD) on the logit and the binomial interval of an AUPRC
 */
export const averagePrecisionFigure = (labels: ArrayLike<number>, scores: ArrayLike<number>): Figure =>
  allFinite(scores) ? averagePrecisionFigureOf(cumulate(labels, scores), labels) : missing('notFinite', labels.length);

/** `averagePrecisionFigure` of scores that are already sorted. */
export function averagePrecisionFigureOf(ordered: Cumulative, labels: ArrayLike<number>): Figure {
  const total = labels.length;
  const { positives } = ordered;
  const area = areaUnderPrecisionRecall(ordered);
  if (area === undefined) return missing(total === 0 ? 'noImages' : 'noPositives', total);
  if (positives === total) return missing('oneClassOnly', total); // 1, whatever the scores
  const spread = standardError([averagePrecisionInfluence(ordered, labels)], labels);
  // A sum of 1/n that should be 1 is off by rounding.
  if (positives < 2 || spread < 1e-9 || area > 1 - 1e-9)
    return figureOf(area, total, wilsonInterval(area * positives, positives), 'wilson');
  const reach = (studentQuantile975(positives - 1) * spread) / (area * (1 - area));
  return figureOf(area, total, logitInterval(area, reach), 'influence');
}

/** Share of positives: the mean AUPRC of random scores. */
export const prevalenceFigure = (labels: ArrayLike<number>): Figure =>
  shareOf(positivesIn(labels), labels.length, 'noImages');

function positivesIn(labels: ArrayLike<number>): number {
  let count = 0;
  for (let i = 0; i < labels.length; i++) if (labels[i] === 1) count++;
  return count;
}
