// The panel of an evaluation: the host answers `ready` with a snapshot that holds every score once; the page does all arithmetic. One panel
// per source, and another for its confusion matrix. Absent: drawing (webview/), reading (evaluationReader.ts).
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { recordFiles } from '../../../shared/contracts/classification/evaluationRecord.ts';
import { isMissing } from '../../../shared/files/systemError.ts';
import {
  EvaluationPanelState,
  type EvaluationSource,
  FromEvaluationPanel,
  type Subject,
  type TestLookCounts,
  type ToEvaluationPanel,
} from '../../../shared/messages/evaluation.ts';
import { appendTestLook, readTestLooks } from '../../../shared/runFolder/testLooks.ts';
import type { ImageMoves } from '../../datasets/relabelling/imageMoves.ts';
import { relabelImages } from '../../datasets/relabelling/relabel.ts';
import { insideOf } from '../../datasets/relabelling/relabelPlan.ts';
import type { RunIndex } from '../../runs/index/runIndex.ts';
import { t, wording } from '../../words/showError.ts';
import { whenText } from '../../words/time.ts';
import { copyText, isFile, openImage, showImageGone } from '../answers.ts';
import { imageOf } from '../compare/testPredictions.ts';
import { folderToShow } from '../folderToShow.ts';
import { createPanels, type LivePanel, type PanelParts, type Panels } from '../panelHost.ts';
import { savePicture } from '../savePicture.ts';
import { datasetFolder, type Reading, type ReadSubject, readEvaluation } from './evaluationReader.ts';
import { imagePlaces } from './imagePlaces.ts';

export const evaluationPanelType = 'shoulders.evaluation';

/** Explains an image by a heat map; accepts `{ runId, image }` or `{ runId, images }` with uris. */
const explainCommand = 'shoulders.explainImage';

export interface EvaluationPanelParts extends PanelParts {
  readonly index: RunIndex;
  readonly moves: ImageMoves;
  readonly openRun: (runId: string) => void;
}

export interface EvaluationPanels extends vscode.Disposable {
  /** Counts a look at a test split, once per opening. `matrix`: only its confusion matrix. */
  open(source: EvaluationSource, options?: { readonly matrix?: boolean }): Promise<void>;
}

/** `compact`: only its confusion matrix. */
interface Asked {
  readonly source: EvaluationSource;
  readonly compact: boolean;
}

interface Content {
  readonly reading: Reading;
  readonly compact: boolean;
  /** Folder whose pictures the page may show; fixed, because a change would reload the page. */
  readonly folder: string | null;
}

/** Registers the restoring of panels; call during activation. */
export function createEvaluationPanels(parts: EvaluationPanelParts): EvaluationPanels {
  const { index } = parts;
  const read = (source: EvaluationSource) => readEvaluation(source, { run: (id) => index.load(id), t, wording });
  const panels: Panels<Asked, EvaluationPanel> = createPanels({
    type: evaluationPanelType,
    parts,
    key: ({ source, compact }: Asked) => JSON.stringify([source, compact]),
    kept: EvaluationPanelState,
    async restore(kept) {
      const { source } = kept;
      if (source.kind === 'record' && (await isGone(join(source.folder, recordFiles.record)))) return undefined;
      await index.rescan();
      return kept;
    },
    waiting({ source, compact }) {
      const run = source.kind === 'split' ? index.get(source.runId) : undefined;
      return {
        title: compact ? t('Confusion matrix') : t('Evaluation'),
        sentence: t('Reading the predictions…'),
        place: source.kind === 'record' ? source.folder : (run?.folder ?? source.runId),
      };
    },
    async read({ source, compact }): Promise<Content | undefined> {
      const reading = await read(source);
      return reading && { reading, compact, folder: await folderToShow(reading.subject.dataset) };
    },
    beforeOpen: ({ reading }) => noteLook(reading, parts),
    title: ({ reading, compact }) => titleOf(reading.subject, compact),
    attach: (panel: LivePanel<ToEvaluationPanel>, content: Content) =>
      new EvaluationPanel(panel, content, {
        ...parts,
        read: () => read(content.reading.subject.source),
        openOther: async (source, compact) => void (await panels.open({ source, compact })),
      }),
  });
  return {
    open: async (source, { matrix: compact = false } = {}) => void (await panels.open({ source, compact })),
    dispose: () => panels.dispose(),
  };
}

const isGone = (file: string): Promise<boolean> => stat(file).then(() => false, isMissing);

/** Without a test there is no look to count. */
async function noteLook({ subject, shown }: Reading, { index, log }: EvaluationPanelParts): Promise<void> {
  const { source } = subject;
  const run = source.kind === 'split' && source.split === 'test' ? index.get(source.runId) : undefined;
  if (!run || !shown) return;
  try {
    await appendTestLook(run.folder, 'panel');
  } catch (error) {
    // The results appear even if the folder is read-only.
    log.warn(`The look at the test split of ${run.id} was not written down: ${String(error)}`);
  }
}

interface WholeParts extends EvaluationPanelParts {
  readonly read: () => Promise<Reading | undefined>;
  readonly openOther: (source: EvaluationSource, compact: boolean) => Promise<void>;
}

class EvaluationPanel {
  readonly #panel: LivePanel<ToEvaluationPanel>;
  readonly #parts: WholeParts;
  readonly #compact: boolean;
  readonly #folder: string | null;
  /** Data sent to the page, which decide what images it may name. */
  #reading: Reading;

  constructor(panel: LivePanel<ToEvaluationPanel>, { reading, compact, folder }: Content, parts: WholeParts) {
    this.#panel = panel;
    this.#reading = reading;
    this.#compact = compact;
    this.#parts = parts;
    this.#folder = folder;
    const { runId } = reading.subject;
    panel.received(FromEvaluationPanel, (message) => this.#answer(message));
    panel.own(
      parts.index.onNews((news) => {
        if (news.id !== runId || !panel.isLive) return;
        if ('reset' in news || news.events.some(({ type }) => type === 'evaluated' || type === 'resumed'))
          panel.enqueue(() => this.#snapshot());
      }),
      parts.moves.onDidMove(() => panel.isLive && panel.enqueue(() => this.#tellPlaces())),
    );
    panel.show({ script: 'evaluation.js', folders: folder === null ? [] : [vscode.Uri.file(folder)] });
  }

  async #answer(message: FromEvaluationPanel): Promise<void> {
    const { source, runId } = this.#reading.subject;
    switch (message.type) {
      case 'ready':
        return this.#panel.enqueue(() => this.#snapshot());
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
        return copyText(message.text);
      case 'savePicture':
        return savePicture(message, this.#saveFolder());
    }
  }

  async #snapshot(): Promise<void> {
    this.#reading = (await this.#parts.read()) ?? this.#reading;
    const { shown, problem, validation } = this.#reading;
    await this.#panel.post({
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
      imageRoot: shows ? this.#panel.address(dataset) : null,
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
    await this.#panel.post({ type: 'places', places: await this.#places() });
  }

  async #testLooks(): Promise<TestLookCounts | null> {
    const { source } = this.#reading.subject;
    const run = source.kind === 'split' && source.split === 'test' ? this.#parts.index.get(source.runId) : undefined;
    if (!run || !this.#reading.shown) return null;
    const looks = await readTestLooks(run.folder).catch(() => []);
    const count = (by: keyof TestLookCounts) => looks.filter((look) => look.by === by).length;
    return { training: count('training'), evaluate: count('evaluate'), panel: count('panel') };
  }

  /** Current path of the image; undefined, with a message, if it is missing. */
  async #imageNow(relativePath: string): Promise<string | undefined> {
    const { subject, shown } = this.#reading;
    const { moved } = await this.#places();
    const to = moved.find(({ from }) => from === relativePath)?.to;
    const named = shown && imageOf(subject.dataset, shown, relativePath);
    const path = named && to !== undefined ? insideOf(subject.dataset!, to) : named;
    if (path != null && (await isFile(path))) return path;
    this.#panel.enqueue(() => this.#tellPlaces());
    await showImageGone(relativePath);
    return undefined;
  }

  async #openImage(relativePath: string): Promise<void> {
    const path = await this.#imageNow(relativePath);
    if (path !== undefined) await openImage(path, relativePath);
  }

  async #explain(relativePath: string): Promise<void> {
    const { runId } = this.#reading.subject;
    const path = await this.#imageNow(relativePath);
    if (path !== undefined && runId !== null)
      await vscode.commands.executeCommand(explainCommand, { runId, image: vscode.Uri.file(path) });
  }

  /** Explains the existing ones as a wall of maps. */
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
    this.#panel.enqueue(() => this.#tellPlaces());
    const missing = relativePaths.length - images.length;
    await vscode.window.showWarningMessage(
      t('No longer there: {missing} of {count|this|these} {count} {count|image|images}.', {
        missing,
        count: relativePaths.length,
      }),
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
}

function titleOf({ name, split }: ReadSubject, compact: boolean): string {
  if (compact) return vscode.l10n.t('Confusion Matrix: {0}', name);
  if (split === 'val') return vscode.l10n.t('Evaluation: {0}, validation', name);
  return split === 'test' ? vscode.l10n.t('Evaluation: {0}, test', name) : vscode.l10n.t('Evaluation: {0}', name);
}
