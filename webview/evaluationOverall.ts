// The figures of the evaluation panel that no threshold changes. Pure; the arithmetic is runner/metrics'.
import { aurocFigure, averagePrecisionFigure, prevalenceFigure } from '../runner/metrics/areas.ts';
import { figureOf, missing, shareOf } from '../runner/metrics/figure.ts';
import { majorityBaseline } from '../runner/metrics/figuresAt.ts';
import type { MeanOverClasses } from '../runner/metrics/multiclass.ts';
import type { ClassFigures } from './evaluationClasses.ts';
import type { FigureRow } from './evaluationFigures.ts';
import type { EvaluationModel } from './evaluationModel.ts';
import { formatMetric } from './format.ts';
import { t } from './strings.ts';

/** AUROC, then AUPRC; with more than two classes (`classes`) the accuracy and means. Empty without labels. */
export function overallRows(model: EvaluationModel, classes: ClassFigures | null): FigureRow[] {
  const { labels, side } = model;
  if (labels === null) return [];
  if (side?.labels != null)
    return [
      { name: t('auroc'), figure: aurocFigure(side.labels, side.scores), detail: t('baselineAuroc') },
      {
        name: t('auprc'),
        figure: averagePrecisionFigure(side.labels, side.scores),
        detail: t('prevalenceBaseline', { value: formatMetric(prevalenceFigure(side.labels).value) }),
      },
    ];
  if (classes === null) return [];
  const supports = classes.rows.map(({ support }) => support);
  const right = labels.filter((label, i) => label === model.mostProbable[i]).length;
  return [
    {
      name: t('accuracy'),
      figure: shareOf(right, labels.length, 'noImages'),
      detail: t('baseline', { value: formatMetric(majorityBaseline(supports).value) }),
    },
    meanRow(t('aurocMacro'), classes.auroc.macro, labels.length, 'oneVsRestMean'),
    meanRow(t('aurocWeighted'), classes.auroc.weighted, labels.length, 'oneVsRestWeighted'),
    meanRow(t('auprcMacro'), classes.auprc.macro, labels.length, 'oneVsRestMean'),
  ];
}

const meanRow = (
  name: string,
  { value, classes }: MeanOverClasses,
  images: number,
  words: 'oneVsRestMean' | 'oneVsRestWeighted',
): FigureRow => ({
  name,
  // Means of areas have no interval: the areas of classes hang together.
  figure: value === null ? missing('oneClassOnly', images) : figureOf(value, images, null, 'bootstrap'),
  detail: t(words, { count: classes }),
});
