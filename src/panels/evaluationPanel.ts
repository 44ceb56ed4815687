// The panel of an evaluation: `ready` is answered with a snapshot that holds every score once; all arithmetic is the page's. One panel a
// source, and one more with its confusion matrix alone. Absent: what is drawn (webview/), reading (evaluationReader.ts).
import { access } from 'node:fs/promises';
import * as vscode from 'vscode';
import { appendTestLook, readTestLooks } from '../../shared/files/testLooks.ts';
import {
  EvaluationPanelState,
  type EvaluationSource,
  FromEvaluationPanel,
  type Subject,
  type TestLookCounts,
  type ToEvaluationPanel,
} from '../../shared/messages/evaluation.ts';
import type { ImageMoves } from '../datasets/imageMoves.ts';
import { relabelImages } from '../datasets/relabel.ts';
import { insideOf } from '../datasets/relabelPlan.ts';
import type { RunIndex } from '../runs/index/runIndex.ts';
import { showError, t, wording } from '../words/showError.ts';
import { whenText } from '../words/time.ts';
import { datasetFolder, type Reading, type ReadSubject, readEvaluation } from './evaluationReader.ts';
import { imagePlaces } from './imagePlaces.ts';
import { mayShow } from './mayShow.ts';
import { savePicture } from './savePicture.ts';
import { showPage } from './showPage.ts';
import { imageOf } from './testPredictions.ts';

export const evaluationPanelType = 'shoulders.evaluation';

/** Explains an image by a heat map; takes `{ runId, image }` or `{ runId, images }` with uris. */
const explainCommand = 'shoulders.explainImage';

export interface EvaluationPanelParts {
  readonly index: RunIndex;
  readonly extensionUri: vscode.Uri;
  readonly log: vscode.LogOutputChannel;
  /** The panel's strings in the editor's language; what is missing stays English. */
  readonly strings: Readonly<Record<string, string>>;
  readonly moves: ImageMoves;
  readonly openRun: (runId: string) => void;
}

export interface EvaluationPanels extends vscode.Disposable {
  /** A look at a test split is written down, once an opening. `matrix`: its confusion matrix alone. @throws Error when a record cannot be read */
  open(source: EvaluationSource, options?: { readonly matrix?: boolean }): Promise<void>;
}

/** Registers the restoring of panels; call during activation. */
export function createEvaluationPanels(parts: EvaluationPanelParts): EvaluationPanels {
  const open = new Map<string, EvaluationPanel>();
  const keyOf = (source: EvaluationSource, compact: boolean) => JSON.stringify([source, compact]);
  const read = (source: EvaluationSource) => readEvaluation(source, { run: (id) => parts.index.load(id), t, wording });
  const attach = (panel: vscode.WebviewPanel, reading: Reading, compact: boolean): void => {
    const { source } = reading.subject;
    const key = keyOf(source, compact);
    const whole: PanelParts = {
      ...parts,
      read: () => read(source),
      openOther: (other, matrix) => panels.open(other, { matrix }),
    };
    open.set(key, new EvaluationPanel(panel, reading, compact, whole));
    panel.onDidDispose(() => open.delete(key));
  };
  const serializer = vscode.window.registerWebviewPanelSerializer(evaluationPanelType, {
    async deserializeWebviewPanel(panel, state) {
      const restored = EvaluationPanelState.safeParse(state).data;
      if (restored) await parts.index.rescan();
      const reading = restored && (await read(restored.source).catch(() => undefined)); // a record that is gone
      if (reading && !open.has(keyOf(restored.source, restored.compact))) attach(panel, reading, restored.compact);
      else panel.dispose();
    },
  });
  const panels: EvaluationPanels = {
    async open(source, { matrix: compact = false } = {}) {
      const shown = open.get(keyOf(source, compact));
      if (shown) return shown.reveal();
      const reading = await read(source);
      if (!reading) return;
      await noteLook(reading, parts);
      const title = titleOf(reading.subject, compact);
      attach(vscode.window.createWebviewPanel(evaluationPanelType, title, vscode.ViewColumn.Active), reading, compact);
    },
    dispose: () => vscode.Disposable.from(serializer, ...open.values()).dispose(),
  };
  return panels;
}

/** Where nothing was tested there is nothing to look at. */
async function noteLook({ subject, shown }: Reading, { index, log }: EvaluationPanelParts): Promise<void> {
  const { source } = subject;
  const run = source.kind === 'split' && source.split === 'test' ? index.get(source.runId) : undefined;
  if (!run || !shown) return;
  try {
    await appendTestLook(run.folder, 'panel');
  } catch (error) {
    // A read-only folder is no reason to hide the results.
    log.warn(`The look at the test split of ${run.id} was not written down: ${String(error)}`);
  }
}

interface PanelParts extends EvaluationPanelParts {
  readonly read: () => Promise<Reading | undefined>;
  readonly openOther: (source: EvaluationSource, matrix: boolean) => Promise<void>;
}

class EvaluationPanel {
  readonly #panel: vscode.WebviewPanel;
  readonly #parts: PanelParts;
  readonly #compact: boolean;
  readonly #listening: vscode.Disposable[];
  /** The folder that the page may show pictures of: fixed, as a change would load the page anew. */
  readonly #folder: string | null;
  /** As the page was told, to know which images it may name. */
  #reading: Reading;
  /** Until the page said `ready`, nobody listens. */
  #live = false;
  /** Messages keep their order although files are read in between. */
  #queue: Promise<void> = Promise.resolve();

  constructor(panel: vscode.WebviewPanel, reading: Reading, compact: boolean, parts: PanelParts) {
    this.#panel = panel;
    this.#reading = reading;
    this.#compact = compact;
    this.#parts = parts;
    const { dataset, runId } = reading.subject;
    this.#folder = mayShow(dataset) ? dataset : null;
    const again = (): void => {
      if (this.#live) this.#enqueue(() => this.#snapshot());
    };
    this.#listening = [
      panel.webview.onDidReceiveMessage((message) => this.#received(message)),
      parts.index.onNews((news) => {
        if (news.id !== runId) return;
        if ('reset' in news || news.events.some(({ type }) => type === 'evaluated' || type === 'resumed')) again();
      }),
      parts.moves.onDidMove(() => this.#live && this.#enqueue(() => this.#tellPlaces())),
      panel.onDidDispose(() => vscode.Disposable.from(...this.#listening).dispose()),
    ];
    showPage(panel, {
      extensionUri: parts.extensionUri,
      script: 'evaluation.js',
      title: titleOf(reading.subject, compact),
      folders: this.#folder === null ? [] : [vscode.Uri.file(this.#folder)],
    });
  }

  reveal(): void {
    this.#panel.reveal();
  }

  dispose(): void {
    this.#panel.dispose();
  }

  #received(data: unknown): void {
    const message = FromEvaluationPanel.safeParse(data);
    if (!message.success) {
      this.#parts.log.warn(`A message of an evaluation's panel was refused: ${message.error.message}`);
      return;
    }
    this.#answer(message.data).catch((error: unknown) => showError(error, this.#parts.log));
  }

  async #answer(message: FromEvaluationPanel): Promise<void> {
    const { source, runId } = this.#reading.subject;
    switch (message.type) {
      case 'ready':
        this.#live = true;
        return this.#enqueue(() => this.#snapshot());
      case 'openRun':
        if (runId !== null) this.#parts.openRun(runId);
        return;
      case 'openSplit':
        return runId === null
          ? undefined
          : this.#parts.openOther({ kind: 'split', runId, split: message.split }, this.#compact);
      case 'openMatrix':
        return this.#parts.openOther(source, true);
      case 'openEvaluation':
        return this.#parts.openOther(source, false);
      case 'openImage':
        return this.#openImage(message.relativePath);
      case 'explain':
        return this.#explain(message.relativePath);
      case 'explainThese':
        return this.#explainThese(message.relativePaths);
      case 'relabel':
        return this.#relabel(message);
      case 'copy':
        await vscode.env.clipboard.writeText(message.text);
        vscode.window.setStatusBarMessage(vscode.l10n.t('Copied to the clipboard.'), 3000);
        return;
      case 'savePicture':
        return savePicture(message, this.#saveFolder());
    }
  }

  async #snapshot(): Promise<void> {
    this.#reading = (await this.#parts.read()) ?? this.#reading;
    const { shown, problem, validation } = this.#reading;
    await this.#post({
      type: 'snapshot',
      compact: this.#compact,
      subject: await this.#subject(),
      shown,
      problem,
      validation,
      places: await this.#places(),
      testLooks: await this.#testLooks(),
      strings: this.#parts.strings,
    });
  }

  async #subject(): Promise<Subject> {
    const { at, dataset, folderOfClass: _, ...subject } = this.#reading.subject;
    const shows = this.#folder !== null && this.#folder === dataset;
    const known = await vscode.commands.getCommands(true);
    return {
      ...subject,
      when: whenText(at, new Date(), vscode.env.language),
      notes: [...subject.notes],
      folder: dataset === null ? null : vscode.workspace.asRelativePath(vscode.Uri.file(dataset)),
      imageRoot: shows ? this.#panel.webview.asWebviewUri(vscode.Uri.file(dataset)).toString() : null,
      mayRelabel: shows && vscode.workspace.isTrusted && this.#reading.shown?.labels != null,
      mayExplain: shows && subject.runId !== null && known.includes(explainCommand),
    };
  }

  async #places() {
    const folder = datasetFolder(this.#reading.subject.dataset);
    const paths = this.#reading.shown?.relativePaths ?? [];
    if (folder === null) return { gone: [], moved: [] };
    return imagePlaces(folder, paths, this.#parts.moves.places);
  }

  async #tellPlaces(): Promise<void> {
    await this.#post({ type: 'places', places: await this.#places() });
  }

  async #testLooks(): Promise<TestLookCounts | null> {
    const { source } = this.#reading.subject;
    const run = source.kind === 'split' && source.split === 'test' ? this.#parts.index.get(source.runId) : undefined;
    if (!run || !this.#reading.shown) return null;
    const looks = await readTestLooks(run.folder).catch(() => []);
    const count = (by: keyof TestLookCounts) => looks.filter((look) => look.by === by).length;
    return { training: count('training'), evaluate: count('evaluate'), panel: count('panel') };
  }

  /** Where the image is now; undefined, and said so: it is not there. */
  async #imageNow(relativePath: string): Promise<string | undefined> {
    const { subject, shown } = this.#reading;
    const { moved } = await this.#places();
    const to = moved.find(({ from }) => from === relativePath)?.to;
    const named = shown && imageOf(subject.dataset, shown, relativePath);
    const path = named && to !== undefined ? insideOf(subject.dataset!, to) : named;
    const isThere =
      path != null &&
      (await access(path).then(
        () => true,
        () => false,
      ));
    if (isThere) return path;
    this.#enqueue(() => this.#tellPlaces());
    await vscode.window.showWarningMessage(vscode.l10n.t('The image {0} is not there any more.', relativePath));
    return undefined;
  }

  async #openImage(relativePath: string): Promise<void> {
    const path = await this.#imageNow(relativePath);
    if (path !== undefined)
      await vscode.commands.executeCommand('vscode.open', vscode.Uri.file(path), { preview: true });
  }

  async #explain(relativePath: string): Promise<void> {
    const { runId } = this.#reading.subject;
    const path = await this.#imageNow(relativePath);
    if (path !== undefined && runId !== null)
      await vscode.commands.executeCommand(explainCommand, { runId, image: vscode.Uri.file(path) });
  }

  /** Those that are still there, as a wall of maps. */
  async #explainThese(relativePaths: readonly string[]): Promise<void> {
    const { subject, shown } = this.#reading;
    const { dataset, runId } = subject;
    if (runId === null || dataset === null || !shown) return;
    const { moved, gone } = await this.#places();
    const places = new Map(moved.map(({ from, to }) => [from, to]));
    const images = relativePaths
      .filter((path) => !gone.includes(path))
      .map((path) => {
        const named = imageOf(dataset, shown, path);
        const to = places.get(path);
        return named && to !== undefined ? insideOf(dataset, to) : named;
      })
      .filter((path) => path != null)
      .map((path) => vscode.Uri.file(path));
    if (images.length > 0) await vscode.commands.executeCommand(explainCommand, { runId, images });
    if (images.length === relativePaths.length) return;
    this.#enqueue(() => this.#tellPlaces());
    const missing = relativePaths.length - images.length;
    await vscode.window.showWarningMessage(
      vscode.l10n.t('Not there any more: {0} of these {1} images.', missing, relativePaths.length),
    );
  }

  async #relabel({ relativePaths, className }: Extract<FromEvaluationPanel, { type: 'relabel' }>): Promise<void> {
    const { shown, subject } = this.#reading;
    const { dataset, classNames, folderOfClass } = subject;
    if (!vscode.workspace.isTrusted || dataset === null || shown?.labels == null || !classNames.includes(className))
      return;
    const { moved } = await this.#places();
    const folderOf = (name: string): string => folderOfClass.get(name) ?? name;
    const known = relativePaths.filter((path) => imageOf(dataset, shown, path) !== undefined);
    await relabelImages({
      dataset,
      relativePaths: known.map((path) => moved.find(({ from }) => from === path)?.to ?? path),
      classFolders: classNames.map(folderOf),
      target: folderOf(className),
    });
  }

  #saveFolder(): string {
    const { runId, source } = this.#reading.subject;
    const run = runId === null ? undefined : this.#parts.index.get(runId);
    const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath;
    return folder ?? run?.folder ?? (source.kind === 'record' ? source.folder : '/');
  }

  async #post(message: ToEvaluationPanel): Promise<void> {
    await this.#panel.webview.postMessage(message);
  }

  #enqueue(work: () => Promise<void>): void {
    this.#queue = this.#queue.then(work).catch((error: unknown) => this.#parts.log.error(String(error)));
  }
}

function titleOf({ name, split }: ReadSubject, compact: boolean): string {
  if (compact) return vscode.l10n.t('Confusion Matrix: {0}', name);
  if (split === 'val') return vscode.l10n.t('Evaluation: {0}, validation', name);
  return split === 'test' ? vscode.l10n.t('Evaluation: {0}, test', name) : vscode.l10n.t('Evaluation: {0}', name);
}
