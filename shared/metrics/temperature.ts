import { allFinite } from './figure.ts';

/** Log-odds below which a temperature makes every image practically undecided: 0.5009 against 0.4991. */
const undecided = 0.0036;

/**
 * `noErrors`: every image is right, so a smaller T is always better, and the images cannot show how sure to be. `noBetterThanChance`: a
 * larger T is always better (until every image is practically undecided), and the logits contain no information about the classes.
 */
export type TemperatureFit =
  | {
      readonly temperature: number;
      readonly reason: null;
      /** Mean −log p[label], before and after. */
      readonly lossBefore: number;
      readonly lossAfter: number;
    }
  | {
      readonly temperature: null;
      readonly reason: 'noImages' | 'oneClassOnly' | 'notFinite' | 'noErrors' | 'noBetterThanChance';
    };

/**
 * Temperature scaling: the T > 0 for which softmax(logits / T) has the least mean negative log-likelihood. T > 1 makes an overconfident
 * model less sure. The order of the classes of an image does not change, nor, with two classes, AUROC.
 *
 * The loss is convex in β = 1/T with the slope mean(Σₖ softmax(β·z)ₖ·zₖ − z[label]), so the root of the slope is the only minimum; it is
 * found by bisection of log β to 12 digits. Logits ten times as large give a T ten times as large.
 *
 * @param labels  N class numbers; fit on validation, never on the images that are reported
 * @param logits  [N, K]
 * @see Guo et al. 2017, "On Calibration of Modern Neural Networks"
 */
export function fitTemperature(
  labels: ArrayLike<number>,
  logits: ArrayLike<number>,
  classCount: number,
): TemperatureFit {
  if (labels.length === 0) return { temperature: null, reason: 'noImages' };
  if (!allFinite(logits)) return { temperature: null, reason: 'notFinite' };
  if (new Set(Array.from(labels)).size < 2) return { temperature: null, reason: 'oneClassOnly' };
  const { isRight, widest } = lookAt(labels, logits, classCount);
  if (isRight) return { temperature: null, reason: 'noErrors' };
  const slope = (beta: number) => lossAt(labels, logits, classCount, beta).slope;
  const least = undecided / widest;
  if (slope(least) >= 0) return { temperature: null, reason: 'noBetterThanChance' };
  let [low, high] = [least, 2 * least];
  while (slope(high) < 0) [low, high] = [high, 2 * high];
  while (high / low - 1 > 1e-12) {
    const middle = Math.sqrt(low * high);
    if (slope(middle) < 0) low = middle;
    else high = middle;
  }
  const beta = Math.sqrt(low * high);
  return {
    temperature: 1 / beta,
    reason: null,
    lossBefore: lossAt(labels, logits, classCount, 1).loss,
    lossAfter: lossAt(labels, logits, classCount, beta).loss,
  };
}

/** Whether each image's own class has the highest logit, and the widest gap between two logits of an image. */
function lookAt(labels: ArrayLike<number>, logits: ArrayLike<number>, classCount: number) {
  let isRight = true;
  let widest = 0;
  for (let i = 0; i < labels.length; i++) {
    const start = i * classCount;
    let [lowest, highest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (let k = start; k < start + classCount; k++) {
      lowest = Math.min(lowest, logits[k]!);
      highest = Math.max(highest, logits[k]!);
    }
    if (highest > logits[start + labels[i]!]!) isRight = false;
    widest = Math.max(widest, highest - lowest);
  }
  return { isRight, widest };
}

/** Mean loss of softmax(β·z), and its derivative by β. */
function lossAt(labels: ArrayLike<number>, logits: ArrayLike<number>, classCount: number, beta: number) {
  let loss = 0;
  let slope = 0;
  for (let i = 0; i < labels.length; i++) {
    const start = i * classCount;
    const own = logits[start + labels[i]!]!;
    let highest = Number.NEGATIVE_INFINITY;
    for (let k = start; k < start + classCount; k++) highest = Math.max(highest, logits[k]!);
    let sum = 0;
    let weighted = 0;
    for (let k = start; k < start + classCount; k++) {
      // Gaps, not logits: a large number common to a row would leave no significant digits.
      const gap = logits[k]! - highest;
      const weight = Math.exp(beta * gap);
      sum += weight;
      weighted += weight * gap;
    }
    loss += beta * (highest - own) + Math.log(sum);
    slope += weighted / sum + (highest - own);
  }
  return { loss: loss / labels.length, slope: slope / labels.length };
}
