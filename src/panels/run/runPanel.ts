// The panel of a run: `ready` is answered with a snapshot, then events follow, numbered. One panel a run; a panel that missed
// something asks again. Absent: what is drawn (webview/), where runs come from (runs/).
import { isDeepStrictEqual } from 'node:util';
import * as vscode from 'vscode';
import type { RunEvent } from '../../../shared/contracts/events.ts';
import { FromPanel, PanelState, type Predictions, type Standing, type ToPanel } from '../../../shared/messages/run.ts';
import type { RunIndex, RunNews } from '../../runs/index/runIndex.ts';
import type { Run } from '../../runs/runs.ts';
import { t } from '../../words/showError.ts';
import { coalesceProgress } from '../coalesce.ts';
import { createPanels, type LivePanel, type PanelParts, reasonOf } from '../panelHost.ts';
import { copyTable, saveTable } from './metricsTable.ts';
import { epochPredictions, newestPredictions } from './predictions.ts';
import { standingOf } from './standing.ts';

export const runPanelType = 'shoulders.run';

export type RunCommand =
  | 'stopRun'
  | 'pauseRun'
  | 'continueRun'
  | 'retryRun'
  | 'resumeRun'
  | 'openLog'
  | 'revealRun'
  | 'openEvaluation';

export interface RunPanelParts extends PanelParts {
  readonly index: RunIndex;
  /** A button of the panel; runs with the same checks as the command. */
  readonly command: (name: RunCommand, runId: string) => void;
}

export interface RunPanels extends vscode.Disposable {
  /** @throws Error when there is no such run */
  open(runId: string): Promise<void>;
}

/** Registers the restoring of panels; call during activation. */
export function createRunPanels(parts: RunPanelParts): RunPanels {
  const { index } = parts;
  const panels = createPanels({
    type: runPanelType,
    parts,
    key: (runId: string) => runId,
    kept: PanelState,
    async restore({ runId }) {
      await index.rescan();
      return runId;
    },
    read: (runId) => index.load(runId),
    title: (run) => standingOf(run, t).name,
    attach: (panel: LivePanel<ToPanel>, run) => new RunPanel(panel, run, parts),
  });
  // A deleted run has nothing left to show.
  const watching = index.onDidChange(() => panels.closeWhere((id) => !index.get(id)));
  return {
    async open(runId) {
      if (!(await panels.open(runId))) throw new Error(`There is no run ${runId}.`);
    },
    dispose: () => vscode.Disposable.from(watching, panels).dispose(),
  };
}

const commands = {
  stop: 'stopRun',
  pause: 'pauseRun',
  continue: 'continueRun',
  retry: 'retryRun',
  resume: 'resumeRun',
  openLog: 'openLog',
  revealFolder: 'revealRun',
  openEvaluation: 'openEvaluation',
} as const satisfies Partial<Record<FromPanel['type'], RunCommand>>;

class RunPanel {
  readonly #panel: LivePanel<ToPanel>;
  readonly #runId: string;
  readonly #parts: RunPanelParts;
  /** The number of the next event to the page. */
  #nextSeq = 0;
  /** As the page knows it. */
  #standing: Standing;

  constructor(panel: LivePanel<ToPanel>, run: Run, parts: RunPanelParts) {
    this.#panel = panel;
    this.#runId = run.id;
    this.#parts = parts;
    this.#standing = standingOf(run, t);
    panel.received(FromPanel, (message) => this.#act(message));
    panel.own(
      parts.index.onNews((news) => this.#tell(news)),
      parts.index.onDidChange(() => this.#tellStanding()),
    );
    panel.show({ script: 'run.js', folders: [vscode.Uri.joinPath(vscode.Uri.file(run.folder), 'samples')] });
  }

  async #act(message: FromPanel): Promise<void> {
    const run = this.#parts.index.get(this.#runId);
    switch (message.type) {
      case 'ready':
        this.#snapshotNow();
        break;
      case 'predictionsWanted':
        if (run) this.#panel.enqueue(() => this.#answer(run, message.epoch));
        break;
      case 'copyTable':
        if (run) await copyTable(run, message.format);
        break;
      case 'saveTable':
        if (run) await saveTable(run);
        break;
      default:
        this.#parts.command(commands[message.type], this.#runId);
    }
  }

  #tell(news: RunNews): void {
    if (news.id !== this.#runId || !this.#panel.isLive) return;
    if ('reset' in news) this.#snapshotNow();
    else this.#panel.enqueue(() => this.#send(coalesceProgress(news.events)));
  }

  /** The state is taken at once: it holds the news told so far, and later news queue up behind it. */
  #snapshotNow(): void {
    const run = this.#parts.index.get(this.#runId);
    if (!run) return;
    this.#panel.enqueue(() => this.#snapshot(run));
  }

  /** Name, requests, what can be done: they change without an event of the run. */
  #tellStanding(): void {
    const run = this.#parts.index.get(this.#runId);
    if (!run) return;
    const standing = standingOf(run, t);
    if (isDeepStrictEqual(standing, this.#standing)) return;
    this.#standing = standing;
    this.#panel.title = standing.name;
    if (this.#panel.isLive) this.#panel.enqueue(() => this.#panel.post({ type: 'standing', standing }));
  }

  async #answer(run: Run, epoch: number): Promise<void> {
    const predictions = await this.#read(run, () => epochPredictions(run, epoch));
    await this.#panel.post({ type: 'epochPredictions', epoch, predictions });
  }

  async #snapshot(run: Run): Promise<void> {
    const nextSeq = this.#nextSeq;
    const predictions = await this.#read(run, () => newestPredictions(run));
    await this.#panel.post({
      type: 'snapshot',
      run: run.state,
      nextSeq,
      predictions,
      standing: standingOf(run, t),
      imageRoot: this.#panel.address(run.folder),
      strings: this.#parts.strings,
    });
  }

  async #send(events: readonly RunEvent[]): Promise<void> {
    for (const event of events) await this.#panel.post({ type: 'event', seq: this.#nextSeq++, event });
    if (!events.some(({ type }) => type === 'epoch' || type === 'evaluated')) return;
    const run = this.#parts.index.get(this.#runId);
    const predictions = run && (await this.#read(run, () => newestPredictions(run)));
    if (predictions) await this.#panel.post({ type: 'predictions', predictions });
  }

  async #read(run: Run, read: () => Promise<Predictions | null>): Promise<Predictions | null> {
    try {
      return await read();
    } catch (error) {
      // The curves stand without them, and the next epoch brings new ones.
      this.#parts.log.warn(`No predictions of ${run.id}: ${reasonOf(error)}`);
      return null;
    }
  }
}
