// The contact sheet of a dataset: `ready` is answered with a snapshot, thumbnails follow as the page asks for those it is about to show.
// One panel a dataset. Absent: what is drawn (webview/), making thumbnails (the runner's, by thumbnailMaker.ts).
import { stat } from 'node:fs/promises';
import { basename, isAbsolute, join } from 'node:path';
import * as vscode from 'vscode';
import { z } from 'zod';
import { type SplitName, splitNames } from '../../shared/contracts/splits.ts';
import type { Thumbnail } from '../../shared/contracts/thumbnail.ts';
import {
  FromSheetPanel,
  SheetPanelState,
  type SheetThumbnail,
  type ToSheetPanel,
} from '../../shared/messages/sheet.ts';
import { settings } from '../config.ts';
import type { DatasetChecks } from '../datasets/datasetChecks.ts';
import { concerns, type FolderScan } from '../datasets/datasetIndex.ts';
import { type ImageList, listImages } from '../datasets/listImages.ts';
import { ThumbnailMaker } from '../datasets/thumbnailMaker.ts';
import { refuseTooWide } from '../datasets/tooWide.ts';
import { machineCacheFolder } from '../program/machineCache.ts';
import { runnerEnvironment } from '../program/runnerArguments.ts';
import type { RunIndex } from '../runs/index/runIndex.ts';
import { runsOf } from '../runs/runsOf.ts';
import { t } from '../words/showError.ts';
import { cardOf, groupsOf, type Marks, marksOf, sampleOf } from './sheetSnapshot.ts';
import { showPage } from './showPage.ts';

export const sheetPanelType = 'shoulders.sheet';

export interface SheetPanelParts {
  readonly index: RunIndex;
  readonly checks: DatasetChecks;
  /** Absolute path of the command line program. */
  readonly program: string;
  readonly extensionUri: vscode.Uri;
  readonly log: vscode.LogOutputChannel;
  /** The panel's strings in the editor's language; what is missing stays English. */
  readonly strings: Readonly<Record<string, string>>;
  /** Told when files of datasets came or went. */
  readonly onFilesChanged: (listener: (scan: FolderScan) => void) => { dispose(): void };
  readonly check: (dataset: string) => Promise<void>;
  readonly command: (name: 'fineTune' | 'openCheckReport' | 'revealDataset', dataset: vscode.Uri) => void;
}

/** What a row of the sidebar asks to see; null: all. */
export const SheetScope = z.object({ split: z.enum(splitNames).nullable(), className: z.string().nullable() });
export type SheetScope = z.infer<typeof SheetScope>;

export interface SheetPanels extends vscode.Disposable {
  /** `dataset`: absolute path of a folder. */
  open(dataset: string, scope?: SheetScope): Promise<void>;
}

/** Registers the restoring of panels; call during activation. */
export function createSheetPanels(parts: SheetPanelParts): SheetPanels {
  const open = new Map<string, SheetPanel>();
  const attach = (panel: vscode.WebviewPanel, dataset: string, seed: number): SheetPanel => {
    const shown = new SheetPanel(panel, dataset, seed, parts);
    open.set(dataset, shown);
    panel.onDidDispose(() => open.delete(dataset));
    return shown;
  };
  const serializer = vscode.window.registerWebviewPanelSerializer(sheetPanelType, {
    async deserializeWebviewPanel(panel, state) {
      const restored = SheetPanelState.safeParse(state);
      const dataset = restored.success && isAbsolute(restored.data.dataset) ? restored.data.dataset : undefined;
      // Decoding images starts a program on files of this folder.
      const mayShow = dataset !== undefined && vscode.workspace.isTrusted && !open.has(dataset);
      if (mayShow && (await isFolder(dataset)) && !(await isRefused(dataset)))
        attach(panel, dataset, restored.data!.seed);
      else panel.dispose();
    },
  });
  return {
    async open(dataset, scope) {
      await refuseTooWide(dataset);
      const shown =
        open.get(dataset) ??
        attach(
          vscode.window.createWebviewPanel(sheetPanelType, basename(dataset), vscode.ViewColumn.Active),
          dataset,
          firstSeed,
        );
      shown.reveal(scope);
    },
    dispose: () => vscode.Disposable.from(serializer, ...open.values()).dispose(),
  };
}

const firstSeed = 1;
/** Files come and go in bursts. */
const settleMs = 500;

class SheetPanel {
  readonly #panel: vscode.WebviewPanel;
  readonly #dataset: string;
  readonly #parts: SheetPanelParts;
  readonly #maker: ThumbnailMaker;
  readonly #listening: vscode.Disposable;
  #seed: number;
  #list: ImageList = { groups: [], complete: true };
  /** Every path that the page may name. */
  #paths: ReadonlySet<string> = new Set();
  #marks: Marks = new Map();
  /** What a row of the sidebar asked for before the page was there. */
  #scope: SheetScope | undefined;
  /** Until the page said `ready`, nobody listens. */
  #live = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Thumbnails told together: they come by dozens. */
  #made: SheetThumbnail[] = [];
  /** Messages keep their order although files are read in between. */
  #queue: Promise<void> = Promise.resolve();

  constructor(panel: vscode.WebviewPanel, dataset: string, seed: number, parts: SheetPanelParts) {
    this.#panel = panel;
    this.#dataset = dataset;
    this.#seed = seed;
    this.#parts = parts;
    this.#maker = new ThumbnailMaker({
      program: parts.program,
      dataset,
      cacheFolder: machineCacheFolder,
      linkFolders: settings().followLinks,
      environment: runnerEnvironment(process.env, settings().proxy),
      made: (thumbnail) => this.#tell(thumbnail),
    });
    this.#listening = vscode.Disposable.from(
      panel.webview.onDidReceiveMessage((message) => this.#received(message)),
      parts.checks.onDidChange((checked) => checked === dataset && this.#snapshotNow()),
      parts.onFilesChanged((scan) => concerns(scan, dataset) && this.#snapshotSoon()),
      this.#maker,
      { dispose: () => clearTimeout(this.#timer) },
    );
    panel.onDidDispose(() => this.#listening.dispose());
    showPage(panel, {
      extensionUri: parts.extensionUri,
      script: 'sheet.js',
      title: vscode.l10n.t('Contact Sheet: {0}', basename(dataset)),
      folders: [vscode.Uri.file(join(machineCacheFolder, 'thumbnails'))],
    });
  }

  reveal(scope: SheetScope | undefined): void {
    this.#panel.reveal();
    if (scope === undefined) return;
    if (this.#live) this.#enqueue(() => this.#post({ type: 'show', ...scope }));
    else this.#scope = scope;
  }

  dispose(): void {
    this.#panel.dispose();
  }

  #received(data: unknown): void {
    const message = FromSheetPanel.safeParse(data);
    if (message.success) this.#answer(message.data).catch((error: unknown) => this.#parts.log.error(String(error)));
    else this.#parts.log.warn(`A message of a contact sheet was refused: ${message.error.message}`);
  }

  async #answer(message: FromSheetPanel): Promise<void> {
    const { command } = this.#parts;
    const dataset = vscode.Uri.file(this.#dataset);
    switch (message.type) {
      case 'ready':
        this.#live = true;
        return this.#snapshotNow();
      case 'moreWanted':
        return this.#enqueue(() => this.#sendSample(message.split, message.className, message.count));
      case 'sampleAnew':
        this.#seed += 1;
        return this.#snapshotNow();
      case 'thumbnailsWanted':
        return this.#maker.want(message.relativePaths.filter((path) => this.#paths.has(path)));
      case 'openImage':
        return this.#enqueue(() => this.#openImage(message.relativePath));
      case 'check':
        return this.#parts.check(this.#dataset);
      case 'openReport':
        return command('openCheckReport', dataset);
      case 'fineTune':
        return command('fineTune', dataset);
      case 'reveal':
        return command('revealDataset', dataset);
    }
  }

  #snapshotSoon(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#snapshotNow(), settleMs);
  }

  #snapshotNow(): void {
    if (this.#live) this.#enqueue(() => this.#sendSnapshot());
  }

  async #sendSnapshot(): Promise<void> {
    const { checks, index, strings } = this.#parts;
    this.#list = await listImages(this.#dataset, { linkFolders: settings().followLinks });
    this.#paths = new Set(this.#list.groups.flatMap(({ relativePaths }) => relativePaths));
    const record = await checks.record(this.#dataset);
    this.#marks = marksOf(record?.result.findings ?? []);
    const card = cardOf(
      {
        name: basename(this.#dataset),
        folder: this.#dataset,
        list: this.#list,
        record,
        isChecking: checks.isRunning(this.#dataset),
        runCount: runsOf(this.#dataset, index.runs).length,
      },
      { now: new Date(), language: vscode.env.language, t },
    );
    const groups = groupsOf(this.#list, this.#seed, this.#marks);
    await this.#post({ type: 'snapshot', dataset: this.#dataset, seed: this.#seed, card, groups, strings });
    const scope = this.#scope;
    this.#scope = undefined;
    if (scope) await this.#post({ type: 'show', ...scope });
  }

  async #sendSample(split: SplitName | null, className: string, count: number): Promise<void> {
    const group = this.#list.groups.find((one) => one.split === split && one.className === className);
    if (!group) return;
    const sample = sampleOf(group, { seed: this.#seed, count, marks: this.#marks });
    await this.#post({ type: 'sample', seed: this.#seed, split, className, sample });
  }

  async #openImage(relativePath: string): Promise<void> {
    const file = vscode.Uri.file(join(this.#dataset, ...relativePath.split('/')));
    if (this.#paths.has(relativePath) && (await isFile(file.fsPath)))
      await vscode.commands.executeCommand('vscode.open', file, { preview: true });
    else await vscode.window.showWarningMessage(vscode.l10n.t('The image {0} is not there any more.', relativePath));
  }

  #tell(thumbnail: Thumbnail): void {
    const { relativePath } = thumbnail;
    if (this.#made.length === 0) setTimeout(() => this.#enqueue(() => this.#sendThumbnails()), togetherMs);
    this.#made.push(
      thumbnail.type === 'thumbnail'
        ? {
            relativePath,
            address: this.#panel.webview.asWebviewUri(vscode.Uri.file(thumbnail.file)).toString(),
            reason: null,
          }
        : { relativePath, address: null, reason: thumbnail.reason },
    );
  }

  async #sendThumbnails(): Promise<void> {
    const thumbnails = this.#made;
    this.#made = [];
    if (thumbnails.length > 0) await this.#post({ type: 'thumbnails', thumbnails });
  }

  async #post(message: ToSheetPanel): Promise<void> {
    await this.#panel.webview.postMessage(message);
  }

  #enqueue(work: () => Promise<void>): void {
    this.#queue = this.#queue.then(work).catch((error: unknown) => this.#parts.log.error(String(error)));
  }
}

const togetherMs = 50;

const isRefused = (dataset: string): Promise<boolean> =>
  refuseTooWide(dataset).then(
    () => false,
    () => true,
  );

const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );

const isFile = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
