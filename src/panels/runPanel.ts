// The panel of a run: `ready` is answered with a snapshot, then events follow, numbered. One panel a run; a panel that missed
// something asks again. Absent: what is drawn (webview/), where runs come from (runs/).
import { isDeepStrictEqual } from 'node:util';
import * as vscode from 'vscode';
import type { RunEvent } from '../../shared/contracts/events.ts';
import { FromPanel, PanelState, type Standing, type ToPanel } from '../../shared/messages/run.ts';
import type { RunIndex, RunNews } from '../runs/index/runIndex.ts';
import type { Run } from '../runs/run.ts';
import { showError, t, wording } from '../words/showError.ts';
import { coalesceProgress } from './coalesce.ts';
import { copyTable, saveTable } from './metricsTable.ts';
import { epochPredictions, newestPredictions, type ReadPredictions } from './predictions.ts';
import { showPage } from './showPage.ts';
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

export interface RunPanelParts {
  readonly index: RunIndex;
  readonly extensionUri: vscode.Uri;
  readonly log: vscode.LogOutputChannel;
  /** The panel's strings in the editor's language; what is missing stays English. */
  readonly strings: Readonly<Record<string, string>>;
  /** A button of the panel; runs with the same checks as the command. */
  readonly command: (name: RunCommand, runId: string) => void;
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
        run ? standingOf(run, t).name : runId,
        vscode.ViewColumn.Active,
      );
      await attach(panel, runId);
    },
    dispose: () => vscode.Disposable.from(serializer, watching, ...open.values()).dispose(),
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
  readonly #panel: vscode.WebviewPanel;
  readonly #runId: string;
  readonly #parts: RunPanelParts;
  readonly #listening: vscode.Disposable[];
  /** The number of the next event to the page. */
  #nextSeq = 0;
  /** Until the page said `ready`, nobody listens. */
  #live = false;
  /** As the page knows it. */
  #standing: Standing;
  /** Snapshots and events keep their order although predictions are read in between. */
  #queue: Promise<void> = Promise.resolve();

  constructor(panel: vscode.WebviewPanel, run: Run, parts: RunPanelParts) {
    this.#panel = panel;
    this.#runId = run.id;
    this.#parts = parts;
    const { index, extensionUri } = parts;
    this.#standing = standingOf(run, t);
    this.#listening = [
      panel.webview.onDidReceiveMessage((message) => this.#received(message)),
      index.onNews((news) => this.#tell(news)),
      index.onDidChange(() => this.#tellStanding()),
      panel.onDidDispose(() => vscode.Disposable.from(...this.#listening).dispose()),
    ];
    const samples = vscode.Uri.joinPath(vscode.Uri.file(run.folder), 'samples');
    showPage(panel, { extensionUri, script: 'run.js', title: this.#standing.name, folders: [samples] });
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
    this.#act(message.data).catch((error: unknown) => showError(error, this.#parts.log));
  }

  async #act(message: FromPanel): Promise<void> {
    const run = this.#parts.index.get(this.#runId);
    switch (message.type) {
      case 'ready':
        this.#snapshotNow();
        break;
      case 'predictionsWanted':
        if (run) this.#enqueue(() => this.#answer(run, message.epoch));
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

  /** Name, requests, what can be done: they change without an event of the run. */
  #tellStanding(): void {
    const run = this.#parts.index.get(this.#runId);
    if (!run) return;
    const standing = standingOf(run, t);
    if (isDeepStrictEqual(standing, this.#standing)) return;
    this.#standing = standing;
    this.#panel.title = standing.name;
    if (this.#live) this.#enqueue(() => this.#post({ type: 'standing', standing }));
  }

  async #answer(run: Run, epoch: number): Promise<void> {
    const read = await this.#read(run, () => epochPredictions(run, epoch));
    await this.#post({ type: 'epochPredictions', epoch, predictions: read?.predictions ?? null });
  }

  async #snapshot(run: Run): Promise<void> {
    const nextSeq = this.#nextSeq;
    const read = await this.#read(run, () => newestPredictions(run));
    const { problem, warnings, alarms, device } = run.state;
    const { webview } = this.#panel;
    await this.#post({
      type: 'snapshot',
      run: run.state,
      nextSeq,
      predictions: read?.predictions ?? null,
      problemText: problem && wording(problem),
      warningTexts: [...warnings, ...(read?.problems ?? [])].map(wording),
      alarmTexts: alarms.map((alarm) => wording(alarm.problem)),
      deviceText: device?.why ? wording(device.why) : null,
      standing: standingOf(run, t),
      imageRoot: webview.asWebviewUri(vscode.Uri.file(run.folder)).toString(),
      strings: this.#parts.strings,
    });
  }

  async #send(events: readonly RunEvent[]): Promise<void> {
    for (const event of events) {
      const problem =
        'problem' in event ? (event.problem ?? null) : 'device' in event ? (event.device.why ?? null) : null;
      await this.#post({ type: 'event', seq: this.#nextSeq++, event, problemText: problem && wording(problem) });
    }
    if (!events.some(({ type }) => type === 'epoch' || type === 'evaluated')) return;
    const run = this.#parts.index.get(this.#runId);
    const read = run && (await this.#read(run, () => newestPredictions(run)));
    if (read) await this.#post({ type: 'predictions', predictions: read.predictions });
  }

  async #read(run: Run, read: () => Promise<ReadPredictions | null>): Promise<ReadPredictions | null> {
    try {
      return await read();
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
