// The figures of the evaluation panel that do not depend on a threshold. Pure; shared/metrics does the arithmetic.

import type { Figure } from '../../shared/contracts/classification/evaluation.ts';
import { aurocFigure, averagePrecisionFigure, prevalenceFigure } from '../../shared/metrics/areas.ts';
import { shareOf } from '../../shared/metrics/figure.ts';
import { majorityBaseline } from '../../shared/metrics/figuresAt.ts';
import { t } from '../../shared/strings/strings.ts';
import { formatMetric } from '../page/format.ts';
import type { ClassFigures } from './classes.ts';
import type { FigureRow } from './figures.ts';
import type { EvaluationModel } from './model.ts';

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
    meanRow(t('aurocMacro'), classes.means.macro.auroc, 'oneVsRestMean'),
    meanRow(t('aurocWeighted'), classes.means.weighted.auroc, 'oneVsRestWeighted'),
    meanRow(t('auprcMacro'), classes.means.macro.auprc, 'oneVsRestMean'),
  ];
  function meanRow(name: string, figure: Figure, words: 'oneVsRestMean' | 'oneVsRestWeighted'): FigureRow {
    return { name, figure, detail: t(words, { count: classes!.classes }) };
  }
}
