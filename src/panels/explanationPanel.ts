// The Grad-CAM panel: maps are made by `shoulders explain` when the page asks, line by line, and kept as long as the panel lives. One panel
// a run and set of images. Absent: what is drawn (webview/), the maps' arithmetic (the runner's).
import { stat } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join } from 'node:path';
import * as vscode from 'vscode';
import { type ExplanationLine, verdictOn } from '../../shared/contracts/explanation.ts';
import type { Thumbnail } from '../../shared/contracts/thumbnail.ts';
import {
  type CamQuestion,
  type Explained,
  ExplanationPanelState,
  FromExplanationPanel,
  mostImages,
  type ToExplanationPanel,
} from '../../shared/messages/explanation.ts';
import { settings } from '../config.ts';
import { ThumbnailMaker } from '../datasets/thumbnailMaker.ts';
import { camChoices, wordedRemark } from '../explanation/camChoices.ts';
import { Explainer } from '../explanation/explainer.ts';
import { machineCacheFolder } from '../program/machineCache.ts';
import { runnerEnvironment } from '../program/runnerArguments.ts';
import type { RunIndex } from '../runs/index/runIndex.ts';
import { type Run, runName } from '../runs/run.ts';
import { showError, t, wording } from '../words/showError.ts';
import { savePicture } from './savePicture.ts';
import { showPage } from './showPage.ts';

export const explanationPanelType = 'shoulders.explanation';

export interface ExplanationPanelParts {
  readonly index: RunIndex;
  /** Absolute path of the command line program. */
  readonly program: string;
  readonly extensionUri: vscode.Uri;
  readonly log: vscode.LogOutputChannel;
  /** The panel's strings in the editor's language; what is missing stays English. */
  readonly strings: Readonly<Record<string, string>>;
  readonly openRun: (runId: string) => void;
}

export interface ExplanationPanels extends vscode.Disposable {
  /** `images`: absolute paths, at least one. */
  open(runId: string, images: readonly string[]): void;
}

/** Registers the restoring of panels; call during activation. */
export function createExplanationPanels(parts: ExplanationPanelParts): ExplanationPanels {
  const open = new Map<string, ExplanationPanel>();
  const keyOf = (runId: string, images: readonly string[]) => JSON.stringify([runId, images]);
  const attach = (panel: vscode.WebviewPanel, runId: string, images: readonly string[]): void => {
    const key = keyOf(runId, images);
    open.set(key, new ExplanationPanel(panel, runId, images, parts));
    panel.onDidDispose(() => open.delete(key));
  };
  const serializer = vscode.window.registerWebviewPanelSerializer(explanationPanelType, {
    async deserializeWebviewPanel(panel, state) {
      const restored = ExplanationPanelState.safeParse(state).data;
      // The page asks for its maps at once: that starts a program on these files.
      if (restored && vscode.workspace.isTrusted) await parts.index.rescan();
      const paths = restored?.paths.filter(isAbsolute) ?? [];
      const there = (await Promise.all(paths.map(isFile))).some((is) => is);
      const mayShow = restored && vscode.workspace.isTrusted && there && parts.index.get(restored.runId);
      if (mayShow && !open.has(keyOf(restored.runId, paths))) attach(panel, restored.runId, paths);
      else panel.dispose();
    },
  });
  return {
    open(runId, images) {
      const shown = open.get(keyOf(runId, images));
      if (shown) return shown.reveal();
      const title = titleOf(images);
      attach(vscode.window.createWebviewPanel(explanationPanelType, title, vscode.ViewColumn.Active), runId, images);
    },
    dispose: () => vscode.Disposable.from(serializer, ...open.values()).dispose(),
  };
}

const titleOf = (images: readonly string[]): string =>
  images.length === 1
    ? vscode.l10n.t('Grad-CAM: {0}', basename(images[0]!))
    : vscode.l10n.t('Grad-CAM: {0} images', images.length);

type Answer = Explained | Extract<ToExplanationPanel, { type: 'failed' }>;

/** What the runner works on. `id`: the newest request that waits for it. */
interface Work {
  id: number;
  readonly question: CamQuestion;
  readonly check: boolean;
  readonly paths: ReadonlySet<string>;
}

class ExplanationPanel {
  readonly #panel: vscode.WebviewPanel;
  readonly #runId: string;
  readonly #images: readonly string[];
  readonly #leftOut: number;
  readonly #parts: ExplanationPanelParts;
  readonly #listening: vscode.Disposable[];
  /** Until the page said `ready`, nobody listens. */
  #live = false;
  /** Of the weights of `#keptEpoch`; by answerKey(). */
  readonly #answers = new Map<string, Answer>();
  #keptEpoch: number | null | undefined;
  #work: Work | undefined;
  /** Keeps the network between questions; there once a question was asked. */
  #explainer: Explainer | undefined;
  /** For files that the page cannot show, a maker a folder. */
  readonly #makers = new Map<string, ThumbnailMaker>();
  /** Messages keep their order although files are read in between. */
  #queue: Promise<void> = Promise.resolve();

  constructor(panel: vscode.WebviewPanel, runId: string, images: readonly string[], parts: ExplanationPanelParts) {
    this.#panel = panel;
    this.#runId = runId;
    this.#images = images.slice(0, mostImages);
    this.#leftOut = images.length - this.#images.length;
    this.#parts = parts;
    this.#listening = [
      panel.webview.onDidReceiveMessage((message) => this.#received(message)),
      parts.index.onNews((news) => {
        if (news.id !== runId || !this.#live) return;
        if ('reset' in news || news.events.some(({ type }) => type === 'epoch' || type === 'resumed'))
          this.#enqueue(() => this.#newWeights());
      }),
      panel.onDidDispose(() => this.#disposed()),
    ];
    const folders = [...new Set(this.#images.map((image) => dirname(image)))];
    showPage(panel, {
      extensionUri: parts.extensionUri,
      script: 'explanation.js',
      title: titleOf(images),
      folders: [...folders, join(machineCacheFolder, 'thumbnails')].map((folder) => vscode.Uri.file(folder)),
    });
  }

  reveal(): void {
    this.#panel.reveal();
  }

  dispose(): void {
    this.#panel.dispose();
  }

  #disposed(): void {
    this.#forget();
    vscode.Disposable.from(...this.#listening, ...this.#makers.values()).dispose();
  }

  #received(data: unknown): void {
    const message = FromExplanationPanel.safeParse(data);
    if (!message.success) {
      this.#parts.log.warn(`A message of a Grad-CAM panel was refused: ${message.error.message}`);
      return;
    }
    this.#answer(message.data).catch((error: unknown) => showError(error, this.#parts.log));
  }

  async #answer(message: FromExplanationPanel): Promise<void> {
    switch (message.type) {
      case 'ready':
        this.#live = true;
        return this.#enqueue(() => this.#snapshot());
      case 'explain':
        return this.#enqueue(async () => this.#explain(message));
      case 'stop':
        this.#work = undefined;
        return this.#explainer?.stop();
      case 'pictureWanted':
        return this.#wantPicture(message.path);
      case 'openImage':
        return this.#openImage(message.path);
      case 'openRun':
        return this.#parts.openRun(this.#runId);
      case 'copy':
        await vscode.env.clipboard.writeText(message.text);
        vscode.window.setStatusBarMessage(vscode.l10n.t('Copied to the clipboard.'), 3000);
        return;
      case 'savePicture':
        return savePicture(message, this.#saveFolder());
    }
  }

  /** What is worked on, and the network that was loaded for it. */
  #forget(): void {
    this.#work = undefined;
    this.#explainer?.end();
    this.#explainer = undefined;
  }

  /** Weights of another epoch were kept: what was answered is about the ones before. */
  async #newWeights(): Promise<void> {
    const run = await this.#parts.index.load(this.#runId);
    if (run && keptEpochOf(run) !== this.#keptEpoch) await this.#snapshot();
  }

  async #snapshot(): Promise<void> {
    const { index, strings } = this.#parts;
    const run = await index.load(this.#runId);
    if (!run) return this.#panel.dispose(); // it was deleted
    const keptEpoch = keptEpochOf(run);
    if (keptEpoch !== this.#keptEpoch) {
      this.#answers.clear();
      this.#forget();
    }
    this.#keptEpoch = keptEpoch;
    await this.#post({
      type: 'snapshot',
      runId: run.id,
      runName: runName(run),
      keptEpoch,
      classNames: [...run.state.classNames],
      isMedical: run.state.recipe?.medical ?? false,
      images: this.#images.map((path) => ({
        path,
        name: basename(path),
        folder: basename(dirname(path)),
        address: this.#panel.webview.asWebviewUri(vscode.Uri.file(path)).toString(),
      })),
      leftOut: this.#leftOut,
      choices: camChoices(t),
      strings,
    });
  }

  #explain({ id, question, paths, check }: Extract<FromExplanationPanel, { type: 'explain' }>): void {
    const rest: string[] = [];
    for (const path of paths.filter((one) => this.#images.includes(one))) {
      const known = this.#answers.get(keyOf(path, question));
      if (known && (known.checked || !check)) void this.#post(known);
      else rest.push(path);
    }
    if (rest.length === 0) return void this.#post({ type: 'ended', id, sentence: null });
    const work = this.#work;
    const isOnIt =
      work !== undefined &&
      keyOf('', work.question) === keyOf('', question) &&
      work.check === check &&
      rest.every((path) => work.paths.has(path));
    if (isOnIt) {
      work.id = id;
      return;
    }
    this.#start({ id, question, check, paths: new Set(rest) });
  }

  #start(work: Work): void {
    this.#work = work;
    this.#run(work)
      .catch((error: unknown) => (error instanceof Error ? error.message : String(error)))
      .then((reason) => {
        if (this.#work !== work) return; // another took its place
        this.#work = undefined;
        void this.#post({ type: 'ended', id: work.id, sentence: reason ?? null });
      });
  }

  /** Why it broke off, in words; undefined: it came to its end. */
  async #run(work: Work): Promise<string | undefined> {
    const run = this.#parts.index.get(this.#runId);
    if (!run) return vscode.l10n.t('The run is not there any more.');
    let problem: string | undefined;
    let done = 0;
    const onLine = (told: ExplanationLine): void => {
      if (this.#work !== work) return;
      if (told.type === 'error') problem = wording(told);
      if (told.type !== 'explanation' && told.type !== 'problem') return;
      done++;
      this.#tell(told, work);
      void this.#post({ type: 'progress', id: work.id, done, total: work.paths.size });
    };
    this.#explainer ??= new Explainer({
      program: this.#parts.program,
      runFolder: run.folder,
      threads: () => settings().threads,
      environment: runnerEnvironment(process.env, null),
    });
    const { question, check, paths } = work;
    const lost = await this.#explainer.ask({ ...question, check, images: [...paths] }, onLine);
    if (problem !== undefined || lost === undefined) return problem;
    return wording({ code: 'engineFailed', params: { engine: 'cpu', reason: lost } });
  }

  #tell(line: Extract<ExplanationLine, { type: 'explanation' | 'problem' }>, { question, check }: Work): void {
    const path = line.image;
    if (!this.#images.includes(path)) return;
    const answer: Answer =
      line.type === 'problem'
        ? { type: 'failed', question, path, checked: check, sentence: wording(line.problem) }
        : {
            type: 'explained',
            question,
            explanation: line,
            remarkTexts: line.remarks.map((remark) => wordedRemark(remark, t)),
            checked: check,
            verdictTexts: verdictOn(line).map((remark) => wordedRemark(remark, t)),
          };
    // An image that failed may be mended: it is asked again the next time.
    if (answer.type === 'explained') this.#answers.set(keyOf(path, question), answer);
    void this.#post(answer);
  }

  #wantPicture(path: string): void {
    if (!this.#images.includes(path)) return;
    const folder = dirname(path);
    const maker =
      this.#makers.get(folder) ??
      new ThumbnailMaker({
        program: this.#parts.program,
        dataset: folder,
        cacheFolder: machineCacheFolder,
        linkFolders: settings().followLinks,
        environment: runnerEnvironment(process.env, settings().proxy),
        made: (thumbnail) => void this.#post(this.#pictureOf(folder, thumbnail)),
      });
    this.#makers.set(folder, maker);
    maker.want([basename(path)]);
  }

  #pictureOf(folder: string, thumbnail: Thumbnail): ToExplanationPanel {
    const path = join(folder, thumbnail.relativePath);
    return thumbnail.type === 'thumbnail'
      ? {
          type: 'picture',
          path,
          address: this.#panel.webview.asWebviewUri(vscode.Uri.file(thumbnail.file)).toString(),
          reason: null,
        }
      : { type: 'picture', path, address: null, reason: thumbnail.reason };
  }

  async #openImage(path: string): Promise<void> {
    if (this.#images.includes(path) && (await isFile(path)))
      await vscode.commands.executeCommand('vscode.open', vscode.Uri.file(path), { preview: true });
    else await vscode.window.showWarningMessage(vscode.l10n.t('The image {0} is not there any more.', path));
  }

  #saveFolder(): string {
    const run = this.#parts.index.get(this.#runId);
    return vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? run?.folder ?? dirname(this.#images[0]!);
  }

  async #post(message: ToExplanationPanel): Promise<void> {
    await this.#panel.webview.postMessage(message);
  }

  #enqueue(work: () => Promise<void>): void {
    this.#queue = this.#queue.then(work).catch((error: unknown) => this.#parts.log.error(String(error)));
  }
}

const keyOf = (path: string, { layer, method, of, target }: CamQuestion): string =>
  JSON.stringify([layer, method, of, target, path]);

/** The last epoch that was kept, of whatever stage; while none is told, the best one so far. */
function keptEpochOf({ state, epochCount }: Run): number | null {
  const kept = state.epochs.findLast(({ best }) => best)?.epoch;
  return kept ?? (epochCount > 0 ? epochCount : null);
}

const isFile = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
