// Figures by which a list of runs can be sorted, under the field's names for them.
import type { SplitEvaluation } from '../../shared/contracts/classification/evaluation.ts';
import { type Metric, resultMetrics } from '../../shared/contracts/classification/metricTable.ts';
import type { RunState } from '../../shared/contracts/runState.ts';

/** The metrics of `metricNames` that the run has. */
export type Metrics = Readonly<Partial<Record<MetricName, number>>>;

const splits = ['test', 'val'] as const;

export type MetricName = `${(typeof splits)[number]} ${Metric['label']}`;

/** In the order of the menu. */
export const metricNames: readonly MetricName[] = splits.flatMap((split) =>
  resultMetrics.map(({ label }): MetricName => `${split} ${label}`),
);

/** Which end of the list is better. */
export const isBetterLow = (name: MetricName): boolean =>
  resultMetrics.some(({ label, better }) => better === 'lower' && name.endsWith(` ${label}`));

/** Threshold-based figures exist only where a threshold was chosen: with two classes. */
const evaluated = ({ evaluated, decidedBy }: Metric, split: SplitEvaluation): number | null =>
  evaluated(split, decidedBy === 'threshold' ? split.byThreshold : split.byHighestProbability);

/**
 * Figures of the kept weights. Before the evaluation a run has only the figure that the sidebar shows: their validation AUROC.
 */
export function metricsOf(
  { evaluation }: Pick<RunState, 'evaluation'>,
  headline: { readonly name: string; readonly value: number } | null,
): Metrics {
  const pairs: (readonly [string, number | null])[] = evaluation
    ? splits.flatMap((split) =>
        resultMetrics.map((metric) => [`${split} ${metric.label}`, evaluated(metric, evaluation[split])] as const),
      )
    : headline
      ? [[headline.name, headline.value]]
      : [];
  return Object.fromEntries(pairs.filter(([, value]) => value !== null && Number.isFinite(value)));
}
