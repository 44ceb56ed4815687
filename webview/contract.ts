// Host <-> run panel. Imported by src and webview; imports runner/contracts only.
import { z } from 'zod';
import { RunEvent } from '../runner/contracts/events.ts';
import { RunState } from '../runner/contracts/runState.ts';

/**
 * Validation predictions of one epoch (or of the kept weights, epoch null), as columns: `labels[i]` is the true class of image i,
 * `probabilities` is [N, K] row-major.
 */
export const Predictions = z.object({
  epoch: z.int().nullable(),
  labels: z.array(z.int()),
  probabilities: z.array(z.number()),
  classCount: z.int(),
});
export type Predictions = z.infer<typeof Predictions>;

/** Host -> panel. After `ready` the host answers with a snapshot, then with events numbered from `nextSeq`; a gap asks for a new snapshot. */
export const ToPanel = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('snapshot'),
    run: RunState,
    nextSeq: z.int(),
    predictions: Predictions.nullable(),
    /** The run's problem and warnings, worded by the host. */
    problemText: z.string().nullable(),
    warningTexts: z.array(z.string()),
    strings: z.record(z.string(), z.string()),
  }),
  z.object({ type: z.literal('event'), seq: z.int(), event: RunEvent, problemText: z.string().nullable() }),
  z.object({ type: z.literal('predictions'), predictions: Predictions }),
]);
export type ToPanel = z.infer<typeof ToPanel>;

/** Panel -> host. */
export const FromPanel = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ready') }),
  z.object({ type: z.literal('stop') }),
  z.object({ type: z.literal('openLog') }),
  z.object({ type: z.literal('revealFolder') }),
]);
export type FromPanel = z.infer<typeof FromPanel>;

/** What a panel keeps between reloads (vscode.setState); restored state is parsed again. */
export const PanelState = z.object({ runId: z.string(), threshold: z.number().nullable() });
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
