// The metrics of classification, one row each, used by every table, chart, list and file. A new metric needs a row here, its computation
// in metrics/metrics.ts, and its words in shared/strings.
import type { Decisions, SplitEvaluation } from './evaluation.ts';

/** The splits on which an epoch is measured. */
export type EpochSplit = 'train' | 'val';

/** A number of an epoch or of an evaluated split. */
export interface MetricSpec {
  /** Name in events, files and code; also the key of its word in a panel. */
  readonly name: string;
  /** Name in English texts: the sidebar's list of figures, reports. */
  readonly label: string;
  /** Name where space is scarce: in the terminal, and the key of its word in a panel. */
  readonly short: { readonly text: string; readonly key: string };
  readonly better: 'higher' | 'lower';
  /** 'share': from 0 to 1; 'loss': from 0 without an upper limit. */
  readonly scale: 'share' | 'loss';
  /** Splits on which epochs measure it. */
  readonly splits: readonly EpochSplit[];
  /** True if a chart shows it over the epochs. */
  readonly chart: boolean;
  /** The narrowest table of epochs that includes it: in a terminal, on a page of a report, or one that scrolls. */
  readonly column: 'terminal' | 'page' | 'wide';
  /** Position among the figures of a result, from 0; epochs list them in the order of this table. */
  readonly resultPlace: number;
  /** Rule of decision behind it where runs are compared: only two classes have a threshold. null: none. */
  readonly decidedBy: 'highestProbability' | 'threshold' | null;
  /** Value for an evaluated split. @param decisions  by the rule that the caller shows */
  evaluated(split: SplitEvaluation, decisions: Decisions | null): number | null;
  /** 95 % interval of that value. Absent: no list shows one. */
  interval?(split: SplitEvaluation): readonly [low: number, high: number] | null;
  /** Set for a metric that the first version of the log lacked: null in older runs. */
  readonly addedLater?: true;
}

export const metricTable = [
  {
    name: 'loss',
    label: 'loss',
    short: { text: 'loss', key: 'loss' },
    better: 'lower',
    scale: 'loss',
    splits: ['train', 'val'],
    chart: true,
    column: 'terminal',
    resultPlace: 5,
    decidedBy: null,
    evaluated: ({ loss }) => loss,
  },
  {
    name: 'accuracy',
    label: 'accuracy',
    short: { text: 'acc', key: 'accuracyShort' },
    better: 'higher',
    scale: 'share',
    splits: ['train', 'val'],
    chart: true,
    column: 'terminal',
    resultPlace: 2,
    decidedBy: 'highestProbability',
    evaluated: (_, decisions) => decisions?.report.accuracy ?? null,
  },
  {
    name: 'auroc',
    label: 'AUROC',
    short: { text: 'AUROC', key: 'auroc' },
    better: 'higher',
    scale: 'share',
    splits: ['train', 'val'],
    chart: true,
    column: 'terminal',
    resultPlace: 0,
    decidedBy: null,
    evaluated: ({ auroc }) => auroc,
    interval: ({ aurocInterval }) => aurocInterval ?? null,
  },
  {
    name: 'auprc',
    label: 'AUPRC',
    short: { text: 'AUPRC', key: 'auprc' },
    better: 'higher',
    scale: 'share',
    splits: ['val'],
    chart: false,
    column: 'page',
    resultPlace: 1,
    decidedBy: null,
    evaluated: ({ auprc }) => auprc,
  },
  {
    name: 'sensitivity',
    label: 'sensitivity',
    short: { text: 'sens', key: 'sensitivityShort' },
    better: 'higher',
    scale: 'share',
    splits: ['val'],
    chart: false,
    column: 'wide',
    resultPlace: 3,
    decidedBy: 'threshold',
    evaluated: (_, decisions) => decisions?.sensitivity ?? null,
  },
  {
    name: 'specificity',
    label: 'specificity',
    short: { text: 'spec', key: 'specificityShort' },
    better: 'higher',
    scale: 'share',
    splits: ['val'],
    chart: false,
    column: 'wide',
    resultPlace: 4,
    decidedBy: 'threshold',
    evaluated: (_, decisions) => decisions?.specificity ?? null,
  },
] as const satisfies readonly MetricSpec[];

type Row = (typeof metricTable)[number];
export type MetricName = Row['name'];
/** Names of the metrics that an epoch measures on a split. */
export type MeasuredOn<S extends EpochSplit> = MetricNamesWhere<Row, S>;
type MetricNamesWhere<R extends MetricSpec, S> = R extends unknown
  ? S extends R['splits'][number]
    ? R['name']
    : never
  : never;
export type ChartedMetric = Extract<Row, { chart: true }>['name'];

/** A row for code that depends on no particular name. */
export type Metric = MetricSpec & Pick<Row, 'name' | 'label' | 'short'>;

const rows: readonly Metric[] = metricTable;

/** In the order of an epoch's figures. */
export const metricsOn = (split: EpochSplit): readonly Metric[] => rows.filter(({ splits }) => splits.includes(split));

/** In the order of a result's figures. */
export const resultMetrics: readonly Metric[] = rows.toSorted((a, b) => a.resultPlace - b.resultPlace);

/** Metrics with a chart over the epochs, in the order of an epoch's figures. */
export const chartedMetrics = rows.filter(({ chart }) => chart) as readonly (Metric & {
  readonly name: ChartedMetric;
})[];

/** The one figure by which lists compare runs. */
export const headlineMetric = rows.find(({ resultPlace }) => resultPlace === 0)!;

/** A figure of an epoch, for any split and metric; null: not measured. */
export const epochValue = (
  metrics: Readonly<Record<EpochSplit, Readonly<Record<string, unknown>>>>,
  split: EpochSplit,
  { name }: Pick<Metric, 'name'>,
): number | null => (metrics[split][name] as number | null | undefined) ?? null;
