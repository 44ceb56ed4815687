// The figures of the evaluation panel as rows for cards and tables, each with its number of images and the method of its interval.
// Pure; shared/metrics does the arithmetic.
import type { Figure } from '../../shared/contracts/classification/evaluation.ts';
import type { Threshold } from '../../shared/contracts/scores.ts';
import { type FiguresAt, figuresAt, majorityBaseline, predictiveValuesAt } from '../../shared/metrics/figuresAt.ts';
import { type StringKey, t } from '../../shared/strings/strings.ts';
import { formatCount, formatMetric } from '../page/format.ts';
import type { EvaluationModel, LabelledSide } from './model.ts';

export interface FigureRow {
  readonly name: string;
  readonly figure: Figure;
  /** Definition in words. */
  readonly detail: string;
}

export interface Decided {
  readonly figures: FiguresAt;
  readonly rows: readonly FigureRow[];
}

/** Two classes with labels. `prevalence` null: the images' own. */
export function decidedFigures(
  { classNames, positive }: EvaluationModel,
  side: LabelledSide,
  threshold: Threshold,
  prevalence: number | null,
): Decided {
  const figures = figuresAt(side.labels, side.scores, threshold.logOdds);
  const names = { positive: classNames[positive!]!, negative: classNames[1 - positive!]! };
  const { truePositives: tp, falsePositives: fp, falseNegatives: fn, trueNegatives: tn } = figures.counts ?? noCounts;
  const elsewhere =
    prevalence === null || figures.counts === null ? null : predictiveValuesAt(figures.counts, prevalence);
  const of = (count: number, total: number, what: string) =>
    t('countOf', { count: formatCount(count), total: formatCount(total), what });
  const majority = majorityBaseline([tp + fn, tn + fp]);
  const rows: FigureRow[] = [
    { name: t('sensitivity'), figure: figures.sensitivity, detail: of(tp, tp + fn, names.positive) },
    { name: t('specificity'), figure: figures.specificity, detail: of(tn, tn + fp, names.negative) },
    { name: t('ppv'), figure: figures.ppv, detail: of(tp, tp + fp, t('calledClass', { className: names.positive })) },
    { name: t('npv'), figure: figures.npv, detail: of(tn, tn + fn, t('calledClass', { className: names.negative })) },
    { name: t('f1'), figure: figures.f1, detail: t('imagesCounted', { count: formatCount(tp + fp + fn) }) },
    {
      name: t('accuracy'),
      figure: figures.accuracy,
      detail: t('baseline', { value: formatMetric(majority.value) }),
    },
    { name: t('balancedAccuracy'), figure: figures.balancedAccuracy, detail: t('baselineBalanced') },
  ];
  if (elsewhere !== null && prevalence !== null) {
    const at = t('atPrevalence', { percent: percentText(prevalence) });
    rows.splice(
      4,
      0,
      { name: t('ppvAt'), figure: elsewhere.ppv, detail: at },
      { name: t('npvAt'), figure: elsewhere.npv, detail: at },
    );
  }
  return { figures, rows };
}

const noCounts = { truePositives: 0, falsePositives: 0, falseNegatives: 0, trueNegatives: 0 };

/** 12.5 */
export const percentText = (share: number): string => String(Number((share * 100).toPrecision(4)));

/** 0.912, or why it is missing. */
export const valueText = ({ value, missing }: Figure): string =>
  value === null && missing !== null ? t(missingWords[missing]) : formatMetric(value);

export const intervalWords = ({ interval }: Figure): string | null =>
  interval === null ? null : t('interval', { low: formatMetric(interval[0]), high: formatMetric(interval[1]) });

/** Marks an interval's columns in the head of a table. */
export const rangeWords = ([low, high]: NonNullable<Figure['interval']>): string =>
  `${formatMetric(low)}–${formatMetric(high)}`;

/** Tooltip: the kind of interval, and its number of images. */
export const methodText = ({ n, method }: Figure): string =>
  method === null
    ? t('fromImages', { count: formatCount(n) })
    : t('methodText', { count: formatCount(n), method: methodName(method) });

export const methodName = (method: NonNullable<Figure['method']>): string => t(methodWords[method]);

const methodWords = {
  wilson: 'methodWilson',
  adjustedWald: 'methodAdjustedWald',
  moverR: 'methodMoverR',
  delongAndScore: 'methodDelongAndScore',
  score: 'methodScore',
  influence: 'methodInfluence',
  correlatedMean: 'methodCorrelatedMean',
  foldedNormal: 'methodFoldedNormal',
  boundedMean: 'methodBoundedMean',
  squareAndAdd: 'methodSquareAndAdd',
  bootstrap: 'methodBootstrap',
} as const satisfies Record<NonNullable<Figure['method']>, StringKey>;

const missingWords = {
  noImages: 'missingImages',
  oneClassOnly: 'missingOneClass',
  noPositives: 'missingPositives',
  noNegatives: 'missingNegatives',
  nothingPredictedPositive: 'missingPredictedPositive',
  nothingPredictedNegative: 'missingPredictedNegative',
  notFinite: 'missingNotFinite',
} as const satisfies Record<NonNullable<Figure['missing']>, StringKey>;
