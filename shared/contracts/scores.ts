// The three scales of a network's answer: logits, log-odds, probabilities; and a threshold, stored on two of them. Ranks, decisions
// and temperatures use log-odds: above a gap of 36.7 between logits the probability is exactly 1 in double precision, and all such
// images would tie. Pure.
import { z } from 'zod';
import { fixed } from '../fixed.ts';

/** softmax of each row of [N, K], in double precision. @param temperature  softmax(logits / temperature); above 0 */
export function softmaxRows(logits: ArrayLike<number>, classCount: number, temperature = 1): Float64Array {
  const out = new Float64Array(logits.length);
  for (let start = 0; start < logits.length; start += classCount) {
    let highest = Number.NEGATIVE_INFINITY;
    for (let k = start; k < start + classCount; k++) highest = Math.max(highest, logits[k]!);
    let sum = 0;
    for (let k = start; k < start + classCount; k++) sum += out[k] = Math.exp((logits[k]! - highest) / temperature);
    for (let k = start; k < start + classCount; k++) out[k]! /= sum;
  }
  return out;
}

/**
 * Log-odds of each class against all others: zₖ − log Σⱼ≠ₖ exp zⱼ.
 *
 * With two classes it is the difference of the logits, which is exact for two float32 numbers of similar size, and the values of the
 * two classes differ only in sign: AUROC is the same whichever class is called positive.
 *
 * @param logits  [N, K], K at least 2
 * @returns [N, K]; not finite where a logit of the row is not
 * @example logOddsRows([2, -1], 2) // [3, -3]
 */
export function logOddsRows(logits: ArrayLike<number>, classCount: number): Float64Array {
  const out = new Float64Array(logits.length);
  for (let start = 0; start < logits.length; start += classCount) {
    if (classCount === 2) {
      out[start] = logits[start]! - logits[start + 1]!;
      out[start + 1] = logits[start + 1]! - logits[start]!;
      continue;
    }
    const end = start + classCount;
    let top = start;
    for (let k = start; k < end; k++) if (logits[k]! > logits[top]!) top = k;
    const highest = logits[top]!;
    // The largest term of the sum over the others is kept separate: subtracting it from the total would leave only rounding.
    let second = Number.NEGATIVE_INFINITY;
    for (let k = start; k < end; k++) if (k !== top) second = Math.max(second, logits[k]!);
    let rest = 0;
    let all = 0;
    for (let k = start; k < end; k++) {
      if (k !== top) rest += Math.exp(logits[k]! - second);
      all += Math.exp(logits[k]! - highest);
    }
    for (let k = start; k < end; k++)
      out[k] =
        k === top
          ? highest - second - Math.log(rest)
          : logits[k]! - highest - Math.log(all - Math.exp(logits[k]! - highest));
  }
  return out;
}

/** Log-odds of one class, [N]. @see logOddsRows */
export function logOddsOf(logits: ArrayLike<number>, classCount: number, label: number): number[] {
  const rows = logOddsRows(logits, classCount);
  return Array.from({ length: rows.length / classCount }, (_, i) => rows[i * classCount + label]!);
}

/**
 * Logits that produce these probabilities: log p. A probability of 0 counts as the smallest number above it (log-odds of ±744); its
 * true value is lost.
 */
export const logitsFrom = (probabilities: ArrayLike<number>): number[] =>
  Array.from(probabilities, (p) => Math.log(Math.max(p, Number.MIN_VALUE)));

/** 1 / (1 + exp(−logOdds)) */
export const probabilityAt = (logOdds: number): number => 1 / (1 + Math.exp(-logOdds));

/**
 * Positive if the log-odds of the positive class are at least `logOdds`. `probability` is the same for people; between two images whose
 * probabilities are both 1 in double precision it is 1, too, and only `logOdds` distinguishes them.
 */
export const Threshold = z.object({ probability: z.number().min(0).max(1), logOdds: z.number() });
export type Threshold = z.infer<typeof Threshold>;

export const atLogOdds = (logOdds: number): Threshold => ({ probability: probabilityAt(logOdds), logOdds });

/**
 * A threshold given as a probability: by a person, or by a file of an older version, where it is an image's own. That image must remain
 * positive although its probability was rounded, so the log-odds are lowered by the rounding of softmax: 64 units of the last digit,
 * and for 1 − p 8 units of the last digit of 1. So 1 means "1 in double precision" (log-odds of 34), and 0 every image.
 */
export const atProbability = (probability: number): Threshold => ({
  probability,
  logOdds:
    probability === 0
      ? everything
      : Math.log(probability) - Math.log(1 - probability + 8 * Number.EPSILON) - 64 * Number.EPSILON,
});

/** Below and above the log-odds of any image; finite, so that both can be written as JSON. */
const everything = -Number.MAX_VALUE;
export const nothing: Threshold = { probability: 1, logOdds: Number.MAX_VALUE };

/** A threshold chosen by a person: a position on the displayed scale of probabilities, or the score of an image. */
export type AskedThreshold = { readonly probability: number } | { readonly logOdds: number };

/** @param temperature  of the displayed probabilities; a threshold's log-odds are always those before it */
export function askedThreshold(asked: AskedThreshold, temperature = 1): Threshold {
  if ('logOdds' in asked) return shownAt(asked.logOdds, temperature);
  const probability = Math.min(1, Math.max(0, asked.probability));
  return { probability, logOdds: Math.max(everything, atProbability(probability).logOdds * temperature) };
}

/** The same threshold on the scale of probabilities after temperature scaling. */
export const shownAt = (logOdds: number, temperature: number): Threshold => ({
  probability: probabilityAt(logOdds / temperature),
  logOdds,
});

/** A threshold from a file. @param logOdds  absent in files of older versions */
export const storedThreshold = (probability: number, logOdds: number | null | undefined): Threshold =>
  logOdds == null ? atProbability(probability) : { probability, logOdds };

/**
 * Whether `probability` with these digits would read 0 or 1, so that only the log-odds are informative; false if a person chose
 * exactly that probability, at an end of a slider.
 */
export const needsLogOdds = ({ probability, logOdds }: Threshold, digits: number): boolean =>
  Math.abs(logOdds) < Number.MAX_VALUE &&
  [0, 1].includes(Number(fixed(probability, digits))) &&
  !([0, 1].includes(probability) && logOdds === atProbability(probability).logOdds);
