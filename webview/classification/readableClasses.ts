// Selects the drawn part of a large confusion matrix: 500 classes have 250,000 cells, too many for a page and a reader. Pure.

/** Maximum number of drawn rows and columns. */
export const mostClasses = 40;

/** `confused`: the classes with the most wrong decisions; a number: the block of `mostClasses` classes that starts with this label. */
export type ClassChoice = 'confused' | number;

/**
 * Labels to draw, ascending; all of them up to `mostClasses`.
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

/** First labels of the blocks; none if all classes are drawn. */
export const blocksOf = (classCount: number): number[] =>
  classCount <= mostClasses
    ? []
    : Array.from({ length: Math.ceil(classCount / mostClasses) }, (_, block) => block * mostClasses);

/** Number of wrong decisions in a part of a matrix. */
export const wrongWithin = (
  matrix: readonly (readonly number[])[],
  rows: readonly number[],
  columns: readonly number[],
): number => rows.reduce((sum, i) => sum + columns.reduce((own, j) => own + (i === j ? 0 : matrix[i]![j]!), 0), 0);

/** Number of wrong decisions in a whole matrix. */
export function wrongOf(matrix: readonly (readonly number[])[]): number {
  let wrong = 0;
  for (const [i, row] of matrix.entries()) for (const [j, count] of row.entries()) if (i !== j) wrong += count;
  return wrong;
}

/** [K]: images of a class predicted as another, plus images of others predicted as it. */
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
