// The panel of a set of runs: the host answers `ready` with a snapshot, then sends the numbered events of all of them. One panel per set;
// it stays open when one of its runs is deleted. Absent: drawing (webview/), choosing runs (actions/pickRuns.ts).
import { dirname } from 'node:path';
import * as vscode from 'vscode';
import {
  type ComparedRun,
  ComparePanelState,
  FromComparePanel,
  type TestPredictions,
  type ToComparePanel,
} from '../../../shared/messages/compare.ts';
import type { RunIndex, RunNews } from '../../runs/index/runIndex.ts';
import { type Run, runName } from '../../runs/runs.ts';
import { wording } from '../../words/showError.ts';
import { whenText } from '../../words/time.ts';
import { copyText, openImage } from '../answers.ts';
import { folderToShow } from '../folderToShow.ts';
import { createPanels, type LivePanel, type PanelParts, reasonOf } from '../panelHost.ts';
import { diffRecipes, registerRecipeDocuments } from './recipeDocuments.ts';
import { imageOf, readTestPredictions } from './testPredictions.ts';

export const comparePanelType = 'shoulders.compare';

export interface ComparePanelParts extends PanelParts {
  readonly index: RunIndex;
  readonly openRun: (runId: string) => void;
}

export interface ComparePanels extends vscode.Disposable {
  /** Two to ten ids of runs. */
  open(runIds: readonly string[]): Promise<void>;
}

interface Content {
  readonly runIds: readonly string[];
  /** Dataset folders whose pictures the page may show; fixed, because a change would reload the page. */
  readonly folders: ReadonlySet<string>;
}

/** Registers the restoring of panels and the recipes' documents; call during activation. */
export function createComparePanels(parts: ComparePanelParts): ComparePanels {
  const { index } = parts;
  const panels = createPanels({
    type: comparePanelType,
    parts,
    key: (runIds: readonly string[]) => runIds.toSorted().join(),
    kept: ComparePanelState,
    async restore(kept): Promise<readonly string[] | undefined> {
      await index.rescan();
      const runIds = [...new Set(kept.runIds)];
      return runIds.some((id) => index.get(id)) ? runIds : undefined;
    },
    waiting: (runIds) => ({
      title: titleOf(runIds),
      sentence: vscode.l10n.t('Loading the runs…'),
      place: foldersOf(runIds.map((id) => index.get(id)).filter((run) => run !== undefined)),
    }),
    async read(runIds): Promise<Content> {
      for (const id of runIds) await index.load(id);
      const datasets = new Set(runIds.map((id) => index.get(id)?.state.dataset ?? null));
      const folders = await Promise.all([...datasets].map(folderToShow));
      return { runIds, folders: new Set(folders.filter((folder) => folder !== null)) };
    },
    title: ({ runIds }) => titleOf(runIds),
    attach: (panel: LivePanel<ToComparePanel>, content: Content) => new ComparePanel(panel, content, parts),
  });
  const documents = registerRecipeDocuments(index);
  return {
    open: async (runIds) => void (await panels.open(runIds)),
    dispose: () => vscode.Disposable.from(documents, panels).dispose(),
  };
}

const titleOf = (runIds: readonly string[]): string => vscode.l10n.t('Compare {0} Runs', runIds.length);

/** Folders that contain the runs. */
const foldersOf = (runs: readonly Run[]): string => [...new Set(runs.map(({ folder }) => dirname(folder)))].join(', ');

class ComparePanel {
  readonly #panel: LivePanel<ToComparePanel>;
  readonly #runIds: readonly string[];
  readonly #parts: ComparePanelParts;
  readonly #folders: ReadonlySet<string>;
  /** Predictions sent to the page, which decide what images it may name. */
  readonly #predictions = new Map<string, TestPredictions>();
  /** Existence and names of the runs when the page last received them. */
  #told = '';
  /** The number of the next event to the page. */
  #nextSeq = 0;

  constructor(panel: LivePanel<ToComparePanel>, { runIds, folders }: Content, parts: ComparePanelParts) {
    this.#panel = panel;
    this.#runIds = runIds;
    this.#parts = parts;
    this.#folders = folders;
    const ofThese = FromComparePanel.refine(
      (message) => idsIn(message).every((id) => runIds.includes(id)),
      'it names a run that is not compared here',
    );
    panel.received(ofThese, (message) => this.#answer(message));
    panel.own(
      parts.index.onNews((news) => this.#tell(news)),
      parts.index.onDidChange(() => panel.isLive && this.#told !== this.#present() && this.#snapshotNow()),
    );
    panel.show({ script: 'compare.js', folders: [...folders].map((folder) => vscode.Uri.file(folder)) });
  }

  #runs(): Run[] {
    return this.#runIds.map((id) => this.#parts.index.get(id)).filter((run) => run !== undefined);
  }

  #present(): string {
    return JSON.stringify(this.#runs().map((run) => [run.id, runName(run)]));
  }

  async #answer(message: FromComparePanel): Promise<void> {
    switch (message.type) {
      case 'ready':
        return this.#snapshotNow();
      case 'testPredictionsWanted':
        return this.#panel.enqueue(() => this.#sendPredictions(message.runId));
      case 'openRun':
        return this.#parts.openRun(message.runId);
      case 'diffRecipes':
        return diffRecipes(this.#named(message.first), this.#named(message.second));
      case 'openImage':
        return this.#openImage(message.runId, message.relativePath);
      case 'copy':
        return copyText(message.text);
    }
  }

  #tell(news: RunNews): void {
    if (!this.#panel.isLive || !this.#runIds.includes(news.id)) return;
    if ('reset' in news) {
      this.#snapshotNow();
      return;
    }
    // This panel shows no progress.
    const events = news.events.filter(({ type }) => type !== 'progress');
    this.#panel.enqueue(async () => {
      for (const event of events)
        await this.#panel.post({ type: 'event', seq: this.#nextSeq++, runId: news.id, event });
    });
  }

  /** Reads a returned run first and then takes the state at once: it includes all news so far, and later news queue up behind it. */
  #snapshotNow(): void {
    this.#told = this.#present();
    this.#panel.attempt(async () => {
      await Promise.all(this.#runs().map(({ id }) => this.#parts.index.load(id)));
      const runs = this.#runs().map((run) => this.#compared(run));
      this.#panel.enqueue(() =>
        this.#panel.post({
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
      imageRoot: shown ? this.#panel.address(dataset) : null,
    };
  }

  async #sendPredictions(runId: string): Promise<void> {
    const run = this.#parts.index.get(runId);
    let predictions: TestPredictions | null = null;
    try {
      if (run) predictions = await readTestPredictions(run, wording);
    } catch (error) {
      this.#parts.log.warn(`No test predictions of ${runId}: ${reasonOf(error)}`);
    }
    if (predictions) this.#predictions.set(runId, predictions);
    await this.#panel.post({ type: 'testPredictions', runId, predictions });
  }

  async #openImage(runId: string, relativePath: string): Promise<void> {
    const predictions = this.#predictions.get(runId);
    const dataset = this.#parts.index.get(runId)?.state.dataset ?? null;
    await openImage(predictions && imageOf(dataset, predictions, relativePath), relativePath);
  }

  #named(id: string): { id: string; name: string } {
    const run = this.#parts.index.get(id);
    return { id, name: run ? `${runName(run)} ${whenText(run.createdAt, new Date(), vscode.env.language)}` : id };
  }
}

function idsIn(message: FromComparePanel): string[] {
  if ('runId' in message) return [message.runId];
  return message.type === 'diffRecipes' ? [message.first, message.second] : [];
}
