// Each class against the rest, and the most frequent confusions.
import type { Figure } from '../contracts/classification/evaluation.ts';
import { aurocFigureOf, averagePrecisionFigureOf } from './areas.ts';
import { allFinite, figureOf, missing, shareOf } from './figure.ts';
import { f1Of } from './figuresAt.ts';
import { aurocInfluence, averagePrecisionBias, averagePrecisionInfluence, type Influence } from './influence.ts';
import { type Interval, type Share, wilsonInterval } from './intervals.ts';
import { correlatedMeanInterval, meanF1Interval, meanOfSharesInterval, weightedMean } from './meanIntervals.ts';
import { type Cumulative, cumulate, oneVsRest } from './roc.ts';

/** 'macro': classes count equally; 'weighted': by their images. */
export const averages = ['macro', 'weighted'] as const;
export type Average = (typeof averages)[number];

export interface ClassAreas {
  readonly label: number;
  /** Number of images of the class. */
  readonly support: number;
  readonly auroc: Figure;
  readonly averagePrecision: Figure;
}

export interface AreasOneVsRest {
  readonly rows: readonly ClassAreas[];
  readonly means: Readonly<Record<Average, Readonly<Record<'auroc' | 'averagePrecision', Figure>>>>;
  /** Number of classes in the means: those with images. */
  readonly classes: number;
}

/**
 * AUROC and average precision of every class against the rest, and their means over the classes with images, all with intervals.
 * A mean of average precisions of few positives is biased upwards, and unlike chance that does not average out: its interval
 * is extended downwards by the jackknife's estimate of the bias.
 *
 * @param scores  [N, K]; log-odds of each class against the others
 * @returns missing if fewer than two classes have images, or a score is not finite
 * @see sklearn.metrics.roc_auc_score (multi_class='ovr'), average_precision_score of one-hot labels
 */
export function areasOneVsRest(
  labels: ArrayLike<number>,
  scores: ArrayLike<number>,
  classCount: number,
): AreasOneVsRest {
  const total = labels.length;
  const numbers = allFinite(scores);
  const classes = Array.from({ length: classCount }, (_, label) => classOf(labels, scores, classCount, label));
  const present = classes.filter(({ support }) => support > 0);
  const rows = classes.map(({ label, support, own, ordered }): ClassAreas => {
    const none = numbers ? (support === 0 ? missing('noPositives', total) : null) : missing('notFinite', total);
    return {
      label,
      support,
      auroc: none ?? aurocFigureOf(ordered!, own),
      averagePrecision: none ?? averagePrecisionFigureOf(ordered!, own),
    };
  });
  if (!numbers || present.length < 2) {
    const none = missing(numbers ? (total === 0 ? 'noImages' : 'oneClassOnly') : 'notFinite', total);
    const both = { auroc: none, averagePrecision: none };
    return { rows, means: { macro: both, weighted: both }, classes: present.length };
  }
  const parts = (key: 'auroc' | 'averagePrecision', influenceOf: typeof aurocInfluence) =>
    present.map(({ label, support, own, ordered }) => ({
      value: rows[label]![key].value!,
      interval: rows[label]![key].interval!,
      influence: influenceOf(ordered!, own),
      support,
    }));
  const auroc = parts('auroc', aurocInfluence);
  const precision = parts('averagePrecision', averagePrecisionInfluence);
  const biases = present.map(({ ordered }, k) => averagePrecisionBias(ordered!, precision[k]!.value));
  const meansOf = (average: Average) => {
    const weighted = <T extends { readonly support: number }>(part: T) => ({
      ...part,
      weight: average === 'macro' ? 1 : part.support,
    });
    const bias = weightedMean(precision.map((part, k) => weighted({ support: part.support, value: biases[k]! })));
    return {
      auroc: meanArea(auroc.map(weighted), labels, 0),
      averagePrecision: meanArea(precision.map(weighted), labels, Math.max(0, bias)),
    };
  };
  return { rows, means: { macro: meansOf('macro'), weighted: meansOf('weighted') }, classes: present.length };
}

function classOf(
  labels: ArrayLike<number>,
  scores: ArrayLike<number>,
  classCount: number,
  label: number,
): { label: number; support: number; own: readonly number[]; ordered: Cumulative | null } {
  const one = oneVsRest(labels, scores, classCount, label);
  const ordered = allFinite(one.scores) ? cumulate(one.labels, one.scores) : null;
  return { label, support: sumOf(one.labels), own: one.labels, ordered };
}

function meanArea(
  parts: readonly { value: number; interval: Interval; influence: Influence; weight: number }[],
  labels: ArrayLike<number>,
  tooHigh: number,
): Figure {
  const [low, high] = correlatedMeanInterval(parts, labels);
  return figureOf(weightedMean(parts), labels.length, [Math.max(0, low - tooHigh), high], 'correlatedMean');
}

export interface ClassFigures {
  readonly label: number;
  readonly support: number;
  readonly precision: Figure;
  readonly recall: Figure;
  readonly f1: Figure;
}

/**
 * Precision, recall and F1 of every class with Wilson's intervals; missing where scikit-learn returns 0 for a missing denominator.
 * @param matrix  `confusionMatrix[true][predicted]`
 * @see sklearn.metrics.precision_recall_fscore_support
 */
export function figuresPerClass(matrix: readonly (readonly number[])[]): ClassFigures[] {
  const predicted = columnSums(matrix);
  return matrix.map((row, label) => {
    const right = row[label]!;
    const support = sumOf(row);
    return {
      label,
      support,
      precision: shareOf(right, predicted[label]!, 'nothingPredictedPositive'),
      recall: shareOf(right, support, 'noPositives'),
      f1: f1Of(right, predicted[label]! - right, support - right),
    };
  });
}

/**
 * Means of precision, recall and F1 over the classes with images, with intervals. A class that is never predicted counts with a
 * precision of 0, as in scikit-learn; its interval allows for any value.
 *
 * @param matrix  `confusionMatrix[true][predicted]`
 * @returns missing without images
 */
export function meansOverClasses(
  matrix: readonly (readonly number[])[],
): Readonly<Record<Average, Readonly<Record<'precision' | 'recall' | 'f1', Figure>>>> {
  const supports = matrix.map(sumOf);
  const predicted = columnSums(matrix);
  const total = sumOf(supports);
  const present = [...matrix.keys()].filter((k) => supports[k]! > 0);
  const of = (average: Average) => {
    if (total === 0) {
      const none = missing('noImages');
      return { precision: none, recall: none, f1: none };
    }
    const weights = supports.map((support) => (average === 'macro' ? Math.min(1, support) : support));
    const mean = (counts: readonly number[]): Figure => {
      const shares = present.map((k): Share => [matrix[k]![k]!, counts[k]!]);
      const kept = present.map((k) => weights[k]!);
      const value = weightedMean(shares.map(([a, n], i) => ({ value: n === 0 ? 0 : a / n, weight: kept[i]! })));
      return figureOf(value, total, meanOfSharesInterval(shares, kept), 'adjustedWald');
    };
    const f1 = weightedMean(
      present.map((k) => ({ value: (2 * matrix[k]![k]!) / (supports[k]! + predicted[k]!), weight: weights[k]! })),
    );
    return {
      precision: mean(predicted),
      // The mean recall weighted by images is the accuracy.
      recall: average === 'macro' ? mean(supports) : accuracyFigure(matrix, total),
      f1: figureOf(f1, total, meanF1Interval(matrix, weights), 'adjustedWald'),
    };
  };
  return { macro: of('macro'), weighted: of('weighted') };
}

function accuracyFigure(matrix: readonly (readonly number[])[], total: number): Figure {
  const right = sumOf(matrix.map((row, k) => row[k]!));
  return figureOf(right / total, total, wilsonInterval(right, total), 'wilson');
}

const columnSums = (matrix: readonly (readonly number[])[]): number[] =>
  matrix.map((_, k) => sumOf(matrix.map((row) => row[k]!)));

/**
 * Shares instead of counts; 0 in a row or column without images.
 * @param over  'true': share of the true class (rows sum to 1); 'predicted': share of the predicted class (columns do); 'all'
 * @see sklearn.metrics.confusion_matrix (normalize='true' | 'pred' | 'all')
 */
export function normalizedMatrix(
  matrix: readonly (readonly number[])[],
  over: 'true' | 'predicted' | 'all',
): number[][] {
  const rows = matrix.map(sumOf);
  const columns = columnSums(matrix);
  const all = sumOf(rows);
  return matrix.map((row, truth) =>
    row.map((count, predicted) => {
      const total = over === 'true' ? rows[truth]! : over === 'predicted' ? columns[predicted]! : all;
      return total === 0 ? 0 : count / total;
    }),
  );
}

/** A larger matrix is unreadable and fits on no page: readers get its largest confusions instead. */
export const mostClassesInMatrix = 50;

export interface Confusion {
  readonly trueLabel: number;
  readonly predictedLabel: number;
  readonly count: number;
  /** Share among the images of the true class. */
  readonly share: Figure;
}

/** Pairs of a true and a wrong predicted class, the most frequent first; ties by the larger share, then in the matrix's order. */
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
