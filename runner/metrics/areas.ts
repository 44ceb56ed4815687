// The areas under both curves as figures: value, images, interval.
import type { Figure } from '../contracts/evaluation.ts';
import { stream } from '../random.ts';
import { resampledAveragePrecision } from './bootstrap.ts';
import { delongArea } from './delong.ts';
import { allFinite, figureOf, missing, shareOf } from './figure.ts';
import { aurocInterval, type Interval, wilsonInterval } from './intervals.ts';
import { studentQuantile975 } from './normal.ts';
import { averagePrecision } from './precisionRecall.ts';
import { auroc } from './roc.ts';

/**
 * AUROC with the interval that spans two: DeLong's on the logit scale and Newcombe's score interval. DeLong's is too narrow near 1, where
 * hardly any image shows how the scores spread; the score interval is where few positives spread more than its model says. Each holds
 * where the other fails (docs/intervals.md). Where DeLong's has no spread (a perfect order, one image of a class) the score interval
 * stands alone.
 *
 * @param labels  N values, 0 or 1
 * @returns never throws; missing: `noImages`, `oneClassOnly`, `notFinite`
 * @example aurocFigure([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]) // { value: 0.75, n: 4, interval: [0.0693, 0.9918], method: 'delongAndScore' }
 */
export function aurocFigure(labels: ArrayLike<number>, scores: ArrayLike<number>): Figure {
  const total = labels.length;
  if (!allFinite(scores)) return missing('notFinite', total);
  const area = auroc(labels, scores);
  if (area === undefined) return missing(total === 0 ? 'noImages' : 'oneClassOnly', total);
  const positives = positivesIn(labels);
  const score = aurocInterval(area, positives, total - positives);
  const own = delongArea(labels, scores)?.interval;
  if (!own) return figureOf(area, total, score, 'score');
  return figureOf(area, total, [Math.min(own[0], score[0]), Math.max(own[1], score[1])], 'delongAndScore');
}

/**
 * AUPRC as average precision, with an interval on the logit scale from a stratified bootstrap:
 *
 *   logit(AP) ± t·s / (AP·(1 − AP)),   s: standard deviation of 1000 resamples, t: Student's with one degree less than positives
 *
 * The resamples' percentiles would be too narrow (75 to 90 % coverage with 10 positives). Where the resamples do not differ, as at
 * AP = 1, Wilson's interval of the share AP among the positives stands in.
 *
 * @param seed  the same images and seed give the same interval
 * @returns never throws; missing: `noImages`, `noPositives`, `oneClassOnly` (positives), `notFinite`
 * @see Boyd, Eng & Page 2013 (ECML PKDD) on the logit and the binomial interval of an AUPRC
 */
export function averagePrecisionFigure(labels: ArrayLike<number>, scores: ArrayLike<number>, seed = 0): Figure {
  const total = labels.length;
  if (!allFinite(scores)) return missing('notFinite', total);
  const area = averagePrecision(labels, scores);
  if (area === undefined) return missing(total === 0 ? 'noImages' : 'noPositives', total);
  const positives = positivesIn(labels);
  if (positives === total) return missing('oneClassOnly', total); // 1, whatever the scores
  const spread = standardDeviation(resampledAveragePrecision(labels, scores, stream(seed, 'bootstrap')));
  // A sum of 1/n that should be 1 misses it by rounding.
  if (positives < 2 || spread < 1e-9 || area > 1 - 1e-9)
    return figureOf(area, total, wilsonInterval(Math.min(1, area) * positives, positives), 'wilson');
  const reach = (studentQuantile975(positives - 1) * spread) / (area * (1 - area));
  return figureOf(area, total, logitInterval(area, reach), 'bootstrap');
}

const logitInterval = (share: number, reach: number): Interval => {
  const odds = (1 - share) / share;
  return [1 / (1 + odds * Math.exp(reach)), 1 / (1 + odds * Math.exp(-reach))];
};

/** Share of positives: the AUPRC that scores without any knowledge have on average. */
export const prevalenceFigure = (labels: ArrayLike<number>): Figure =>
  shareOf(positivesIn(labels), labels.length, 'noImages');

function positivesIn(labels: ArrayLike<number>): number {
  let count = 0;
  for (let i = 0; i < labels.length; i++) if (labels[i] === 1) count++;
  return count;
}

function standardDeviation(values: Float64Array): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1));
}
