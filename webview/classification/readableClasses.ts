// Which part of a large confusion matrix is drawn: 500 classes have 250,000 cells, which neither a page nor a person takes in. Pure.

/** Rows, and columns, of a matrix that are drawn at once. */
export const mostClasses = 40;

/** `confused`: the classes with the most wrong decisions; a number: the block of `mostClasses` classes that begins with this label. */
export type ClassChoice = 'confused' | number;

/**
 * The labels to draw, ascending; all of them up to `mostClasses`.
 *
 * @param matrix  [K, K], `matrix[trueLabel][predictedLabel]` in images
 */
export function readableLabels(matrix: readonly (readonly number[])[], choice: ClassChoice): number[] {
  const labels = matrix.map((_, label) => label);
  if (labels.length <= mostClasses) return labels;
  if (choice !== 'confused') return labels.slice(choice, choice + mostClasses);
  const wrong = wrongByClass(matrix);
  return labels
    .toSorted((a, b) => wrong[b]! - wrong[a]! || a - b)
    .slice(0, mostClasses)
    .sort((a, b) => a - b);
}

/** First labels of the blocks; none where all classes are drawn. */
export const blocksOf = (classCount: number): number[] =>
  classCount <= mostClasses
    ? []
    : Array.from({ length: Math.ceil(classCount / mostClasses) }, (_, block) => block * mostClasses);

/** Wrong decisions in a part of a matrix. */
export const wrongWithin = (
  matrix: readonly (readonly number[])[],
  rows: readonly number[],
  columns: readonly number[],
): number => rows.reduce((sum, i) => sum + columns.reduce((own, j) => own + (i === j ? 0 : matrix[i]![j]!), 0), 0);

/** Wrong decisions of a whole matrix. */
export function wrongOf(matrix: readonly (readonly number[])[]): number {
  let wrong = 0;
  for (const [i, row] of matrix.entries()) for (const [j, count] of row.entries()) if (i !== j) wrong += count;
  return wrong;
}

/** [K]: the images of a class that were taken for another one, and the images of others that were taken for it. */
function wrongByClass(matrix: readonly (readonly number[])[]): number[] {
  const wrong = matrix.map(() => 0);
  for (const [i, row] of matrix.entries())
    for (const [j, count] of row.entries())
      if (i !== j) {
        wrong[i]! += count;
        wrong[j]! += count;
      }
  return wrong;
}
