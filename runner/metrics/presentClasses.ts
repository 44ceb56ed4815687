// Images to evaluate may lack classes that the model knows. Then means go over the classes that are there.
import type { Decisions, SplitEvaluation } from '../contracts/evaluation.ts';
import { type EvaluateOptions, evaluateSplit, meanFigure } from './evaluateSplit.ts';
import { averagePrecision } from './precisionRecall.ts';
import { auroc, oneVsRest } from './roc.ts';

/**
 * As evaluateSplit; where classes are missing, macro means and the means of one against rest leave them out. null: what needs a second
 * class when there is one only. The matrices keep a row for every class.
 */
export function evaluatePresent(options: EvaluateOptions): SplitEvaluation {
  const { labels, classNames, positiveLabel } = options;
  const evaluation = evaluateSplit(options);
  const present = [...classNames.keys()].filter((label) => labels.includes(label));
  if (present.length === classNames.length) return evaluation;
  const byHighestProbability = withoutMissing(evaluation.byHighestProbability);
  if (present.length < 2)
    return {
      ...evaluation,
      auroc: null,
      aurocInterval: null,
      auprc: null,
      byHighestProbability,
      byThreshold: evaluation.byThreshold && withoutMissing(evaluation.byThreshold),
    };
  if (positiveLabel !== null) throw new Error('Of two classes, two are present: nothing is missing');
  const [area, precision] = [meanOver(present, options, auroc), meanOver(present, options, averagePrecision)];
  return {
    ...evaluation,
    auroc: area,
    auprc: precision,
    byHighestProbability,
    figures: {
      ...evaluation.figures!,
      auroc: meanFigure(area, labels.length),
      auprc: meanFigure(precision, labels.length),
    },
  };
}

function withoutMissing(decisions: Decisions): Decisions {
  const rows = decisions.report.perClass.filter(({ support }) => support > 0);
  const mean = (key: 'precision' | 'recall' | 'f1') => rows.reduce((sum, row) => sum + row[key], 0) / rows.length;
  const macroAverage = { precision: mean('precision'), recall: mean('recall'), f1: mean('f1') };
  return { ...decisions, report: { ...decisions.report, macroAverage } };
}

function meanOver(
  present: readonly number[],
  { labels, probabilities, classNames }: EvaluateOptions,
  metric: (labels: readonly number[], scores: readonly number[]) => number | undefined,
): number {
  const values = present.map((label) => {
    const binary = oneVsRest(labels, probabilities, classNames.length, label);
    return metric(binary.labels, binary.scores)!; // of two classes or more, each has images for and against it
  });
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
