import { largest } from '../contracts/lists.ts';
import { allFinite } from './figure.ts';

/** Beyond it every image is as good as undecided. */
const highestTemperature = 1e4;

/**
 * `noErrors`: every image is right, so the smaller T, the better: the images cannot say how sure to be. `noBetterThanChance`: the larger
 * T, the better (up to 10 000): the probabilities say nothing about the classes.
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
 * Temperature scaling: the T > 0 for which softmax(log p / T) has the least mean negative log-likelihood. T > 1 makes a too sure model
 * less sure. The order of the classes of an image does not change, with two classes neither does AUROC.
 *
 * The loss is convex in β = 1/T with the slope mean(Σₖ softmax(β·l)ₖ·lₖ − l[label]), l = log p, so the root of the slope is the only
 * minimum; it is found by bisection of log β to 12 digits.
 *
 * @param labels         N class numbers; fit on validation, never on the images that are reported
 * @param probabilities  [N, K], rows that sum to 1; below 2⁻⁵² they count as that, as in sklearn.metrics.log_loss: a certain mistake
 *   raises T, and nothing becomes infinite
 * @see Guo et al. 2017, "On Calibration of Modern Neural Networks"
 */
export function fitTemperature(
  labels: ArrayLike<number>,
  probabilities: ArrayLike<number>,
  classCount: number,
): TemperatureFit {
  if (labels.length === 0) return { temperature: null, reason: 'noImages' };
  if (!allFinite(probabilities)) return { temperature: null, reason: 'notFinite' };
  if (new Set(Array.from(labels)).size < 2) return { temperature: null, reason: 'oneClassOnly' };
  const logs = logsOf(probabilities);
  if (allMostProbable(labels, logs, classCount)) return { temperature: null, reason: 'noErrors' };
  const slope = (beta: number) => lossAt(labels, logs, classCount, beta).slope;
  if (slope(1 / highestTemperature) >= 0) return { temperature: null, reason: 'noBetterThanChance' };
  let [low, high] = [1, 1];
  while (slope(high) < 0) high *= 2;
  while (slope(low) >= 0) low /= 2;
  while (high / low - 1 > 1e-12) {
    const middle = Math.sqrt(low * high);
    if (slope(middle) < 0) low = middle;
    else high = middle;
  }
  const beta = Math.sqrt(low * high);
  return {
    temperature: 1 / beta,
    reason: null,
    lossBefore: lossAt(labels, logs, classCount, 1).loss,
    lossAfter: lossAt(labels, logs, classCount, beta).loss,
  };
}

/** softmax(log p / T) of each row of [N, K]; with T = 1 the probabilities themselves. @param temperature  above 0 */
export function applyTemperature(
  probabilities: ArrayLike<number>,
  classCount: number,
  temperature: number,
): Float64Array {
  const logs = logsOf(probabilities);
  const out = new Float64Array(logs.length);
  for (let start = 0; start < logs.length; start += classCount) {
    const highest = largest(logs.subarray(start, start + classCount));
    let sum = 0;
    for (let k = start; k < start + classCount; k++) sum += out[k] = Math.exp((logs[k]! - highest) / temperature);
    for (let k = start; k < start + classCount; k++) out[k]! /= sum;
  }
  return out;
}

const logsOf = (probabilities: ArrayLike<number>): Float64Array =>
  Float64Array.from(probabilities, (p) => Math.log(Math.max(p, Number.EPSILON)));

function allMostProbable(labels: ArrayLike<number>, logs: Float64Array, classCount: number): boolean {
  for (let i = 0; i < labels.length; i++)
    for (let k = 0; k < classCount; k++)
      if (logs[i * classCount + k]! > logs[i * classCount + labels[i]!]!) return false;
  return true;
}

/** Mean loss of softmax(β·l), and its derivative by β. */
function lossAt(labels: ArrayLike<number>, logs: Float64Array, classCount: number, beta: number) {
  let loss = 0;
  let slope = 0;
  for (let i = 0; i < labels.length; i++) {
    const start = i * classCount;
    const own = logs[start + labels[i]!]!;
    let highest = Number.NEGATIVE_INFINITY;
    for (let k = start; k < start + classCount; k++) highest = Math.max(highest, logs[k]!);
    let sum = 0;
    let weighted = 0;
    for (let k = start; k < start + classCount; k++) {
      const weight = Math.exp(beta * (logs[k]! - highest));
      sum += weight;
      weighted += weight * logs[k]!;
    }
    loss += beta * (highest - own) + Math.log(sum);
    slope += weighted / sum - own;
  }
  return { loss: loss / labels.length, slope: slope / labels.length };
}
