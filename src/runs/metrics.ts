// The figures that a list of runs can be sorted by, under the names that the field gives them.
import type { SplitEvaluation } from '../../shared/contracts/classification/evaluation.ts';
import type { RunState } from '../../shared/contracts/runState.ts';

/** Those of `metricNames` that the run has. */
export type Metrics = Readonly<Partial<Record<MetricName, number>>>;

const ofSplit = {
  AUROC: ({ auroc }) => auroc,
  AUPRC: ({ auprc }) => auprc,
  /** The most probable class. */
  accuracy: ({ byHighestProbability }) => byHighestProbability.report.accuracy,
  /** At the threshold chosen on validation; two classes only. */
  sensitivity: ({ byThreshold }) => byThreshold?.sensitivity ?? null,
  specificity: ({ byThreshold }) => byThreshold?.specificity ?? null,
  loss: ({ loss }) => loss,
} satisfies Record<string, (split: SplitEvaluation) => number | null>;

const splits = ['test', 'val'] as const;
const measures = Object.keys(ofSplit) as (keyof typeof ofSplit)[];

export type MetricName = `${(typeof splits)[number]} ${keyof typeof ofSplit}`;

/** In the order in which they are offered. */
export const metricNames: readonly MetricName[] = splits.flatMap((split) =>
  measures.map((measure): MetricName => `${split} ${measure}`),
);

/** Which end of the list is the better one. */
export const isBetterLow = (name: MetricName): boolean => name.endsWith('loss');

/**
 * With the kept weights. Until they are evaluated, a run has only the figure that the sidebar shows for it: their validation AUROC.
 */
export function metricsOf(
  { evaluation }: Pick<RunState, 'evaluation'>,
  headline: { readonly name: string; readonly value: number } | null,
): Metrics {
  const pairs: (readonly [string, number | null])[] = evaluation
    ? splits.flatMap((split) => measures.map((name) => [`${split} ${name}`, ofSplit[name](evaluation[split])] as const))
    : headline
      ? [[headline.name, headline.value]]
      : [];
  return Object.fromEntries(pairs.filter(([, value]) => value !== null && Number.isFinite(value)));
}
