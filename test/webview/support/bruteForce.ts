// The oracle of the panel's numbers: definitions spelled out over all images and pairs, nothing sorted, nothing shared with shared/metrics.

/** `labels` 0 or 1; predicted positive if the score is at least the threshold. */
export function countDecisions(labels: readonly number[], scores: readonly number[], threshold: number) {
  const count = (label: number, positive: boolean) =>
    labels.filter((own, i) => own === label && scores[i]! >= threshold === positive).length;
  return { tp: count(1, true), fn: count(1, false), fp: count(0, true), tn: count(0, false) };
}

/** Proportion of (positive, negative) pairs with the positive above; ties count one half. */
export function pairwiseAuroc(labels: readonly number[], scores: readonly number[]): number {
  let sum = 0;
  let pairs = 0;
  for (const [i, a] of labels.entries())
    for (const [j, b] of labels.entries()) {
      if (a !== 1 || b !== 0) continue;
      pairs += 1;
      sum += scores[i]! > scores[j]! ? 1 : scores[i]! === scores[j]! ? 0.5 : 0;
    }
  return sum / pairs;
}

/** The largest sensitivity + specificity - 1 over every score as threshold. */
export function largestYouden(labels: readonly number[], scores: readonly number[]): number {
  return Math.max(
    ...scores.map((threshold) => {
      const { tp, fn, fp, tn } = countDecisions(labels, scores, threshold);
      return tp / (tp + fn) + tn / (tn + fp) - 1;
    }),
  );
}

/** Precision at each positive's rank, averaged (distinct scores). */
export function averagePrecision(labels: readonly number[], scores: readonly number[]): number {
  const positives = scores.filter((_, i) => labels[i] === 1);
  const precisionAt = (threshold: number) => {
    const { tp, fp } = countDecisions(labels, scores, threshold);
    return tp / (tp + fp);
  };
  return positives.reduce((sum, score) => sum + precisionAt(score), 0) / positives.length;
}
