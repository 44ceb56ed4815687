import type { ClassificationReport } from '../contracts/classification/evaluation.ts';
import { fixed } from '../fixed.ts';
import { largest } from '../lists.ts';

/**
 * Precision, recall and F1 of every class and their means; 0 where a ratio has no denominator. The macro average excludes classes
 * without images.
 * @see sklearn.metrics.classification_report (zero_division=0), which counts such a class with 0 if it is predicted
 */
export function classificationReport(
  matrix: readonly (readonly number[])[],
  classNames: readonly string[],
): ClassificationReport {
  const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
  const ratio = (a: number, b: number) => (b === 0 ? 0 : a / b);
  const total = sum(matrix.flat());
  const perClass = classNames.map((className, k) => {
    const support = sum(matrix[k]!);
    const right = matrix[k]![k]!;
    const predicted = sum(matrix.map((row) => row[k]!));
    // F1 from the counts: computing it from precision and recall rounds three times, and ties may go either way.
    return {
      className,
      precision: ratio(right, predicted),
      recall: ratio(right, support),
      f1: ratio(2 * right, support + predicted),
      support,
    };
  });
  const mean = (weightOf: (row: (typeof perClass)[number]) => number) => {
    const weights = sum(perClass.map(weightOf));
    const of = (key: 'precision' | 'recall' | 'f1') =>
      ratio(sum(perClass.map((row) => weightOf(row) * row[key])), weights);
    return { precision: of('precision'), recall: of('recall'), f1: of('f1') };
  };
  return {
    perClass,
    accuracy: ratio(sum(matrix.map((row, k) => row[k]!)), total),
    macroAverage: mean(({ support }) => Math.min(1, support)),
    weightedAverage: mean(({ support }) => support),
    total,
  };
}

/** The report in scikit-learn's layout, with two digits. */
export function reportText(report: ClassificationReport): string {
  const lengthOf = (text: string) => [...text].length; // in code points, as Python counts
  const width = Math.max(largest(report.perClass.map(({ className }) => lengthOf(className))), 'weighted avg'.length);
  const cell = (text: string) => text.padStart(9);
  const line = (name: string, cells: readonly (number | '')[], support: number) =>
    `${' '.repeat(width - lengthOf(name))}${name} ${cells.map((x) => ` ${cell(x === '' ? '' : fixed(x, 2))}`).join('')} ${cell(String(support))}\n`;
  const { perClass, macroAverage: macro, weightedAverage: weighted, total } = report;
  return [
    `${' '.repeat(width)} ${['precision', 'recall', 'f1-score', 'support'].map((head) => ` ${cell(head)}`).join('')}\n`,
    '\n',
    ...perClass.map((row) => line(row.className, [row.precision, row.recall, row.f1], row.support)),
    '\n',
    line('accuracy', ['', '', report.accuracy], total),
    line('macro avg', [macro.precision, macro.recall, macro.f1], total),
    line('weighted avg', [weighted.precision, weighted.recall, weighted.f1], total),
  ].join('');
}
