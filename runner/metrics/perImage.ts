// What the model made of each image: which ones to look at first.

export interface ImageOutcome {
  /** Row of the image. */
  readonly index: number;
  readonly label: number;
  /** null: the probabilities are no numbers. */
  readonly predicted: number | null;
  readonly correct: boolean | null;
  /** −log of the true class' probability, at most 36.04: below 2⁻⁵² it counts as that, as in sklearn.metrics.log_loss. */
  readonly loss: number | null;
  /** |probability of the positive class − threshold|; without a threshold how far the most probable class is before the second. */
  readonly distance: number | null;
}

/**
 * @param probabilities  [N, K]
 * @param decision       two classes: positive if its probability is at least the threshold. null: the most probable class
 * @example outcomesOf([1], [0.2, 0.8], 2, { positiveLabel: 1, threshold: 0.5 })
 *   // [{ index: 0, label: 1, predicted: 1, correct: true, loss: 0.2231, distance: 0.3 }]
 */
export function outcomesOf(
  labels: ArrayLike<number>,
  probabilities: ArrayLike<number>,
  classCount: number,
  decision: { readonly positiveLabel: number; readonly threshold: number } | null,
): ImageOutcome[] {
  return Array.from(labels, (label, index) => {
    const row = Array.from({ length: classCount }, (_, k) => probabilities[index * classCount + k]!);
    if (!row.every(Number.isFinite))
      return { index, label, predicted: null, correct: null, loss: null, distance: null };
    const [predicted, distance] = decision === null ? byHighest(row) : byThreshold(row, decision);
    return {
      index,
      label,
      predicted,
      correct: predicted === label,
      loss: Math.max(0, -Math.log(Math.max(row[label]!, Number.EPSILON))),
      distance,
    };
  });
}

function byHighest(row: readonly number[]): [predicted: number, distance: number] {
  const [first = 0, second = 0] = row.toSorted((a, b) => b - a);
  return [row.indexOf(first), first - second];
}

function byThreshold(
  row: readonly number[],
  { positiveLabel, threshold }: { readonly positiveLabel: number; readonly threshold: number },
): [predicted: number, distance: number | null] {
  const score = row[positiveLabel]!;
  const distance = Math.abs(score - threshold);
  return [score >= threshold ? positiveLabel : 1 - positiveLabel, Number.isFinite(distance) ? distance : null];
}

/** The largest losses first: confident mistakes, often wrong labels. Images without a loss are left out; equal ones keep their order. */
export const topLosses = (outcomes: readonly ImageOutcome[], most = Number.POSITIVE_INFINITY): ImageOutcome[] =>
  sorted(outcomes, ({ loss }) => (loss === null ? null : -loss)).slice(0, most);

/** The closest to the decision first: where the threshold matters. */
export const nearestToThreshold = (
  outcomes: readonly ImageOutcome[],
  most = Number.POSITIVE_INFINITY,
): ImageOutcome[] => sorted(outcomes, ({ distance }) => distance).slice(0, most);

const sorted = (outcomes: readonly ImageOutcome[], by: (outcome: ImageOutcome) => number | null): ImageOutcome[] =>
  outcomes.filter((outcome) => by(outcome) !== null).sort((a, b) => by(a)! - by(b)!);
