// Host <-> compare panel. Imported by src and webview; imports shared/contracts and its neighbors only.

import { z } from 'zod';
import { type EpochSplit, type MeasuredOn, type Metric, metricsOn } from '../contracts/classification/metricTable.ts';
import { RunEvent } from '../contracts/events.ts';
import { isRunId } from '../contracts/run.ts';
import { RunState } from '../contracts/runState.ts';
import { areColumnsOf, LogitColumns, misfit } from './scoreColumns.ts';

export const fewestRuns = 2;
export const mostRuns = 10;

const RunId = z.string().refine(isRunId, 'must be the name of a run');

/** A run in the panel. `index` is its place in the requested set: it keeps its letter and color when another run is removed. */
export const ComparedRun = z.object({
  id: RunId,
  index: z
    .int()
    .min(0)
    .max(mostRuns - 1),
  /** Name as in the sidebar. */
  name: z.string(),
  /** Start time in the editor's language. */
  when: z.string(),
  /** State without findings. */
  state: RunState,
  /** Address of the dataset folder for pictures in this panel; null: unknown, or not allowed. */
  imageRoot: z.string().nullable(),
});
export type ComparedRun = z.infer<typeof ComparedRun>;

/** predictions/test.csv as columns: `labels[i]` is the true class of image i, `logits` is [N, K] row-major. */
export const TestPredictions = z
  .object({
    relativePaths: z.array(z.string()),
    labels: z.array(z.int()),
    logits: LogitColumns,
    classCount: z.int().min(1),
    /** Note to show beside them, worded by the host: unusable rows. */
    note: z.string().optional(),
  })
  .refine((columns) => areColumnsOf(columns.relativePaths.length, columns), misfit);
export type TestPredictions = z.infer<typeof TestPredictions>;

/** Host -> panel. After `ready` the host sends a snapshot, then events numbered from `nextSeq`; after a gap the page asks for a new one. */
export const ToComparePanel = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('snapshot'),
    /** The requested set. */
    runIds: z.array(RunId).max(mostRuns),
    /** The runs of the set that exist. */
    runs: z.array(ComparedRun).max(mostRuns),
    nextSeq: z.int(),
    strings: z.record(z.string(), z.string()),
  }),
  z.object({ type: z.literal('event'), seq: z.int(), runId: RunId, event: RunEvent }),
  /** null: they cannot be read. */
  z.object({ type: z.literal('testPredictions'), runId: RunId, predictions: TestPredictions.nullable() }),
]);
export type ToComparePanel = z.infer<typeof ToComparePanel>;

/** Panel -> host. */
export const FromComparePanel = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ready') }),
  z.object({ type: z.literal('testPredictionsWanted'), runId: RunId }),
  z.object({ type: z.literal('openRun'), runId: RunId }),
  z.object({ type: z.literal('diffRecipes'), first: RunId, second: RunId }),
  /** An image from that run's test predictions. */
  z.object({ type: z.literal('openImage'), runId: RunId, relativePath: z.string().max(4096) }),
  /** Copies to the clipboard. */
  z.object({ type: z.literal('copy'), text: z.string().max(1_000_000) }),
]);
export type FromComparePanel = z.infer<typeof FromComparePanel>;

type CurveOf<S extends EpochSplit> = `${S}${Capitalize<MeasuredOn<S>>}`;
/** A metric of the epochs on a split: `valLoss`. */
export type CurveName = CurveOf<'val'> | CurveOf<'train'>;

const curveOf = (split: EpochSplit, metric: Metric) => ({
  name: `${split}${metric.name.charAt(0).toUpperCase()}${metric.name.slice(1)}` as CurveName,
  split,
  metric,
});
export const curves = (['val', 'train'] as const).flatMap((split) =>
  metricsOn(split).map((metric) => curveOf(split, metric)),
);
export const curveNames: readonly CurveName[] = curves.map(({ name }) => name);

/** State that a panel keeps between reloads (vscode.setState); restored state is parsed again. */
export const ComparePanelState = z.object({
  /** The requested set. */
  runIds: z.array(RunId).min(1).max(mostRuns),
  curve: z.enum(curveNames),
  logScale: z.boolean(),
  /** Runs whose curve is hidden. */
  hidden: z.array(z.string()).max(mostRuns),
  /** null: the best two. */
  pair: z.tuple([z.string(), z.string()]).nullable(),
});
export type ComparePanelState = z.infer<typeof ComparePanelState>;

/** For host.ts: the messages and state of the compare panel. */
export const compareProtocol = { received: ToComparePanel, sent: FromComparePanel, kept: ComparePanelState };
