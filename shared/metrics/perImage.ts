// Results per image, and the order in which to look at them.
import { logOddsRows, type Threshold } from '../contracts/scores.ts';

export interface ImageOutcome {
  /** Row of the image. */
  readonly index: number;
  readonly label: number;
  /** null: the logits are not finite. */
  readonly predicted: number | null;
  readonly correct: boolean | null;
  /** −log of the true class's probability, after temperature scaling if there is one. */
  readonly loss: number | null;
  /** Between the positive class's log-odds and the threshold's; without a threshold between the highest logit and the second. */
  readonly distance: number | null;
}

/**
 * @param logits    [N, K]
 * @param decision  two classes: positive if its log-odds are at least the threshold's. null: the most probable class
 * @example outcomesOf([1], [0, -1.3863], 2, { positiveLabel: 1, threshold: atProbability(0.5) })
 *   // [{ index: 0, label: 1, predicted: 0, correct: false, loss: 1.6094, distance: 1.3863 }]
 */
export function outcomesOf(
  labels: ArrayLike<number>,
  logits: ArrayLike<number>,
  classCount: number,
  decision: { readonly positiveLabel: number; readonly threshold: Threshold } | null,
  temperature = 1,
): ImageOutcome[] {
  const logOdds = decision === null ? null : logOddsRows(logits, classCount);
  return Array.from(labels, (label, index) => {
    const start = index * classCount;
    const loss = lossOf(logits, start, classCount, label, temperature);
    if (!Number.isFinite(loss)) return { index, label, predicted: null, correct: null, loss: null, distance: null };
    const [predicted, distance] =
      decision === null
        ? byHighest(logits, start, classCount)
        : byThreshold(logOdds![start + decision.positiveLabel]!, decision);
    return { index, label, predicted, correct: predicted === label, loss, distance };
  });
}

function lossOf(
  logits: ArrayLike<number>,
  start: number,
  classCount: number,
  label: number,
  temperature: number,
): number {
  let highest = Number.NEGATIVE_INFINITY;
  for (let k = start; k < start + classCount; k++) highest = Math.max(highest, logits[k]!);
  let sum = 0;
  for (let k = start; k < start + classCount; k++) sum += Math.exp((logits[k]! - highest) / temperature);
  return (highest - logits[start + label]!) / temperature + Math.log(sum);
}

function byHighest(
  logits: ArrayLike<number>,
  start: number,
  classCount: number,
): [predicted: number, distance: number] {
  let best = 0;
  for (let k = 1; k < classCount; k++) if (logits[start + k]! > logits[start + best]!) best = k;
  let second = Number.NEGATIVE_INFINITY;
  for (let k = 0; k < classCount; k++) if (k !== best) second = Math.max(second, logits[start + k]!);
  return [best, logits[start + best]! - second];
}

const byThreshold = (
  logOdds: number,
  { positiveLabel, threshold }: { readonly positiveLabel: number; readonly threshold: Threshold },
): [predicted: number, distance: number] => [
  logOdds >= threshold.logOdds ? positiveLabel : 1 - positiveLabel,
  Math.abs(logOdds - threshold.logOdds),
];

/** The largest losses first: confident mistakes, often wrong labels. Images without a loss are left out; ties keep their order. */
export const topLosses = (outcomes: readonly ImageOutcome[], most = Number.POSITIVE_INFINITY): ImageOutcome[] =>
  sorted(outcomes, ({ loss }) => (loss === null ? null : -loss)).slice(0, most);

/** The closest decisions first: there the threshold matters most. */
export const nearestToThreshold = (
  outcomes: readonly ImageOutcome[],
  most = Number.POSITIVE_INFINITY,
): ImageOutcome[] => sorted(outcomes, ({ distance }) => distance).slice(0, most);

const sorted = (outcomes: readonly ImageOutcome[], by: (outcome: ImageOutcome) => number | null): ImageOutcome[] =>
  outcomes.filter((outcome) => by(outcome) !== null).sort((a, b) => by(a)! - by(b)!);
