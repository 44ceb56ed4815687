// Whether a probability of 80 % is right in 80 % of the cases.
import type { Figure } from '../contracts/evaluation.ts';
import { shareOf } from './figure.ts';

export interface ReliabilityBin {
  /** Scores in (low, high]; the first bin begins with its low. */
  readonly low: number;
  readonly high: number;
  /** Mean score of the bin's images; null when it has none. */
  readonly meanScore: number | null;
  /** Positives among the bin's images, with Wilson's interval; `n` is their number. */
  readonly share: Figure;
}

export type Binning = 'equalWidth' | 'equalCount';

/**
 * The reliability curve: in each bin of scores, the mean score beside the share that is positive. Bins without images are kept, with
 * `share.n` 0.
 *
 * - equalWidth: `count` bins of the same width over [0, 1].
 * - equalCount: edges at the quantiles of the scores (linear, as numpy.percentile); equal scores stay together, so edges may coincide
 *   and there may be fewer bins.
 *
 * @param labels  N values, 0 or 1
 * @param scores  N probabilities, in [0, 1]
 * @param count   bins, at least 1
 * @returns null when there are no images, or a score is not a probability
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
  const bins = edges.slice(1).map((high, i) => ({ low: edges[i]!, high, images: 0, positives: 0, sum: 0 }));
  for (let i = 0; i < labels.length; i++) {
    const bin = bins.find(({ high }) => scores[i]! <= high) ?? bins.at(-1)!;
    bin.images++;
    bin.sum += scores[i]!;
    if (labels[i] === 1) bin.positives++;
  }
  return bins.map(({ low, high, images, positives, sum }) => ({
    low,
    high,
    meanScore: images === 0 ? null : sum / images,
    share: shareOf(positives, images, 'noImages'),
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
 * Expected calibration error: Σ over bins n_b/N · |share positive − mean score|, in [0, 1]. It depends on the bins, and it is above 0
 * by chance alone: with few images it says little.
 *
 * @returns missing when there is no curve
 * @see Naeini, Cooper & Hauskrecht 2015; Guo et al. 2017 (for more than two classes: of `topLabel`'s labels and scores)
 * @example expectedCalibrationError(reliabilityCurve([0, 1, 1], [0.2, 0.3, 0.9], 'equalWidth', 2)) // 2/3·0.25 + 1/3·0.1 = 0.2
 */
export function expectedCalibrationError(curve: readonly ReliabilityBin[] | null): number | null {
  if (curve === null) return null;
  const total = curve.reduce((sum, { share }) => sum + share.n, 0);
  return curve.reduce(
    (sum, { meanScore, share }) =>
      meanScore === null || share.value === null ? sum : sum + (share.n / total) * Math.abs(share.value - meanScore),
    0,
  );
}

/**
 * Any number of classes as a yes-or-no question: is the most probable class the right one, and how probable did the model call it?
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
 * Brier score of two classes: mean of (score − label)², from 0 (certain and right) to 1 (certain and wrong). Always saying the
 * prevalence π gives π·(1 − π).
 *
 * @param labels  N values, 0 or 1
 * @returns null without images or when a score is not a probability
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
 * Brier score of K classes, as Brier wrote it: mean over images of Σₖ (pₖ − yₖ)², from 0 to 2. With two classes it is twice
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

function areProbabilities(values: ArrayLike<number>): boolean {
  for (let i = 0; i < values.length; i++) if (!(values[i]! >= 0 && values[i]! <= 1)) return false;
  return true;
}
