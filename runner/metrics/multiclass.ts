// Each class against the rest, and what is confused with what.
import type { Figure } from '../contracts/evaluation.ts';
import { aurocFigure, averagePrecisionFigure } from './areas.ts';
import { shareOf } from './figure.ts';
import { f1Of } from './figuresAt.ts';
import { oneVsRest } from './roc.ts';

export interface ClassAreas {
  readonly label: number;
  /** Images of the class. */
  readonly support: number;
  readonly auroc: Figure;
  readonly averagePrecision: Figure;
}

/**
 * AUROC and average precision of every class against the rest, with intervals.
 *
 * @param probabilities  [N, K]
 * @see sklearn.metrics.roc_auc_score (multi_class='ovr'), average_precision_score of one-hot labels
 */
export function areasOneVsRest(
  labels: ArrayLike<number>,
  probabilities: ArrayLike<number>,
  classCount: number,
  seed = 0,
): ClassAreas[] {
  return Array.from({ length: classCount }, (_, label) => {
    const binary = oneVsRest(labels, probabilities, classCount, label);
    return {
      label,
      support: binary.labels.reduce((sum, own) => sum + own, 0),
      auroc: aurocFigure(binary.labels, binary.scores),
      averagePrecision: averagePrecisionFigure(binary.labels, binary.scores, seed),
    };
  });
}

export interface MeanOverClasses {
  /** null when no class has a value. */
  readonly value: number | null;
  /** Classes that have one; the others are left out. */
  readonly classes: number;
}

/** Mean over the classes that have a value: 'macro', each class alike; 'weighted', by its images. */
export function meanOverClasses(
  rows: readonly { readonly support: number; readonly figure: Figure }[],
  average: 'macro' | 'weighted',
): MeanOverClasses {
  let sum = 0;
  let total = 0;
  let classes = 0;
  for (const { support, figure } of rows) {
    if (figure.value === null) continue;
    const weight = average === 'macro' ? 1 : support;
    sum += weight * figure.value;
    total += weight;
    classes++;
  }
  return { value: total === 0 ? null : sum / total, classes };
}

export interface ClassFigures {
  readonly label: number;
  readonly support: number;
  readonly precision: Figure;
  readonly recall: Figure;
  readonly f1: Figure;
}

/**
 * Precision, recall and F1 of every class with Wilson's intervals. Where scikit-learn says 0 for want of a denominator, they are missing.
 * @param matrix  `confusionMatrix[true][predicted]`
 * @see sklearn.metrics.precision_recall_fscore_support
 */
export function figuresPerClass(matrix: readonly (readonly number[])[]): ClassFigures[] {
  return matrix.map((row, label) => {
    const right = row[label]!;
    const support = sumOf(row);
    const said = sumOf(matrix.map((other) => other[label]!));
    return {
      label,
      support,
      precision: shareOf(right, said, 'nothingPredictedPositive'),
      recall: shareOf(right, support, 'noPositives'),
      f1: f1Of(right, said - right, support - right),
    };
  });
}

/**
 * Shares instead of counts; 0 in a row or column without images.
 * @param over  'true': of the images of a class (rows sum to 1); 'predicted': of those called so (columns do); 'all'
 * @see sklearn.metrics.confusion_matrix (normalize='true' | 'pred' | 'all')
 */
export function normalizedMatrix(
  matrix: readonly (readonly number[])[],
  over: 'true' | 'predicted' | 'all',
): number[][] {
  const rows = matrix.map(sumOf);
  const columns = matrix.map((_, k) => sumOf(matrix.map((row) => row[k]!)));
  const all = sumOf(rows);
  return matrix.map((row, truth) =>
    row.map((count, predicted) => {
      const total = over === 'true' ? rows[truth]! : over === 'predicted' ? columns[predicted]! : all;
      return total === 0 ? 0 : count / total;
    }),
  );
}

export interface Confusion {
  readonly trueLabel: number;
  readonly predictedLabel: number;
  readonly count: number;
  /** Of the images of the true class. */
  readonly share: Figure;
}

/** Pairs of a true and a wrong predicted class, the most frequent first; of equal counts the larger share, then the matrix' order. */
export function mostConfused(matrix: readonly (readonly number[])[], most = Number.POSITIVE_INFINITY): Confusion[] {
  return matrix
    .flatMap((row, trueLabel) =>
      row.flatMap((count, predictedLabel) =>
        count === 0 || trueLabel === predictedLabel
          ? []
          : [{ trueLabel, predictedLabel, count, share: shareOf(count, sumOf(row), 'noImages') }],
      ),
    )
    .sort((a, b) => b.count - a.count || b.share.value! - a.share.value!)
    .slice(0, most);
}

const sumOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);
