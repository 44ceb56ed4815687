// The Grad-CAM panel: `shoulders explain` makes maps line by line when the page requests them, and the panel keeps them. One panel per
// run and set of images. Absent: drawing (webview/), the maps' arithmetic (in the runner).
import { basename, dirname, isAbsolute, join } from 'node:path';
import * as vscode from 'vscode';
import { type ExplanationLine, verdictOn } from '../../../shared/contracts/explanation.ts';
import type { Thumbnail } from '../../../shared/contracts/thumbnail.ts';
import {
  type CamQuestion,
  type Explained,
  ExplanationPanelState,
  FromExplanationPanel,
  mostImages,
  type ToExplanationPanel,
} from '../../../shared/messages/explanation.ts';
import { settings } from '../../config.ts';
import { leadsTooWide } from '../../datasets/index/tooWide.ts';
import { ThumbnailMaker } from '../../datasets/thumbnailMaker.ts';
import { camChoices, wordedRemark } from '../../explanation/camChoices.ts';
import { Explainer } from '../../explanation/explainer.ts';
import { machineCacheFolder } from '../../program/machineCache.ts';
import { runnerEnvironment } from '../../program/runnerArguments.ts';
import type { RunIndex } from '../../runs/index/runIndex.ts';
import { type Run, runName } from '../../runs/runs.ts';
import { t, wording } from '../../words/showError.ts';
import { copyText, isFile, openImage } from '../answers.ts';
import { createPanels, type LivePanel, type PanelParts, reasonOf } from '../panelHost.ts';
import { savePicture } from '../savePicture.ts';

export const explanationPanelType = 'shoulders.explanation';

export interface ExplanationPanelParts extends PanelParts {
  readonly index: RunIndex;
  /** Absolute path of the command line program. */
  readonly program: string;
  readonly openRun: (runId: string) => void;
}

export interface ExplanationPanels extends vscode.Disposable {
  /** `images`: absolute paths, at least one. */
  open(runId: string, images: readonly string[]): Promise<void>;
}

/** A run's weights and the images to explain. */
interface Subject {
  readonly runId: string;
  /** Absolute paths. */
  readonly images: readonly string[];
}

interface Content extends Subject {
  /** Folders whose files the page may show. An image elsewhere, such as in the home folder, is shown as a thumbnail instead. */
  readonly folders: readonly string[];
}

/** Registers the restoring of panels; call during activation. */
export function createExplanationPanels(parts: ExplanationPanelParts): ExplanationPanels {
  const { index } = parts;
  const panels = createPanels({
    type: explanationPanelType,
    parts,
    key: ({ runId, images }: Subject) => JSON.stringify([runId, images]),
    kept: ExplanationPanelState,
    async restore({ runId, paths }): Promise<Subject | undefined> {
      // The page requests its maps at once, which starts a program on these files.
      if (!vscode.workspace.isTrusted) return undefined;
      await index.rescan();
      const images = paths.filter(isAbsolute);
      const areThere = await Promise.all(images.map(isFile));
      return index.get(runId) && areThere.some((is) => is) ? { runId, images } : undefined;
    },
    waiting: ({ images }) => ({
      title: titleOf(images),
      sentence: t('Looking for the images…'),
      place: dirname(images[0] ?? ''),
    }),
    async read(subject): Promise<Content> {
      const folders = [...new Set(subject.images.slice(0, mostImages).map((image) => dirname(image)))];
      const areTooWide = await Promise.all(folders.map((folder) => leadsTooWide(folder)));
      return { ...subject, folders: folders.filter((_, i) => !areTooWide[i]) };
    },
    title: ({ images }) => titleOf(images),
    attach: (panel: LivePanel<ToExplanationPanel>, content: Content) => new ExplanationPanel(panel, content, parts),
  });
  return {
    open: async (runId, images) => void (await panels.open({ runId, images })),
    dispose: () => panels.dispose(),
  };
}

const titleOf = (images: readonly string[]): string =>
  images.length === 1
    ? vscode.l10n.t('Grad-CAM: {0}', basename(images[0]!))
    : vscode.l10n.t('Grad-CAM: {0} images', images.length);

type Answer = Explained | Extract<ToExplanationPanel, { type: 'failed' }>;

/** The runner's current task. `id`: the newest request that waits for it. */
interface Work {
  id: number;
  readonly question: CamQuestion;
  readonly check: boolean;
  readonly paths: ReadonlySet<string>;
}

class ExplanationPanel {
  readonly #panel: LivePanel<ToExplanationPanel>;
  readonly #runId: string;
  readonly #images: readonly string[];
  readonly #leftOut: number;
  readonly #parts: ExplanationPanelParts;
  /** Replies for the weights of `#keptEpoch`, by answerKey(). */
  readonly #answers = new Map<string, Answer>();
  #keptEpoch: number | null | undefined;
  #work: Work | undefined;
  /** Keeps the network loaded between questions; exists after the first question. */
  #explainer: Explainer | undefined;
  /** Thumbnail makers, one per folder, for files that the page cannot show. */
  readonly #makers = new Map<string, ThumbnailMaker>();

  constructor(panel: LivePanel<ToExplanationPanel>, { runId, images, folders }: Content, parts: ExplanationPanelParts) {
    this.#panel = panel;
    this.#runId = runId;
    this.#images = images.slice(0, mostImages);
    this.#leftOut = images.length - this.#images.length;
    this.#parts = parts;
    panel.received(FromExplanationPanel, (message) => this.#answer(message));
    panel.own(
      parts.index.onNews((news) => {
        if (news.id !== runId || !panel.isLive) return;
        if ('reset' in news || news.events.some(({ type }) => type === 'epoch' || type === 'resumed'))
          panel.enqueue(() => this.#newWeights());
      }),
      { dispose: () => this.#disposed() },
    );
    panel.show({
      script: 'explanation.js',
      folders: [...folders, join(machineCacheFolder, 'thumbnails')].map((folder) => vscode.Uri.file(folder)),
    });
  }

  #disposed(): void {
    this.#forget();
    for (const maker of this.#makers.values()) maker.dispose();
  }

  async #answer(message: FromExplanationPanel): Promise<void> {
    switch (message.type) {
      case 'ready':
        return this.#panel.enqueue(() => this.#snapshot());
      case 'explain':
        return this.#panel.enqueue(async () => this.#explain(message));
      case 'stop':
        this.#work = undefined;
        return this.#explainer?.stop();
      case 'pictureWanted':
        return this.#wantPicture(message.path);
      case 'openImage':
        return openImage(
          this.#images.find((image) => image === message.path),
          message.path,
        );
      case 'openRun':
        return this.#parts.openRun(this.#runId);
      case 'copy':
        return copyText(message.text);
      case 'savePicture':
        return savePicture(message, this.#saveFolder());
    }
  }

  /** Ends the current task and the program with its loaded network. */
  #forget(): void {
    this.#work = undefined;
    this.#explainer?.end();
    this.#explainer = undefined;
  }

  /** The run has kept the weights of another epoch, so earlier replies are outdated. */
  async #newWeights(): Promise<void> {
    const run = await this.#parts.index.load(this.#runId);
    if (run && keptEpochOf(run) !== this.#keptEpoch) await this.#snapshot();
  }

  async #snapshot(): Promise<void> {
    const { index, strings } = this.#parts;
    const run = await index.load(this.#runId);
    if (!run) return this.#panel.close(); // deleted
    const keptEpoch = keptEpochOf(run);
    if (keptEpoch !== this.#keptEpoch) {
      this.#answers.clear();
      this.#forget();
    }
    this.#keptEpoch = keptEpoch;
    await this.#panel.post({
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
        address: this.#panel.address(path),
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
      if (known && (known.checked || !check)) void this.#panel.post(known);
      else rest.push(path);
    }
    if (rest.length === 0) return void this.#panel.post({ type: 'ended', id, sentence: null });
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
      .catch((error: unknown) => reasonOf(error))
      .then((reason) => {
        if (this.#work !== work) return; // another one replaced it
        this.#work = undefined;
        void this.#panel.post({ type: 'ended', id: work.id, sentence: reason ?? null });
      });
  }

  /** Why it was interrupted, in words; undefined: it completed. */
  async #run(work: Work): Promise<string | undefined> {
    const run = this.#parts.index.get(this.#runId);
    if (!run) return vscode.l10n.t('The run no longer exists.');
    let problem: string | undefined;
    let done = 0;
    const onLine = (told: ExplanationLine): void => {
      if (this.#work !== work) return;
      if (told.type === 'error') problem = wording(told);
      if (told.type !== 'explanation' && told.type !== 'problem') return;
      done++;
      this.#tell(told, work);
      void this.#panel.post({ type: 'progress', id: work.id, done, total: work.paths.size });
    };
    this.#explainer ??= new Explainer({
      program: this.#parts.program,
      runFolder: run.folder,
      threads: () => settings().machine.threads,
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
    // The image may be repaired, so a failed one is tried again the next time.
    if (answer.type === 'explained') this.#answers.set(keyOf(path, question), answer);
    void this.#panel.post(answer);
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
        linkFolders: settings().machine.linkFolders,
        environment: runnerEnvironment(process.env, settings().proxy),
        made: (thumbnail) => void this.#panel.post(this.#pictureOf(folder, thumbnail)),
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
          address: this.#panel.address(thumbnail.file),
          reason: null,
        }
      : { type: 'picture', path, address: null, reason: thumbnail.reason };
  }

  #saveFolder(): string {
    const run = this.#parts.index.get(this.#runId);
    return vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? run?.folder ?? dirname(this.#images[0]!);
  }
}

const keyOf = (path: string, { layer, method, of, target }: CamQuestion): string =>
  JSON.stringify([layer, method, of, target, path]);

/** The last kept epoch of any stage, or the best one so far while none is recorded. */
function keptEpochOf({ state, epochCount }: Run): number | null {
  const kept = state.epochs.findLast(({ best }) => best)?.epoch;
  return kept ?? (epochCount > 0 ? epochCount : null);
}
