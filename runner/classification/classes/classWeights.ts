/**
 * Weight N / (K · n_class) of every class, so that all classes have the same weight in the loss.
 * @throws Error when a class has no image
 * @see sklearn.utils.class_weight.compute_class_weight('balanced')
 */
export function classWeightsOf(labels: readonly number[], classCount: number): number[] {
  const counts = Array<number>(classCount).fill(0);
  for (const label of labels) counts[label]!++;
  return classWeightsFrom(counts);
}

/** Like classWeightsOf, from the number of images of each class. */
export function classWeightsFrom(counts: readonly number[]): number[] {
  const missing = counts.indexOf(0);
  if (missing >= 0) throw new Error(`Class ${missing} has no image to weigh`);
  const total = counts.reduce((sum, count) => sum + count, 0);
  return counts.map((count) => total / (counts.length * count));
}
