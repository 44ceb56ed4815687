// More than two classes: each against the rest, their means, and which are taken for each other. Pure; the arithmetic is runner/metrics'.
import type { Figure } from '../runner/contracts/evaluation.ts';
import { classificationReport } from '../runner/metrics/classificationReport.ts';
import { confusionMatrix } from '../runner/metrics/confusion.ts';
import {
  areasOneVsRest,
  type Confusion,
  figuresPerClass,
  type MeanOverClasses,
  meanOverClasses,
  mostConfused,
} from '../runner/metrics/multiclass.ts';
import type { EvaluationModel } from './evaluationModel.ts';

export const classColumns = ['auroc', 'auprc', 'recall', 'precision', 'f1'] as const;

export type ClassRow = {
  readonly label: number;
  readonly className: string;
  readonly support: number;
} & Readonly<Record<(typeof classColumns)[number], Figure>>;

export type MeanRow = Readonly<Record<(typeof classColumns)[number], number | null>>;

export interface ClassFigures {
  readonly rows: readonly ClassRow[];
  /** Of precision, recall and F1 as scikit-learn's report has them; of areas over the classes that have one. */
  readonly means: Readonly<Record<'macro' | 'weighted', MeanRow>>;
  readonly auroc: Readonly<Record<'macro' | 'weighted', MeanOverClasses>>;
  readonly auprc: Readonly<Record<'macro' | 'weighted', MeanOverClasses>>;
  /** Most images first. */
  readonly pairs: readonly Confusion[];
  readonly total: number;
}

/** null: no labels. Decisions are the most probable class. */
export function classFigures({
  labels,
  probabilities,
  classNames,
  mostProbable,
}: EvaluationModel): ClassFigures | null {
  if (labels === null) return null;
  const matrix = confusionMatrix(labels, mostProbable, classNames.length);
  const areas = areasOneVsRest(labels, probabilities, classNames.length);
  const perClass = figuresPerClass(matrix);
  const rows = classNames.map((className, label): ClassRow => {
    const { support, precision, recall, f1 } = perClass[label]!;
    const { auroc, averagePrecision } = areas[label]!;
    return { label, className, support, auroc, auprc: averagePrecision, recall, precision, f1 };
  });
  const over = (key: 'auroc' | 'auprc', average: 'macro' | 'weighted') =>
    meanOverClasses(
      rows.map((row) => ({ support: row.support, figure: row[key] })),
      average,
    );
  const report = classificationReport(matrix, classNames);
  const means = (average: 'macro' | 'weighted'): MeanRow => {
    const { precision, recall, f1 } = average === 'macro' ? report.macroAverage : report.weightedAverage;
    return { auroc: over('auroc', average).value, auprc: over('auprc', average).value, recall, precision, f1 };
  };
  return {
    rows,
    means: { macro: means('macro'), weighted: means('weighted') },
    auroc: { macro: over('auroc', 'macro'), weighted: over('auroc', 'weighted') },
    auprc: { macro: over('auprc', 'macro'), weighted: over('auprc', 'weighted') },
    pairs: mostConfused(matrix),
    total: labels.length,
  };
}
