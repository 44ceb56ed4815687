// The panel of a run: `ready` is answered with a snapshot, then events follow, numbered. One panel a run; a panel that missed
// something asks again. Absent: what is drawn (webview/), where runs come from (runs/).
import * as vscode from 'vscode';
import type { RunEvent } from '../../runner/contracts/events.ts';
import { FromPanel, PanelState, type ToPanel } from '../../webview/contract.ts';
import { datasetName, type Run } from '../runs/run.ts';
import type { RunIndex, RunNews } from '../runs/runIndex.ts';
import { wording } from '../showError.ts';
import { coalesceProgress } from './coalesce.ts';
import { newestPredictions } from './newestPredictions.ts';
import { showPage } from './showPage.ts';

export const runPanelType = 'shoulders.run';

export interface RunPanelParts {
  readonly index: RunIndex;
  readonly extensionUri: vscode.Uri;
  readonly log: vscode.LogOutputChannel;
  /** The panel's strings in the editor's language; what is missing stays English. */
  readonly strings: Readonly<Record<string, string>>;
  /** A button of the panel; runs with the same checks as the command. */
  readonly command: (name: 'stopRun' | 'openLog' | 'revealRun', runId: string) => void;
}

export interface RunPanels extends vscode.Disposable {
  open(runId: string): Promise<void>;
}

/** Registers the restoring of panels; call during activation. */
export function createRunPanels(parts: RunPanelParts): RunPanels {
  const open = new Map<string, RunPanel>();
  const attach = async (panel: vscode.WebviewPanel, runId: string): Promise<void> => {
    const run = await parts.index.load(runId);
    if (!run) throw new Error(`There is no run ${runId}.`);
    open.set(runId, new RunPanel(panel, run, parts));
    panel.onDidDispose(() => open.delete(runId));
  };
  const serializer = vscode.window.registerWebviewPanelSerializer(runPanelType, {
    async deserializeWebviewPanel(panel, state) {
      const restored = PanelState.safeParse(state);
      if (restored.success) await parts.index.rescan();
      const run = restored.success ? parts.index.get(restored.data.runId) : undefined;
      if (run && !open.has(run.id)) await attach(panel, run.id);
      else panel.dispose();
    },
  });
  // A deleted run has nothing left to show.
  const watching = parts.index.onDidChange(() => {
    for (const [id, panel] of [...open]) if (!parts.index.get(id)) panel.dispose();
  });
  return {
    async open(runId) {
      const shown = open.get(runId);
      if (shown) return shown.reveal();
      const run = parts.index.get(runId);
      const panel = vscode.window.createWebviewPanel(
        runPanelType,
        run ? datasetName(run) : runId,
        vscode.ViewColumn.Active,
      );
      await attach(panel, runId);
    },
    dispose: () => vscode.Disposable.from(serializer, watching, ...open.values()).dispose(),
  };
}

class RunPanel {
  readonly #panel: vscode.WebviewPanel;
  readonly #runId: string;
  readonly #parts: RunPanelParts;
  readonly #listening: vscode.Disposable[];
  /** The number of the next event to the page. */
  #nextSeq = 0;
  /** Until the page said `ready`, nobody listens. */
  #live = false;
  /** Snapshots and events keep their order although predictions are read in between. */
  #queue: Promise<void> = Promise.resolve();

  constructor(panel: vscode.WebviewPanel, run: Run, parts: RunPanelParts) {
    this.#panel = panel;
    this.#runId = run.id;
    this.#parts = parts;
    const { index, extensionUri } = parts;
    this.#listening = [
      panel.webview.onDidReceiveMessage((message) => this.#received(message)),
      index.onNews((news) => this.#tell(news)),
      panel.onDidDispose(() => vscode.Disposable.from(...this.#listening).dispose()),
    ];
    showPage(panel, { extensionUri, script: 'run.js', title: datasetName(run) });
  }

  reveal(): void {
    this.#panel.reveal();
  }

  dispose(): void {
    this.#panel.dispose();
  }

  #received(data: unknown): void {
    const message = FromPanel.safeParse(data);
    if (!message.success) {
      this.#parts.log.warn(`A message of the panel of ${this.#runId} was refused: ${message.error.message}`);
      return;
    }
    switch (message.data.type) {
      case 'ready':
        this.#snapshotNow();
        break;
      case 'stop':
        this.#parts.command('stopRun', this.#runId);
        break;
      case 'openLog':
        this.#parts.command('openLog', this.#runId);
        break;
      case 'revealFolder':
        this.#parts.command('revealRun', this.#runId);
        break;
    }
  }

  #tell(news: RunNews): void {
    if (news.id !== this.#runId || !this.#live) return;
    if ('reset' in news) this.#snapshotNow();
    else this.#enqueue(() => this.#send(coalesceProgress(news.events)));
  }

  /** The state is taken at once: it holds the news told so far, and later news queue up behind it. */
  #snapshotNow(): void {
    const run = this.#parts.index.get(this.#runId);
    if (!run) return;
    this.#live = true;
    this.#enqueue(() => this.#snapshot(run));
  }

  async #snapshot(run: Run): Promise<void> {
    const nextSeq = this.#nextSeq;
    const predictions = await this.#predictions(run);
    const { problem, warnings } = run.state;
    await this.#post({
      type: 'snapshot',
      run: run.state,
      nextSeq,
      predictions,
      problemText: problem && wording(problem),
      warningTexts: warnings.map(wording),
      strings: this.#parts.strings,
    });
  }

  async #send(events: readonly RunEvent[]): Promise<void> {
    for (const event of events) {
      const problem = 'problem' in event ? event.problem : null;
      await this.#post({ type: 'event', seq: this.#nextSeq++, event, problemText: problem && wording(problem) });
    }
    if (!events.some(({ type }) => type === 'epoch' || type === 'evaluated')) return;
    const run = this.#parts.index.get(this.#runId);
    const predictions = run && (await this.#predictions(run));
    if (predictions) await this.#post({ type: 'predictions', predictions });
  }

  async #predictions(run: Run) {
    try {
      return await newestPredictions(run);
    } catch (error) {
      // The curves stand without them, and the next epoch brings new ones.
      this.#parts.log.warn(`No predictions of ${run.id}: ${error instanceof Error ? error.message : String(error)}`);
      return null;
    }
  }

  async #post(message: ToPanel): Promise<void> {
    await this.#panel.webview.postMessage(message);
  }

  #enqueue(work: () => Promise<void>): void {
    this.#queue = this.#queue.then(work).catch((error: unknown) => this.#parts.log.error(String(error)));
  }
}
