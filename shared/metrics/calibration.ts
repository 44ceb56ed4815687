// Calibration: whether a probability of 80 % is right in 80 % of the cases.
import type { Figure } from '../contracts/classification/evaluation.ts';
import { figureOf, missing, shareOf } from './figure.ts';
import { type Interval, logitInterval, normalQuantile975 } from './intervals.ts';
import { normalBelow, studentQuantile975 } from './normal.ts';

export interface ReliabilityBin {
  /** Scores in (low, high]; the first bin includes its low. */
  readonly low: number;
  readonly high: number;
  /** Mean score of the bin's images; null for an empty bin. */
  readonly meanScore: number | null;
  /** Positives among the bin's images, with Wilson's interval; `n` is their number. */
  readonly share: Figure;
  /** Mean of score·(1 − score): the variance of one image if the scores are right; null for an empty bin. */
  readonly scoreVariance: number | null;
}

export type Binning = 'equalWidth' | 'equalCount';

/**
 * The reliability curve: for each bin of scores, the mean score beside the share of positives. Empty bins are kept, with
 * `share.n` 0.
 *
 * - equalWidth: `count` bins of the same width over [0, 1].
 * - equalCount: edges at the quantiles of the scores (linear, as numpy.percentile); equal scores stay together, so edges may coincide
 *   and there may be fewer bins.
 *
 * @param labels  N values, 0 or 1
 * @param scores  N probabilities, in [0, 1]
 * @param count   bins, at least 1
 * @returns null without images, or if a score is not a probability
 * @example reliabilityCurve([0, 1, 1], [0.2, 0.3, 0.9], 'equalWidth', 2)?.map(({ share }) => share.value) // [0.5, 1]
 * @see sklearn.calibration.calibration_curve (strategy 'uniform', 'quantile'), which leaves empty bins out
 */
export function reliabilityCurve(
  labels: ArrayLike<number>,
  scores: ArrayLike<number>,
  binning: Binning = 'equalWidth',
  count = 10,
): ReliabilityBin[] | null {
  if (labels.length === 0 || !areProbabilities(scores)) return null;
  const edges =
    binning === 'equalWidth' ? Array.from({ length: count + 1 }, (_, i) => i / count) : quantiles(scores, count);
  const bins = edges
    .slice(1)
    .map((high, i) => ({ low: edges[i]!, high, images: 0, positives: 0, sum: 0, variance: 0 }));
  for (let i = 0; i < labels.length; i++) {
    const bin = bins.find(({ high }) => scores[i]! <= high) ?? bins.at(-1)!;
    bin.images++;
    bin.sum += scores[i]!;
    bin.variance += scores[i]! * (1 - scores[i]!);
    if (labels[i] === 1) bin.positives++;
  }
  return bins.map(({ low, high, images, positives, sum, variance }) => ({
    low,
    high,
    meanScore: images === 0 ? null : sum / images,
    share: shareOf(positives, images, 'noImages'),
    scoreVariance: images === 0 ? null : variance / images,
  }));
}

/** Distinct edges, from the lowest score to the highest. */
function quantiles(scores: ArrayLike<number>, count: number): number[] {
  const sorted = Float64Array.from(scores).sort();
  const at = (i: number) => {
    const place = (i / count) * (sorted.length - 1);
    const below = Math.floor(place);
    return sorted[below]! + (place - below) * ((sorted[below + 1] ?? sorted[below]!) - sorted[below]!);
  };
  const edges = [...new Set(Array.from({ length: count + 1 }, (_, i) => at(i)))];
  return edges.length === 1 ? [edges[0]!, edges[0]!] : edges;
}

/**
 * Expected calibration error: Σ over bins n_b/N · |share positive − mean score|, in [0, 1]. It depends on the bins, and chance alone makes
 * it larger than 0: `calibrationErrorFigure` gives that amount.
 *
 * @returns null without a curve
 * @see Naeini, Cooper & Hauskrecht 2015; Guo et al. 2017 (for more than two classes: of `topLabel`'s labels and scores)
 * @example expectedCalibrationError(reliabilityCurve([0, 1, 1], [0.2, 0.3, 0.9], 'equalWidth', 2)) // 2/3·0.25 + 1/3·0.1 = 0.2
 */
export function expectedCalibrationError(curve: readonly ReliabilityBin[] | null): number | null {
  if (curve === null) return null;
  const total = curve.reduce((sum, { share }) => sum + share.n, 0);
  const error = curve.reduce(
    (sum, { meanScore, share }) =>
      meanScore === null || share.value === null ? sum : sum + (share.n / total) * Math.abs(share.value - meanScore),
    0,
  );
  return Math.min(1, error);
}

/** The expected calibration error by chance alone: its mean, and the value that it exceeds in 5 of 100 samples. */
export interface ByChance {
  readonly mean: number;
  readonly high: number;
}

/**
 * The expected calibration error with its interval, and the error that a perfectly calibrated model would show with these scores.
 *
 * The error of a sample is too large: a bin that is off by δ shows |δ + chance|. So the interval contains the true errors e for which the
 * observed one is not unusual. The bins are assumed to have true distances in the proportions of √(δ̂² + σ²), with the observed δ̂ and its
 * standard error σ; the observed error is then a sum of folded normal values with known mean and spread, and the search finds the e for
 * which it is 1.96 spreads off. The interval begins at 0 if a perfectly calibrated model could have shown as much. If the observed error
 * is smaller than the mean of a perfectly calibrated model, which is luck, the upper end is that for the mean: hardly any true error makes
 * such a small one usual, so the interval would shrink to a point, or be empty.
 *
 * @returns missing: `noImages` without a curve or with an empty one; `byChance` is then null
 * @see Bröcker & Smith 2007 (Weather and Forecasting 22:651) on calibration errors by chance; Cowan et al. 2011 (arXiv:1105.3166) on
 *   limits that do not fall below what the experiment can detect; docs/intervals.md on coverage
 */
export function calibrationErrorFigure(curve: readonly ReliabilityBin[] | null): {
  readonly figure: Figure;
  readonly byChance: ByChance | null;
} {
  const value = expectedCalibrationError(curve);
  const total = curve?.reduce((sum, { share }) => sum + share.n, 0) ?? 0;
  if (value === null || total === 0) return { figure: missing('noImages'), byChance: null };
  const bins = curve!.flatMap(({ meanScore, share, scoreVariance }) => {
    if (meanScore === null || share.value === null || scoreVariance === null) return [];
    const { n } = share;
    // Shrunk to the middle and to the score, so that a bin of identical images still has a spread.
    const rate = (share.value * n + 1 + 2 * meanScore) / (n + 4);
    return [
      {
        weight: n / total,
        distance: Math.abs(share.value - meanScore),
        error: Math.sqrt(Math.max(scoreVariance, rate * (1 - rate)) / n),
        errorIfRight: Math.sqrt(scoreVariance / n),
      },
    ];
  });
  const directions = bins.map(({ distance, error }) => Math.hypot(distance, error));
  const own = bins.reduce((sum, { weight }, b) => sum + weight * directions[b]!, 0);
  const shown = (scale: number) => sumOfFolded(bins.map((bin, b) => ({ ...bin, centre: scale * directions[b]! })));
  const end = (z: number, seen: number) => {
    const at = (scale: number) => {
      const { mean, spread } = shown(scale);
      return mean + z * spread - seen;
    };
    if (at(0) >= 0) return 0;
    let [low, high] = [0, 1];
    while (at(high) < 0) high *= 2;
    for (let i = 0; i < 50; i++) {
      const middle = (low + high) / 2;
      if (at(middle) < 0) low = middle;
      else high = middle;
    }
    return high * own;
  };
  const right = sumOfFolded(bins.map(({ weight, errorIfRight }) => ({ weight, error: errorIfRight, centre: 0 })));
  const interval: Interval = [
    Math.min(value, end(normalQuantile975, value)),
    Math.min(1, Math.max(value, end(-normalQuantile975, Math.max(value, shown(0).mean)))),
  ];
  return {
    figure: figureOf(value, total, interval, 'foldedNormal'),
    byChance: { mean: right.mean, high: right.mean + normalQuantile95 * right.spread },
  };
}

/** The 95 % point of the standard normal distribution. */
const normalQuantile95 = 1.6448536269514722;

/** Mean and standard deviation of Σ weight·|X|, X independent and normal around `centre`. */
function sumOfFolded(parts: readonly { readonly weight: number; readonly centre: number; readonly error: number }[]) {
  let mean = 0;
  let variance = 0;
  for (const { weight, centre, error } of parts) {
    const folded =
      error === 0
        ? centre
        : error * Math.sqrt(2 / Math.PI) * Math.exp(-((centre / error) ** 2) / 2) +
          centre * (1 - 2 * normalBelow(-centre / error));
    mean += weight * folded;
    variance += weight ** 2 * Math.max(0, centre ** 2 + error ** 2 - folded ** 2);
  }
  return { mean, spread: Math.sqrt(variance) };
}

/**
 * Reduces any number of classes to a yes-or-no question: is the most probable class right, and what probability did the model give it?
 *
 * @param probabilities  [N, K]
 * @returns `labels` 1 where right, `scores` the highest probability of each row
 */
export function topLabel(
  labels: ArrayLike<number>,
  probabilities: ArrayLike<number>,
  classCount: number,
): { readonly labels: number[]; readonly scores: number[] } {
  const out = { labels: [] as number[], scores: [] as number[] };
  for (let i = 0; i < labels.length; i++) {
    let best = 0;
    for (let k = 1; k < classCount; k++)
      if (probabilities[i * classCount + k]! > probabilities[i * classCount + best]!) best = k;
    out.labels.push(best === labels[i] ? 1 : 0);
    out.scores.push(probabilities[i * classCount + best]!);
  }
  return out;
}

/**
 * Brier score of two classes: mean of (score − label)², from 0 (certain and right) to 1 (certain and wrong). Always predicting the
 * prevalence π gives π·(1 − π).
 *
 * @param labels  N values, 0 or 1
 * @returns null without images or if a score is not a probability
 * @example brierScore([0, 1, 1, 0], [0.1, 0.9, 0.8, 0.3]) // 0.0375
 * @see sklearn.metrics.brier_score_loss; Brier 1950
 */
export function brierScore(labels: ArrayLike<number>, scores: ArrayLike<number>): number | null {
  if (labels.length === 0 || !areProbabilities(scores)) return null;
  let sum = 0;
  for (let i = 0; i < labels.length; i++) sum += (scores[i]! - (labels[i] === 1 ? 1 : 0)) ** 2;
  return sum / labels.length;
}

/**
 * Brier score of K classes, as defined by Brier: mean over images of Σₖ (pₖ − yₖ)², from 0 to 2. With two classes it is twice
 * `brierScore`.
 *
 * @param probabilities  [N, K]
 * @see sklearn.metrics.brier_score_loss (scale_by_half=False)
 */
export function brierScoreMulticlass(
  labels: ArrayLike<number>,
  probabilities: ArrayLike<number>,
  classCount: number,
): number | null {
  if (labels.length === 0 || !areProbabilities(probabilities)) return null;
  let sum = 0;
  for (let i = 0; i < labels.length; i++)
    for (let k = 0; k < classCount; k++) sum += (probabilities[i * classCount + k]! - (labels[i] === k ? 1 : 0)) ** 2;
  return sum / labels.length;
}

/** `brierScore` with its interval (`boundedMeanInterval`). @returns missing: `noImages`, `notFinite` (a score is not a probability) */
export function brierFigure(labels: ArrayLike<number>, scores: ArrayLike<number>): Figure {
  const value = brierScore(labels, scores);
  if (value === null) return missing(labels.length === 0 ? 'noImages' : 'notFinite', labels.length);
  const terms = Float64Array.from(labels, (label, i) => (scores[i]! - (label === 1 ? 1 : 0)) ** 2);
  return figureOf(value, labels.length, boundedMeanInterval(terms), 'boundedMean');
}

/** `brierScoreMulticlass` with its interval, both from 0 to 2. @param probabilities  [N, K] */
export function brierFigureMulticlass(
  labels: ArrayLike<number>,
  probabilities: ArrayLike<number>,
  classCount: number,
): Figure {
  const value = brierScoreMulticlass(labels, probabilities, classCount);
  if (value === null) return missing(labels.length === 0 ? 'noImages' : 'notFinite', labels.length);
  const terms = Float64Array.from(labels, (label, i) => {
    let sum = 0;
    for (let k = 0; k < classCount; k++) sum += (probabilities[i * classCount + k]! - (label === k ? 1 : 0)) ** 2;
    return Math.min(1, sum / 2);
  });
  const [low, high] = boundedMeanInterval(terms);
  return figureOf(value, labels.length, [2 * low, 2 * high], 'boundedMean');
}

/**
 * 95 % interval of the mean of values in [0, 1], most of them near 0: on the logit scale with Student's t, the upper end as if one more
 * image had been as bad as possible, the lower end as if one more had been as good as possible. Without this, such an interval misses rare
 * certain mistakes that the sample happens to lack, and identical images would leave it no width.
 *
 * @param terms  at least one
 */
function boundedMeanInterval(terms: Float64Array): Interval {
  const [low] = meanInterval(withOneMore(terms, 0));
  const [, high] = meanInterval(withOneMore(terms, 1));
  return [low, high];
}

/** Not a spread argument, which fails for a hundred thousand values. */
function withOneMore(terms: Float64Array, term: number): Float64Array {
  const out = new Float64Array(terms.length + 1);
  out.set(terms);
  out[terms.length] = term;
  return out;
}

function meanInterval(values: Float64Array): Interval {
  const count = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / count;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  if (squares === 0 || mean <= 0 || mean >= 1) return [mean, mean];
  const error = Math.sqrt(squares / (count - 1) / count);
  return logitInterval(mean, (studentQuantile975(count - 1) * error) / (mean * (1 - mean)));
}

function areProbabilities(values: ArrayLike<number>): boolean {
  for (let i = 0; i < values.length; i++) if (!(values[i]! >= 0 && values[i]! <= 1)) return false;
  return true;
}
