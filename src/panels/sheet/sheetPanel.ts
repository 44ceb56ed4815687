// The contact sheet of a dataset: the host answers `ready` with a snapshot; thumbnails follow when the page requests those in view.
// One panel per dataset. Absent: drawing (webview/), making thumbnails (the runner does, through thumbnailMaker.ts).
import { stat } from 'node:fs/promises';
import { basename, isAbsolute, join } from 'node:path';
import * as vscode from 'vscode';
import { z } from 'zod';
import { type SplitName, splitNames } from '../../../shared/contracts/splits.ts';
import type { Thumbnail } from '../../../shared/contracts/thumbnail.ts';
import {
  FromSheetPanel,
  SheetPanelState,
  type SheetThumbnail,
  type ToSheetPanel,
} from '../../../shared/messages/sheet.ts';
import { settings } from '../../config.ts';
import type { DatasetChecks } from '../../datasets/checks/datasetChecks.ts';
import { concerns, type FolderScan } from '../../datasets/index/datasetIndex.ts';
import { type ImageList, listImages } from '../../datasets/index/listImages.ts';
import { refuseTooWide } from '../../datasets/index/tooWide.ts';
import { ThumbnailMaker } from '../../datasets/thumbnailMaker.ts';
import { machineCacheFolder } from '../../program/machineCache.ts';
import { runnerEnvironment } from '../../program/runnerArguments.ts';
import type { RunIndex } from '../../runs/index/runIndex.ts';
import { runsOf } from '../../runs/runsOf.ts';
import { t } from '../../words/showError.ts';
import { openImage } from '../answers.ts';
import { createPanels, type LivePanel, type PanelParts } from '../panelHost.ts';
import { cardOf, groupsOf, type Marks, marksOf, sampleOf } from './sheetSnapshot.ts';

export const sheetPanelType = 'shoulders.sheet';

export interface SheetPanelParts extends PanelParts {
  readonly index: RunIndex;
  readonly checks: DatasetChecks;
  /** Absolute path of the command line program. */
  readonly program: string;
  /** Called when files of datasets came or went. */
  readonly onFilesChanged: (listener: (scan: FolderScan) => void) => { dispose(): void };
  readonly check: (dataset: string) => Promise<void>;
  readonly command: (name: 'fineTune' | 'openCheckReport' | 'revealDataset', dataset: vscode.Uri) => void;
}

/** Split or class requested by a row of the sidebar; null: all. */
export const SheetScope = z.object({ split: z.enum(splitNames).nullable(), className: z.string().nullable() });
export type SheetScope = z.infer<typeof SheetScope>;

export interface SheetPanels extends vscode.Disposable {
  /** `dataset`: absolute path of a folder. */
  open(dataset: string, scope?: SheetScope): Promise<void>;
}

/** `seed`: for the random order of its images. */
interface Subject {
  readonly dataset: string;
  readonly seed: number;
}

/** Registers the restoring of panels; call during activation. */
export function createSheetPanels(parts: SheetPanelParts): SheetPanels {
  const panels = createPanels({
    type: sheetPanelType,
    parts,
    key: ({ dataset }: Subject) => dataset,
    kept: SheetPanelState,
    async restore({ dataset, seed }) {
      // Decoding images starts a program on files of this folder.
      const mayShow = isAbsolute(dataset) && vscode.workspace.isTrusted && (await isFolder(dataset));
      return mayShow ? { dataset, seed } : undefined;
    },
    waiting: ({ dataset }) => ({ title: titleOf(dataset), sentence: t('Looking for the images…'), place: dataset }),
    async read(subject) {
      await refuseTooWide(subject.dataset);
      return subject;
    },
    title: ({ dataset }) => titleOf(dataset),
    attach: (panel: LivePanel<ToSheetPanel>, subject) => new SheetPanel(panel, subject, parts),
  });
  return {
    async open(dataset, scope) {
      const panel = await panels.open({ dataset, seed: firstSeed });
      if (scope !== undefined) panel?.scrollTo(scope);
    },
    dispose: () => panels.dispose(),
  };
}

const titleOf = (dataset: string): string => vscode.l10n.t('Contact Sheet: {0}', basename(dataset));

const firstSeed = 1;
/** Files come and go in bursts. */
const settleMs = 500;

class SheetPanel {
  readonly #panel: LivePanel<ToSheetPanel>;
  readonly #dataset: string;
  readonly #parts: SheetPanelParts;
  readonly #maker: ThumbnailMaker;
  #seed: number;
  #list: ImageList = { groups: [], complete: true };
  /** All paths that the page may name. */
  #paths: ReadonlySet<string> = new Set();
  #marks: Marks = new Map();
  /** Filter requested by a row of the sidebar before the page was ready. */
  #scope: SheetScope | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Thumbnails batched into one message, because they arrive by the dozen. */
  #made: SheetThumbnail[] = [];

  constructor(panel: LivePanel<ToSheetPanel>, { dataset, seed }: Subject, parts: SheetPanelParts) {
    this.#panel = panel;
    this.#dataset = dataset;
    this.#seed = seed;
    this.#parts = parts;
    this.#maker = new ThumbnailMaker({
      program: parts.program,
      dataset,
      cacheFolder: machineCacheFolder,
      linkFolders: settings().machine.linkFolders,
      environment: runnerEnvironment(process.env, settings().proxy),
      made: (thumbnail) => this.#tell(thumbnail),
    });
    panel.received(FromSheetPanel, (message) => this.#answer(message));
    panel.own(
      parts.checks.onDidChange((checked) => checked === dataset && this.#snapshotNow()),
      parts.onFilesChanged((scan) => concerns(scan, dataset) && this.#snapshotSoon()),
      this.#maker,
      { dispose: () => clearTimeout(this.#timer) },
    );
    panel.show({ script: 'sheet.js', folders: [vscode.Uri.file(join(machineCacheFolder, 'thumbnails'))] });
  }

  scrollTo(scope: SheetScope): void {
    if (this.#panel.isLive) this.#panel.enqueue(() => this.#panel.post({ type: 'show', ...scope }));
    else this.#scope = scope;
  }

  async #answer(message: FromSheetPanel): Promise<void> {
    const { command } = this.#parts;
    const dataset = vscode.Uri.file(this.#dataset);
    switch (message.type) {
      case 'ready':
        return this.#snapshotNow();
      case 'moreWanted':
        return this.#panel.enqueue(() => this.#sendSample(message.split, message.className, message.count));
      case 'sampleAnew':
        this.#seed += 1;
        return this.#snapshotNow();
      case 'thumbnailsWanted':
        return this.#maker.want(message.relativePaths.filter((path) => this.#paths.has(path)));
      case 'openImage':
        return openImage(this.#imageOf(message.relativePath), message.relativePath);
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
    if (this.#panel.isLive) this.#panel.enqueue(() => this.#sendSnapshot());
  }

  async #sendSnapshot(): Promise<void> {
    const { checks, index, strings } = this.#parts;
    this.#list = await listImages(this.#dataset, { linkFolders: settings().machine.linkFolders });
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
    await this.#panel.post({ type: 'snapshot', dataset: this.#dataset, seed: this.#seed, card, groups, strings });
    const scope = this.#scope;
    this.#scope = undefined;
    if (scope) await this.#panel.post({ type: 'show', ...scope });
  }

  async #sendSample(split: SplitName | null, className: string, count: number): Promise<void> {
    const group = this.#list.groups.find((one) => one.split === split && one.className === className);
    if (!group) return;
    const sample = sampleOf(group, { seed: this.#seed, count, marks: this.#marks });
    await this.#panel.post({ type: 'sample', seed: this.#seed, split, className, sample });
  }

  /** undefined: the page may not name it. */
  #imageOf(relativePath: string): string | undefined {
    return this.#paths.has(relativePath) ? join(this.#dataset, ...relativePath.split('/')) : undefined;
  }

  #tell(thumbnail: Thumbnail): void {
    const { relativePath } = thumbnail;
    if (this.#made.length === 0) setTimeout(() => this.#panel.enqueue(() => this.#sendThumbnails()), togetherMs);
    this.#made.push(
      thumbnail.type === 'thumbnail'
        ? {
            relativePath,
            address: this.#panel.address(thumbnail.file),
            reason: null,
          }
        : { relativePath, address: null, reason: thumbnail.reason },
    );
  }

  async #sendThumbnails(): Promise<void> {
    const thumbnails = this.#made;
    this.#made = [];
    if (thumbnails.length > 0) await this.#panel.post({ type: 'thumbnails', thumbnails });
  }
}

const togetherMs = 50;

const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
