// The panel of a set of runs: `ready` is answered with a snapshot, then the events of all of them follow, numbered. One panel a set;
// it goes on when one of its runs is deleted. Absent: what is drawn (webview/), which runs are chosen (actions/pickRuns.ts).
import { access } from 'node:fs/promises';
import * as vscode from 'vscode';
import {
  type ComparedRun,
  ComparePanelState,
  FromComparePanel,
  type TestPredictions,
  type ToComparePanel,
} from '../../shared/messages/compare.ts';
import type { RunIndex, RunNews } from '../runs/index/runIndex.ts';
import { type Run, runName } from '../runs/run.ts';
import { wording } from '../words/showError.ts';
import { whenText } from '../words/time.ts';
import { mayShow } from './mayShow.ts';
import { diffRecipes, registerRecipeDocuments } from './recipeDocuments.ts';
import { showPage } from './showPage.ts';
import { imageOf, readTestPredictions } from './testPredictions.ts';

export const comparePanelType = 'shoulders.compare';

export interface ComparePanelParts {
  readonly index: RunIndex;
  readonly extensionUri: vscode.Uri;
  readonly log: vscode.LogOutputChannel;
  /** The panel's strings in the editor's language; what is missing stays English. */
  readonly strings: Readonly<Record<string, string>>;
  readonly openRun: (runId: string) => void;
}

export interface ComparePanels extends vscode.Disposable {
  /** Two to ten ids of runs. */
  open(runIds: readonly string[]): Promise<void>;
}

/** Registers the restoring of panels and the recipes' documents; call during activation. */
export function createComparePanels(parts: ComparePanelParts): ComparePanels {
  const open = new Map<string, ComparePanel>();
  const keyOf = (runIds: readonly string[]) => runIds.toSorted().join();
  const attach = async (panel: vscode.WebviewPanel, runIds: readonly string[]): Promise<void> => {
    for (const id of runIds) await parts.index.load(id);
    const key = keyOf(runIds);
    open.set(key, new ComparePanel(panel, runIds, parts));
    panel.onDidDispose(() => open.delete(key));
  };
  const serializer = vscode.window.registerWebviewPanelSerializer(comparePanelType, {
    async deserializeWebviewPanel(panel, state) {
      const restored = ComparePanelState.safeParse(state);
      if (restored.success) await parts.index.rescan();
      const runIds = restored.success ? [...new Set(restored.data.runIds)] : [];
      if (runIds.some((id) => parts.index.get(id)) && !open.has(keyOf(runIds))) await attach(panel, runIds);
      else panel.dispose();
    },
  });
  const documents = registerRecipeDocuments(parts.index);
  return {
    async open(runIds) {
      const shown = open.get(keyOf(runIds));
      if (shown) return shown.reveal();
      const title = vscode.l10n.t('Compare {0} Runs', runIds.length);
      await attach(vscode.window.createWebviewPanel(comparePanelType, title, vscode.ViewColumn.Active), runIds);
    },
    dispose: () => vscode.Disposable.from(serializer, documents, ...open.values()).dispose(),
  };
}

class ComparePanel {
  readonly #panel: vscode.WebviewPanel;
  readonly #runIds: readonly string[];
  readonly #parts: ComparePanelParts;
  readonly #listening: vscode.Disposable[];
  /** Dataset folders that the page may show pictures of: fixed, as a change would load the page anew. */
  readonly #folders: ReadonlySet<string>;
  /** What the page was sent, to know which images it may name. */
  readonly #predictions = new Map<string, TestPredictions>();
  /** Which of the runs were there when the page was last told, and what they were called. */
  #told = '';
  /** The number of the next event to the page. */
  #nextSeq = 0;
  /** Until the page said `ready`, nobody listens. */
  #live = false;
  /** Messages keep their order although files are read in between. */
  #queue: Promise<void> = Promise.resolve();

  constructor(panel: vscode.WebviewPanel, runIds: readonly string[], parts: ComparePanelParts) {
    this.#panel = panel;
    this.#runIds = runIds;
    this.#parts = parts;
    this.#folders = new Set(this.#runs().flatMap(({ state }) => (mayShow(state.dataset) ? [state.dataset] : [])));
    this.#listening = [
      panel.webview.onDidReceiveMessage((message) => this.#received(message)),
      parts.index.onNews((news) => this.#tell(news)),
      parts.index.onDidChange(() => this.#live && this.#told !== this.#present() && this.#snapshotNow()),
      panel.onDidDispose(() => vscode.Disposable.from(...this.#listening).dispose()),
    ];
    showPage(panel, {
      extensionUri: parts.extensionUri,
      script: 'compare.js',
      title: vscode.l10n.t('Compare {0} Runs', runIds.length),
      folders: [...this.#folders].map((folder) => vscode.Uri.file(folder)),
    });
  }

  reveal(): void {
    this.#panel.reveal();
  }

  dispose(): void {
    this.#panel.dispose();
  }

  #runs(): Run[] {
    return this.#runIds.map((id) => this.#parts.index.get(id)).filter((run) => run !== undefined);
  }

  #present(): string {
    return JSON.stringify(this.#runs().map((run) => [run.id, runName(run)]));
  }

  #received(data: unknown): void {
    const message = FromComparePanel.safeParse(data);
    const known = message.success && idsIn(message.data).every((id) => this.#runIds.includes(id));
    if (!message.success || !known) {
      const reason = message.success ? 'it names a run that is not compared here' : message.error.message;
      this.#parts.log.warn(`A message of a comparison's panel was refused: ${reason}`);
      return;
    }
    this.#answer(message.data).catch((error: unknown) => this.#parts.log.error(String(error)));
  }

  async #answer(message: FromComparePanel): Promise<void> {
    switch (message.type) {
      case 'ready':
        this.#live = true;
        return this.#snapshotNow();
      case 'testPredictionsWanted':
        return this.#enqueue(() => this.#sendPredictions(message.runId));
      case 'openRun':
        return this.#parts.openRun(message.runId);
      case 'diffRecipes':
        return diffRecipes(this.#named(message.first), this.#named(message.second));
      case 'openImage':
        return this.#openImage(message.runId, message.relativePath);
      case 'copy':
        await vscode.env.clipboard.writeText(message.text);
        vscode.window.setStatusBarMessage(vscode.l10n.t('Copied to the clipboard.'), 3000);
    }
  }

  #tell(news: RunNews): void {
    if (!this.#live || !this.#runIds.includes(news.id)) return;
    if ('reset' in news) {
      this.#snapshotNow();
      return;
    }
    // Nothing in this panel shows progress.
    const events = news.events.filter(({ type }) => type !== 'progress');
    this.#enqueue(async () => {
      for (const event of events) await this.#post({ type: 'event', seq: this.#nextSeq++, runId: news.id, event });
    });
  }

  /** A run that came back is read first; then the state is taken at once: it holds the news told so far, and later news queue up behind. */
  #snapshotNow(): void {
    this.#told = this.#present();
    const reading = Promise.all(this.#runs().map(({ id }) => this.#parts.index.load(id)));
    void reading.then(() => {
      const runs = this.#runs().map((run) => this.#compared(run));
      this.#enqueue(() =>
        this.#post({
          type: 'snapshot',
          runIds: [...this.#runIds],
          runs,
          nextSeq: this.#nextSeq,
          strings: this.#parts.strings,
        }),
      );
    });
  }

  #compared(run: Run): ComparedRun {
    const { dataset } = run.state;
    const shown = dataset !== null && this.#folders.has(dataset);
    return {
      id: run.id,
      index: this.#runIds.indexOf(run.id),
      name: runName(run),
      when: whenText(run.createdAt, new Date(), vscode.env.language),
      state: { ...run.state, findings: [], progress: null },
      imageRoot: shown ? this.#panel.webview.asWebviewUri(vscode.Uri.file(dataset)).toString() : null,
    };
  }

  async #sendPredictions(runId: string): Promise<void> {
    const run = this.#parts.index.get(runId);
    let predictions: TestPredictions | null = null;
    try {
      if (run) predictions = await readTestPredictions(run, wording);
    } catch (error) {
      this.#parts.log.warn(
        `No test predictions of ${runId}: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
    if (predictions) this.#predictions.set(runId, predictions);
    await this.#post({ type: 'testPredictions', runId, predictions });
  }

  async #openImage(runId: string, relativePath: string): Promise<void> {
    const predictions = this.#predictions.get(runId);
    const dataset = this.#parts.index.get(runId)?.state.dataset ?? null;
    const path = predictions && imageOf(dataset, predictions, relativePath);
    const isThere =
      path !== undefined &&
      (await access(path).then(
        () => true,
        () => false,
      ));
    if (isThere) await vscode.commands.executeCommand('vscode.open', vscode.Uri.file(path), { preview: true });
    else await vscode.window.showWarningMessage(vscode.l10n.t('The image {0} is not there any more.', relativePath));
  }

  #named(id: string): { id: string; name: string } {
    const run = this.#parts.index.get(id);
    return { id, name: run ? `${runName(run)} ${whenText(run.createdAt, new Date(), vscode.env.language)}` : id };
  }

  async #post(message: ToComparePanel): Promise<void> {
    await this.#panel.webview.postMessage(message);
  }

  #enqueue(work: () => Promise<void>): void {
    this.#queue = this.#queue.then(work).catch((error: unknown) => this.#parts.log.error(String(error)));
  }
}

function idsIn(message: FromComparePanel): string[] {
  if ('runId' in message) return [message.runId];
  return message.type === 'diffRecipes' ? [message.first, message.second] : [];
}
