// The epochs of a run as columns, for charts: built once, then only extended. Pure except for its cache.
import {
  type ChartedMetric,
  chartedMetrics,
  type EpochSplit,
  epochValue,
} from '../../shared/contracts/classification/metricTable.ts';
import type { EpochRow } from '../../shared/contracts/runState.ts';

type Column = readonly (number | null)[];
type Columned<K extends string> = Readonly<Record<K, Column>>;

/** Equal lengths; `epochs` ascends. null: no value (a class is missing), or not trained (the backbone's rate). */
export interface Columns {
  readonly epochs: readonly number[];
  readonly metrics: Readonly<Record<ChartedMetric, Columned<EpochSplit>>>;
  readonly learningRate: Columned<'head' | 'backbone'>;
  /** Indexed by label. */
  readonly recall: readonly Column[];
}

export const columnsOf = (rows: readonly EpochRow[], classCount: number): Columns => ({
  epochs: rows.map((row) => row.epoch),
  metrics: ofEachMetric((metric) => ({
    train: rows.map(({ metrics }) => epochValue(metrics, 'train', metric)),
    val: rows.map(({ metrics }) => epochValue(metrics, 'val', metric)),
  })),
  learningRate: {
    head: rows.map((row) => row.learningRates.head),
    backbone: rows.map((row) => row.learningRates.backbone),
  },
  recall: Array.from({ length: classCount }, (_, label) =>
    rows.map((row) => row.metrics.val.recallPerClass[label] ?? null),
  ),
});

/** Columns of these rows; if rows were only appended since the last call, it reads just the new ones. */
export function columnReader(): (rows: readonly EpochRow[], classCount: number) => Columns {
  let last: EpochRow | undefined;
  let known = columnsOf([], 0);
  return (rows, classCount) => {
    const count = known.epochs.length;
    const wentOn = count > 0 && rows[count - 1] === last && known.recall.length === classCount;
    if (wentOn && rows.length === count) return known;
    known = wentOn ? joined(known, columnsOf(rows.slice(count), classCount)) : columnsOf(rows, classCount);
    last = rows.at(-1);
    return known;
  };
}

const joined = (a: Columns, b: Columns): Columns => ({
  epochs: a.epochs.concat(b.epochs),
  metrics: ofEachMetric(({ name }) => ({
    train: a.metrics[name].train.concat(b.metrics[name].train),
    val: a.metrics[name].val.concat(b.metrics[name].val),
  })),
  learningRate: {
    head: a.learningRate.head.concat(b.learningRate.head),
    backbone: a.learningRate.backbone.concat(b.learningRate.backbone),
  },
  recall: a.recall.map((column, label) => column.concat(b.recall[label]!)),
});

const ofEachMetric = (columns: (metric: (typeof chartedMetrics)[number]) => Columned<EpochSplit>): Columns['metrics'] =>
  Object.fromEntries(chartedMetrics.map((metric) => [metric.name, columns(metric)])) as Columns['metrics'];
