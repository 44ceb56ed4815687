// The course of training: curves, the figures of every epoch, warnings about both.
import {
  chartedMetrics,
  epochValue,
  metricsOn,
  resultMetrics,
} from '../../../shared/contracts/classification/metricTable.ts';
import { sentenceOf } from '../../../shared/contracts/errors.ts';
import { type EpochRow, keptEpochOf, type RunState } from '../../../shared/contracts/runState.ts';
import { duration, plural } from '../../words/text.ts';
import type { Block, Chart, Series } from '../reports.ts';
import { figure } from '../wording.ts';

export function trainingSection(run: RunState): Block[] {
  const { epochs, stages } = run;
  const heading: Block = { kind: 'heading', text: 'Training' };
  if (epochs.length === 0) return [heading, { kind: 'text', text: 'No epoch was finished.' }, ...remarks(run)];
  const kept = keptEpochOf(run);
  return [
    heading,
    {
      kind: 'text',
      text: `${plural(epochs.length, 'epoch')} of ${run.recipe?.stages.reduce((sum, stage) => sum + stage.epochs, 0) ?? 'unknown many'} planned${kept === null ? '' : `; the weights of epoch ${kept} are kept`}.${stages.some(({ endReason }) => endReason === 'earlyStopping') ? ' A stage was stopped early, because nothing improved any more.' : ''}`,
    },
    ...remarks(run),
    { kind: 'charts', charts: curves(run, kept) },
    {
      kind: 'table',
      caption: 'Figures of every epoch (* = the weights are the best of the stage so far)',
      head: ['epoch', 'stage', ...pageColumns.map(({ split, metric }) => `${split} ${metric.label}`), 'time'],
      rows: epochs.map(({ epoch, stage, best, metrics, elapsedMs }) => [
        `${epoch}${best ? ' *' : ''}`,
        stages[stage]?.name ?? String(stage + 1),
        ...pageColumns.map(({ split, metric }) => figure(epochValue(metrics, split, metric))),
        duration(elapsedMs),
      ]),
    },
  ];
}

const pageColumns = (['train', 'val'] as const).flatMap((split) =>
  metricsOn(split).flatMap((metric) => (metric.column === 'wide' ? [] : [{ split, metric }])),
);

/** The loss first, because training minimizes it. */
const reportCharts = [
  ...chartedMetrics.filter(({ scale }) => scale === 'loss'),
  ...resultMetrics.filter(({ chart, scale }) => chart && scale !== 'loss'),
];

const capitalized = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

function remarks({ alarms, warnings }: RunState): Block[] {
  const items = [
    ...warnings.map(({ code, params }) => sentenceOf(code, params)),
    ...alarms.map(({ epoch, problem }) => `After epoch ${epoch}: ${sentenceOf(problem.code, problem.params)}`),
  ];
  return items.length === 0 ? [] : [{ kind: 'list', warning: true, items }];
}

/** More lines than this cannot be distinguished. */
const mostLines = 8;

function curves({ epochs, stages, classNames }: RunState, kept: number | null): Chart[] {
  const lineOf = (name: string, figureOf: (row: EpochRow) => number | null | undefined): Series => ({
    name,
    points: epochs.flatMap((row) => {
      const value = figureOf(row);
      return value == null ? [] : [[row.epoch, value] as const];
    }),
  });
  const marks = [
    ...(kept === null ? [] : [{ x: kept, text: `Epoch ${kept}: its weights are kept` }]),
    ...epochs
      .filter((row, i) => i > 0 && row.stage !== epochs[i - 1]!.stage)
      .map((row) => ({ x: row.epoch - 0.5, text: `Stage ${stages[row.stage]?.name ?? row.stage + 1} begins` })),
  ];
  const chart = (title: string, series: readonly Series[], more: Partial<Chart> = {}): Chart => ({
    title,
    summary: series.map(summaryOf).join(' '),
    xLabel: 'epoch',
    xWhole: true,
    series,
    marks,
    ...more,
  });
  const share = { yRange: [0, 1] } as const;
  const charts = [
    ...reportCharts.map((metric) =>
      chart(
        capitalized(metric.label),
        [
          lineOf('train', ({ metrics }) => epochValue(metrics, 'train', metric)),
          lineOf('validation', ({ metrics }) => epochValue(metrics, 'val', metric)),
        ],
        metric.scale === 'share' ? share : {},
      ),
    ),
    chart(
      classNames.length > mostLines ? `Recall on validation, the first ${mostLines} classes` : 'Recall on validation',
      classNames.slice(0, mostLines).map((name, label) => lineOf(name, (row) => row.metrics.val.recallPerClass[label])),
      share,
    ),
  ];
  return charts.filter(({ series }) => series.some(({ points }) => points.length > 0));
}

function summaryOf({ name, points }: Series): string {
  const [first, last] = [points[0], points.at(-1)];
  if (!first || !last) return `${name}: no figures.`;
  return `${name}: ${figure(first[1])} after epoch ${first[0]}, ${figure(last[1])} after epoch ${last[0]}.`;
}
