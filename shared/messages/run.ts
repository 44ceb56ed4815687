// Host <-> run panel. Imported by src and webview; imports shared/contracts only.

import { z } from 'zod';
import { type ChartedMetric, chartedMetrics } from '../contracts/classification/metricTable.ts';
import { Problem, RunEvent } from '../contracts/events.ts';
import { RunState } from '../contracts/runState.ts';
import { atProbability, Threshold } from '../contracts/scores.ts';

/**
 * Validation predictions of one epoch (or of the kept weights, epoch null), as columns: `labels[i]` is the true class of image i,
 * `logits` is [N, K] row-major.
 */
export const Predictions = z.object({
  epoch: z.int().nullable(),
  labels: z.array(z.int()),
  logits: z.array(z.number()),
  classCount: z.int(),
  /** To be said beside them: rows that cannot be used, or cannot be told apart. */
  problems: z.array(Problem).optional(),
});
export type Predictions = z.infer<typeof Predictions>;

/** What the editor knows of a run beyond its events. */
export const Standing = z.object({
  /** As the sidebar calls it. */
  name: z.string(),
  /** `starting`: a process was started that has not spoken yet, also one that goes on with a run that had ended. */
  phase: z.enum(['starting', 'open', 'ended', 'unreadable']),
  stopRequested: z.boolean(),
  pauseRequested: z.boolean(),
  resumable: z.boolean(),
  /** Where a run goes on whose process cannot be looked at from here, or since when it is silent; in words of the host. */
  elsewhere: z.string().nullable(),
  /** What the process of a run that died wrote last; oldest first. */
  lastLines: z.array(z.string()),
});
export type Standing = z.infer<typeof Standing>;

/** Host -> panel. After `ready` the host answers with a snapshot, then with events numbered from `nextSeq`; a gap asks for a new snapshot. */
export const ToPanel = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('snapshot'),
    run: RunState,
    nextSeq: z.int(),
    predictions: Predictions.nullable(),
    /** They are still being read; a message `predictions` follows. */
    isReading: z.boolean(),
    standing: Standing,
    /** Address of the run folder for this panel's pictures; no slash at the end. */
    imageRoot: z.string(),
    /** Words of the panel and sentences of problems in the editor's language (strings/strings.ts, strings/problems.ts). */
    strings: z.record(z.string(), z.string()),
  }),
  z.object({ type: z.literal('event'), seq: z.int(), event: RunEvent }),
  /** The newest; null: there are none, or they cannot be read. */
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
  /** The validation predictions after this epoch. */
  z.object({ type: z.literal('predictionsWanted'), epoch: z.int().min(1) }),
  /** The table of all epochs; the host writes it, so that its size is the host's to judge. */
  z.object({ type: z.literal('copyTable'), format: z.enum(['csv', 'markdown']) }),
  z.object({ type: z.literal('saveTable') }),
]);
export type FromPanel = z.infer<typeof FromPanel>;

const Span = z.tuple([z.number(), z.number()]).refine(([low, high]) => low < high, 'must ascend');

export type ChartName = ChartedMetric | 'learningRate' | 'recall';
export const chartNames: readonly ChartName[] = [...chartedMetrics.map(({ name }) => name), 'learningRate', 'recall'];

/** How the curves are looked at. */
export const CurveLook = z.object({
  /** Weight of the past in the moving average; 0: none. */
  smoothing: z.number().min(0).max(0.99),
  /** Charts with a logarithmic axis. */
  logarithmic: z.array(z.enum(chartNames)),
  /** Epochs in view, for all charts; null: all. */
  epochs: Span.nullable(),
  /** Values in view, by chart. */
  values: z.partialRecord(z.enum(chartNames), Span),
});
export type CurveLook = z.infer<typeof CurveLook>;

export const plainLook: CurveLook = { smoothing: 0, logarithmic: [], epochs: null, values: {} };

/** What a panel keeps between reloads (vscode.setState); restored state is parsed again. */
export const PanelState = z.object({
  runId: z.string(),
  /** A bare number is an older version's: a probability. */
  threshold: z.union([Threshold, z.number().min(0).max(1).transform(atProbability)]).nullable(),
  pickedClass: z.int().min(0).default(0),
  /** null: the newest. */
  pickedEpoch: z.int().min(1).nullable().default(null),
  look: CurveLook.default(plainLook),
});
export type PanelState = z.infer<typeof PanelState>;

/** For host.ts: what the run panel speaks. */
export const runProtocol = { received: ToPanel, sent: FromPanel, kept: PanelState };

/**
 * The content security policy of every panel's page. `cspSource` is `webview.cspSource`; `nonce` is fresh for each page.
 * No inline script or style and no eval. The one hash is that of the empty text: the controls' library appends an empty style
 * element to learn whether the browser knows :focus-visible, and takes a refusal for a no.
 */
export const panelPolicy = (cspSource: string, nonce: string): string =>
  [
    `default-src 'none'`,
    `img-src ${cspSource} data:`,
    `script-src 'nonce-${nonce}'`,
    `style-src ${cspSource} 'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='`,
    `font-src ${cspSource}`,
  ].join('; ');
