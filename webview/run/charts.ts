// Content of the charts of one run: series, colours and names. Pure.

import { chartedMetrics } from '../../shared/contracts/classification/metricTable.ts';
import type { ChartName } from '../../shared/messages/run.ts';
import { t } from '../../shared/strings/strings.ts';
import { nearestIndex } from '../charts/downsample.ts';
import { dashes, runColor } from '../charts/palette.ts';
import type { ChartSeries, Ring, TipGroup } from '../charts/series.ts';
import { smoothedOnce } from '../charts/smoothing.ts';
import type { StageSpan } from '../charts/stageSpans.ts';
import { formatCount, formatLearningRate, formatMetric } from '../page/format.ts';
import type { Columns } from './columns.ts';

export interface RunChart {
  readonly name: ChartName;
  readonly heading: string;
  readonly note: string | null;
  readonly kind: 'loss' | 'share' | 'rate';
  readonly series: readonly ChartSeries[];
  readonly rings: readonly Ring[];
  readonly format: (value: number | null | undefined) => string;
  readonly heightPx: number;
}

/** Maximum number of distinguishable lines in one chart. */
export const mostClasses = 10;

export function runCharts(columns: Columns, spans: readonly StageSpan[], classNames: readonly string[]): RunChart[] {
  const rings = spans.flatMap(({ keptEpoch }) => (keptEpoch === null ? [] : [{ series: 1, epoch: keptEpoch }]));
  const [first, ...others] = chartedMetrics.map(
    ({ name, scale }): RunChart => ({
      name,
      heading: t(name),
      note: null,
      kind: scale,
      series: [
        { name: t('train'), color: '--sh-train', dash: [5, 4], values: columns.metrics[name].train },
        { name: t('validation'), color: '--sh-val', dash: [], values: columns.metrics[name].val },
      ],
      rings,
      format: inDigits,
      heightPx: 168,
    }),
  );
  const labels = shownLabels(columns, classNames.length);
  const recall: RunChart = {
    name: 'recall',
    heading: t('recallByClass'),
    note:
      labels.length === classNames.length
        ? null
        : t('worstRecalls', { shown: labels.length, count: formatCount(classNames.length) }),
    kind: 'share',
    series: labels.map((label, i) => ({
      name: classNames[label]!,
      color: runColor(i),
      dash: dashes[i]!,
      values: columns.recall[label]!,
    })),
    rings: [],
    format: inDigits,
    heightPx: 168,
  };
  return [first!, learningRateChart(columns), ...others, ...(labels.length === 0 ? [] : [recall])];
}

function learningRateChart({ learningRate: { head, backbone } }: Columns): RunChart {
  const ofHead: ChartSeries = { name: t('head'), color: '--sh-train', dash: [], values: head, exact: true };
  const ofBackbone: ChartSeries = {
    name: t('backbone'),
    color: '--sh-val',
    dash: [2, 3],
    values: backbone,
    exact: true,
  };
  return {
    name: 'learningRate',
    heading: t('learningRate'),
    note: null,
    kind: 'rate',
    series: backbone.some((rate) => rate !== null) ? [ofHead, ofBackbone] : [ofHead],
    rings: [],
    format: (value) => formatLearningRate(value ?? null),
    heightPx: 104,
  };
}

/** All labels, or those with the lowest recall at the newest epoch; ascending. */
export function shownLabels({ recall }: Pick<Columns, 'recall'>, classCount: number): number[] {
  const labels = Array.from({ length: classCount }, (_, label) => label);
  if (classCount <= mostClasses) return labels;
  const newest = (label: number): number => recall[label]?.at(-1) ?? 1;
  return labels
    .sort((a, b) => newest(a) - newest(b) || a - b)
    .slice(0, mostClasses)
    .sort((a, b) => a - b);
}

/** Values of all charts at one epoch. */
export function tipOf(charts: readonly RunChart[], columns: Columns, epoch: number, smoothing: number): TipGroup[] {
  const at = nearestIndex(columns.epochs, epoch);
  return charts.map(({ heading, series, format }) => ({
    heading,
    rows: series.map(({ name, values, exact }) => ({
      name,
      value: format(values[at]),
      ...(smoothing > 0 && !exact ? { smoothed: `≈ ${format(smoothedOnce(values, smoothing)[at])}` } : {}),
    })),
  }));
}

const inDigits = (value: number | null | undefined): string => formatMetric(value);
