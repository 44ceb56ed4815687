// Counts of decisions: the confusion matrix.

/** `confusionMatrix[trueLabel][predictedLabel]`, counts. sklearn.metrics.confusion_matrix */
export function confusionMatrix(
  labels: ArrayLike<number>,
  predicted: ArrayLike<number>,
  classCount: number,
): number[][] {
  const matrix = Array.from({ length: classCount }, () => Array<number>(classCount).fill(0));
  for (let i = 0; i < labels.length; i++) matrix[labels[i]!]![predicted[i]!]!++;
  return matrix;
}

/** The most probable class of each row of [N, K] logits; the first of equals, as numpy.argmax. */
export function mostProbable(scores: ArrayLike<number>, classCount: number): number[] {
  return Array.from({ length: scores.length / classCount }, (_, row) => {
    let best = 0;
    for (let k = 1; k < classCount; k++) if (scores[row * classCount + k]! > scores[row * classCount + best]!) best = k;
    return best;
  });
}

/** Sensitivity (recall of the class) and specificity (recall of all others) of one class; null without images to recall. */
export function sensitivityAndSpecificity(
  matrix: readonly (readonly number[])[],
  label: number,
): { sensitivity: number | null; specificity: number | null } {
  let truePositives = 0;
  let falsePositives = 0;
  let positives = 0;
  let negatives = 0;
  matrix.forEach((row, truth) => {
    const total = row.reduce((sum, count) => sum + count, 0);
    if (truth === label) {
      positives += total;
      truePositives += row[label]!;
    } else {
      negatives += total;
      falsePositives += row[label]!;
    }
  });
  return {
    sensitivity: positives > 0 ? truePositives / positives : null,
    specificity: negatives > 0 ? 1 - falsePositives / negatives : null,
  };
}

export const accuracyOf = (matrix: readonly (readonly number[])[]): number => {
  const total = matrix.flat().reduce((sum, count) => sum + count, 0);
  return matrix.reduce((sum, row, i) => sum + row[i]!, 0) / total;
};
