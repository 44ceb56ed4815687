// More than two classes: each against the rest, their means, and the confusions. Pure; shared/metrics does the arithmetic.
import type { Figure } from '../../shared/contracts/classification/evaluation.ts';
import { confusionMatrix } from '../../shared/metrics/confusion.ts';
import {
  type Average,
  areasOneVsRest,
  averages,
  type Confusion,
  figuresPerClass,
  meansOverClasses,
  mostConfused,
} from '../../shared/metrics/multiclass.ts';
import type { EvaluationModel } from './model.ts';

export const classColumns = ['auroc', 'auprc', 'recall', 'precision', 'f1'] as const;

export type ClassRow = {
  readonly label: number;
  readonly className: string;
  readonly support: number;
} & Readonly<Record<(typeof classColumns)[number], Figure>>;

export type MeanRow = Readonly<Record<(typeof classColumns)[number], Figure>>;

export interface ClassFigures {
  readonly rows: readonly ClassRow[];
  /** Mean over the `classes` classes that have images. */
  readonly means: Readonly<Record<Average, MeanRow>>;
  readonly classes: number;
  /** Most images first. */
  readonly pairs: readonly Confusion[];
  readonly total: number;
}

/** null: no labels. Decisions are the most probable class. */
export function classFigures({ labels, logOdds, classNames, mostProbable }: EvaluationModel): ClassFigures | null {
  if (labels === null) return null;
  const matrix = confusionMatrix(labels, mostProbable, classNames.length);
  const areas = areasOneVsRest(labels, logOdds, classNames.length);
  const perClass = figuresPerClass(matrix);
  const decided = meansOverClasses(matrix);
  const meansOf = (average: Average): MeanRow => {
    const { auroc, averagePrecision } = areas.means[average];
    return { auroc, auprc: averagePrecision, ...decided[average] };
  };
  return {
    rows: classNames.map((className, label): ClassRow => {
      const { support, precision, recall, f1 } = perClass[label]!;
      const { auroc, averagePrecision } = areas.rows[label]!;
      return { label, className, support, auroc, auprc: averagePrecision, recall, precision, f1 };
    }),
    means: Object.fromEntries(averages.map((average) => [average, meansOf(average)])) as ClassFigures['means'],
    classes: areas.classes,
    pairs: mostConfused(matrix),
    total: labels.length,
  };
}
