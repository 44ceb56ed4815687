// Host <-> run panel. Imported by src and webview; imports shared/contracts and its neighbors only.

import { z } from 'zod';
import { type ChartedMetric, chartedMetrics } from '../contracts/classification/metricTable.ts';
import { Problem, RunEvent } from '../contracts/events.ts';
import { RunState } from '../contracts/runState.ts';
import { atProbability, Threshold } from '../contracts/scores.ts';
import { areColumnsOf, LogitColumns, misfit } from './scoreColumns.ts';

/**
 * Validation predictions of one epoch (of the kept weights if epoch is null), as columns: `labels[i]` is the true class of image i,
 * `logits` is [N, K] row-major.
 */
export const Predictions = z
  .object({
    epoch: z.int().nullable(),
    labels: z.array(z.int()),
    logits: LogitColumns,
    classCount: z.int().min(1),
    /** Problems to show beside them: unusable rows, and ties. */
    problems: z.array(Problem).optional(),
  })
  .refine((columns) => areColumnsOf(columns.labels.length, columns), misfit);
export type Predictions = z.infer<typeof Predictions>;

/** State of a run that its events do not contain. */
export const Standing = z.object({
  /** Name as in the sidebar. */
  name: z.string(),
  /** `starting`: a process was started but has not logged anything yet, including one that resumes an ended run. */
  phase: z.enum(['starting', 'open', 'ended', 'unreadable']),
  stopRequested: z.boolean(),
  pauseRequested: z.boolean(),
  resumable: z.boolean(),
  /** Machine of a process that cannot be inspected from here, or the start of its silence; worded by the host. */
  elsewhere: z.string().nullable(),
  /** Last lines of output from the process of a run that died, oldest first. */
  lastLines: z.array(z.string()),
});
export type Standing = z.infer<typeof Standing>;

/** Host -> panel. After `ready` the host sends a snapshot, then events numbered from `nextSeq`; after a gap the page asks for a new one. */
export const ToPanel = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('snapshot'),
    run: RunState,
    nextSeq: z.int(),
    predictions: Predictions.nullable(),
    /** The predictions are still being read; a message `predictions` follows. */
    isReading: z.boolean(),
    standing: Standing,
    /** Address of the run folder for this panel's pictures, without a trailing slash. */
    imageRoot: z.string(),
    /** Words of the panel and sentences of problems in the editor's language (strings/strings.ts, strings/problems.ts). */
    strings: z.record(z.string(), z.string()),
  }),
  z.object({ type: z.literal('event'), seq: z.int(), event: RunEvent }),
  /** The latest predictions; null: there are none, or they cannot be read. */
  z.object({ type: z.literal('predictions'), predictions: Predictions.nullable() }),
  /** The answer to `predictionsWanted`; null: they cannot be read. */
  z.object({ type: z.literal('epochPredictions'), epoch: z.int(), predictions: Predictions.nullable() }),
  z.object({ type: z.literal('standing'), standing: Standing }),
]);
export type ToPanel = z.infer<typeof ToPanel>;

/** Panel -> host. */
export const FromPanel = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ready') }),
  z.object({ type: z.literal('stop') }),
  z.object({ type: z.literal('pause') }),
  z.object({ type: z.literal('continue') }),
  z.object({ type: z.literal('retry') }),
  z.object({ type: z.literal('resume') }),
  z.object({ type: z.literal('openLog') }),
  z.object({ type: z.literal('revealFolder') }),
  z.object({ type: z.literal('openEvaluation') }),
  /** Requests the validation predictions after this epoch. */
  z.object({ type: z.literal('predictionsWanted'), epoch: z.int().min(1) }),
  /** The table of all epochs; the host writes it and limits its size. */
  z.object({ type: z.literal('copyTable'), format: z.enum(['csv', 'markdown']) }),
  z.object({ type: z.literal('saveTable') }),
]);
export type FromPanel = z.infer<typeof FromPanel>;

const Span = z.tuple([z.number(), z.number()]).refine(([low, high]) => low < high, 'must ascend');

export type ChartName = ChartedMetric | 'learningRate' | 'recall';
export const chartNames: readonly ChartName[] = [...chartedMetrics.map(({ name }) => name), 'learningRate', 'recall'];

/** Display of the curves. */
export const CurveLook = z.object({
  /** Weight of the past in the moving average; 0: no smoothing. */
  smoothing: z.number().min(0).max(0.99),
  /** Charts with a logarithmic axis. */
  logarithmic: z.array(z.enum(chartNames)),
  /** Visible epochs, for all charts; null: all. */
  epochs: Span.nullable(),
  /** Visible values, by chart. */
  values: z.partialRecord(z.enum(chartNames), Span),
});
export type CurveLook = z.infer<typeof CurveLook>;

export const plainLook: CurveLook = { smoothing: 0, logarithmic: [], epochs: null, values: {} };

/** State that a panel keeps between reloads (vscode.setState); restored state is parsed again. */
export const PanelState = z.object({
  runId: z.string(),
  /** A bare number is a probability from an older version. */
  threshold: z.union([Threshold, z.number().min(0).max(1).transform(atProbability)]).nullable(),
  pickedClass: z.int().min(0).default(0),
  /** null: the newest. */
  pickedEpoch: z.int().min(1).nullable().default(null),
  look: CurveLook.default(plainLook),
});
export type PanelState = z.infer<typeof PanelState>;

/** For host.ts: the messages and state of the run panel. */
export const runProtocol = { received: ToPanel, sent: FromPanel, kept: PanelState };

/**
 * The content security policy of every panel's page. `cspSource` is `webview.cspSource`; `nonce` is fresh for each page.
 * No inline script or style and no eval. The one hash is that of the empty text: the library of controls appends an empty style
 * element to detect whether the browser supports :focus-visible, and takes a refusal for a no.
 */
export const panelPolicy = (cspSource: string, nonce: string): string =>
  [
    `default-src 'none'`,
    `img-src ${cspSource} data:`,
    `script-src 'nonce-${nonce}'`,
    `style-src ${cspSource} 'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='`,
    `font-src ${cspSource}`,
  ].join('; ');
