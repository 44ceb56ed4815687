// Host <-> compare panel. Imported by src and webview; imports shared/contracts only.

import { z } from 'zod';
import { type EpochSplit, type MeasuredOn, type Metric, metricsOn } from '../contracts/classification/metricTable.ts';
import { RunEvent } from '../contracts/events.ts';
import { isRunId } from '../contracts/run.ts';
import { RunState } from '../contracts/runState.ts';

export const fewestRuns = 2;
export const mostRuns = 10;

const RunId = z.string().refine(isRunId, 'must be the name of a run');

/** A run in the panel. `index` is its place in the set that was asked for: it keeps letter and colour when another run goes. */
export const ComparedRun = z.object({
  id: RunId,
  index: z
    .int()
    .min(0)
    .max(mostRuns - 1),
  /** As the sidebar calls it. */
  name: z.string(),
  /** When it began, in the editor's language. */
  when: z.string(),
  /** Without findings. */
  state: RunState,
  /** Address of the dataset folder for pictures in this panel; null: unknown, or not to be shown. */
  imageRoot: z.string().nullable(),
});
export type ComparedRun = z.infer<typeof ComparedRun>;

/** predictions/test.csv as columns: `labels[i]` is the true class of image i, `logits` is [N, K] row-major. */
export const TestPredictions = z
  .object({
    relativePaths: z.array(z.string()),
    labels: z.array(z.int()),
    logits: z.array(z.number()),
    classCount: z.int().min(1),
    /** To be said beside them, worded by the host: rows that cannot be used. */
    note: z.string().optional(),
  })
  .refine(
    ({ relativePaths, labels, logits, classCount }) =>
      labels.length === relativePaths.length &&
      logits.length === labels.length * classCount &&
      labels.every((label) => label >= 0 && label < classCount),
    'the columns do not fit each other',
  );
export type TestPredictions = z.infer<typeof TestPredictions>;

/** Host -> panel. After `ready` the host answers with a snapshot, then with events numbered from `nextSeq`; a gap asks for a new snapshot. */
export const ToComparePanel = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('snapshot'),
    /** The set as it was asked for. */
    runIds: z.array(RunId).max(mostRuns),
    /** Those of them that are there. */
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
  /** An image of that run's test predictions. */
  z.object({ type: z.literal('openImage'), runId: RunId, relativePath: z.string().max(4096) }),
  /** Into the clipboard. */
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

/** What a panel keeps between reloads (vscode.setState); restored state is parsed again. */
export const ComparePanelState = z.object({
  /** The set as it was asked for. */
  runIds: z.array(RunId).min(1).max(mostRuns),
  curve: z.enum(curveNames),
  logScale: z.boolean(),
  /** Runs whose curve is switched off. */
  hidden: z.array(z.string()).max(mostRuns),
  /** null: the best two. */
  pair: z.tuple([z.string(), z.string()]).nullable(),
});
export type ComparePanelState = z.infer<typeof ComparePanelState>;

/** For host.ts: what the compare panel speaks. */
export const compareProtocol = { received: ToComparePanel, sent: FromComparePanel, kept: ComparePanelState };
