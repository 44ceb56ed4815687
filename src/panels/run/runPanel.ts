// The panel of a run: the host answers `ready` with a snapshot, then sends numbered events. One panel per run; a panel that missed
// something requests another snapshot. Absent: drawing (webview/), reading runs (runs/).
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import * as vscode from 'vscode';
import type { RunEvent } from '../../../shared/contracts/events.ts';
import { FromPanel, PanelState, type Predictions, type Standing, type ToPanel } from '../../../shared/messages/run.ts';
import type { RunIndex, RunNews } from '../../runs/index/runIndex.ts';
import { type Run, runName } from '../../runs/runs.ts';
import { t } from '../../words/showError.ts';
import { createPanels, type LivePanel, type PanelParts, reasonOf } from '../panelHost.ts';
import { coalesceProgress } from './coalesce.ts';
import { copyTable, saveTable } from './metricsTable.ts';
import { epochPredictions, newestPredictions } from './predictions.ts';
import { standingOf } from './standing.ts';

export const runPanelType = 'shoulders.run';

/** Time limit for predictions in a snapshot. */
const soonMs = 250;

export type RunCommand =
  | 'stopRun'
  | 'pauseRun'
  | 'continueRun'
  | 'retryRun'
  | 'resumeRun'
  | 'openLog'
  | 'revealRun'
  | 'openEvaluation';

export interface RunPanelParts extends PanelParts {
  readonly index: RunIndex;
  /** Runs the command of a panel's button, with the same checks. */
  readonly command: (name: RunCommand, runId: string) => void;
}

export interface RunPanels extends vscode.Disposable {
  /** @throws Error when there is no such run */
  open(runId: string): Promise<void>;
}

/** Registers the restoring of panels; call during activation. */
export function createRunPanels(parts: RunPanelParts): RunPanels {
  const { index } = parts;
  const panels = createPanels({
    type: runPanelType,
    parts,
    key: (runId: string) => runId,
    kept: PanelState,
    async restore({ runId }) {
      await index.rescan();
      return runId;
    },
    waiting(runId) {
      const run = index.get(runId);
      return {
        title: run ? runName(run) : runId,
        sentence: t('Loading the run…'),
        place: run?.folder ?? runId,
      };
    },
    read: (runId) => index.load(runId),
    title: (run) => standingOf(run, t).name,
    attach: (panel: LivePanel<ToPanel>, run) => new RunPanel(panel, run, parts),
  });
  // A deleted run has nothing left to show.
  const watching = index.onDidChange(() => panels.closeWhere((id) => !index.get(id)));
  return {
    async open(runId) {
      if (!index.get(runId)) throw new Error(`There is no run ${runId}.`);
      await panels.open(runId);
    },
    dispose: () => vscode.Disposable.from(watching, panels).dispose(),
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
  readonly #panel: LivePanel<ToPanel>;
  readonly #runId: string;
  readonly #parts: RunPanelParts;
  /** The number of the next event to the page. */
  #nextSeq = 0;
  /** State last sent to the page. */
  #standing: Standing;
  /** Number of times the run was resumed or reread since the panel opened. */
  #course = 0;
  #isReading = false;
  /** An epoch ended since the reading in progress began. */
  #isStale = false;

  constructor(panel: LivePanel<ToPanel>, run: Run, parts: RunPanelParts) {
    this.#panel = panel;
    this.#runId = run.id;
    this.#parts = parts;
    this.#standing = standingOf(run, t);
    panel.received(FromPanel, (message) => this.#act(message));
    panel.own(
      parts.index.onNews((news) => this.#tell(news)),
      parts.index.onDidChange(() => this.#tellStanding()),
    );
    panel.show({ script: 'run.js', folders: [vscode.Uri.joinPath(vscode.Uri.file(run.folder), 'samples')] });
  }

  async #act(message: FromPanel): Promise<void> {
    const run = this.#parts.index.get(this.#runId);
    switch (message.type) {
      case 'ready':
        this.#snapshotNow();
        break;
      case 'predictionsWanted':
        await this.#answer(message.epoch);
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
    if (news.id !== this.#runId || !this.#panel.isLive) return;
    if ('reset' in news) {
      this.#course++;
      this.#snapshotNow();
    } else {
      if (news.events.some(({ type }) => type === 'resumed')) this.#course++;
      this.#panel.enqueue(() => this.#send(coalesceProgress(news.events)));
    }
  }

  /** Takes the state at once: it includes all news so far, and later news queue up behind it. */
  #snapshotNow(): void {
    const run = this.#parts.index.get(this.#runId);
    if (!run) return;
    this.#panel.enqueue(() => this.#snapshot(run));
  }

  /** Name, requests and possible actions change without an event of the run. */
  #tellStanding(): void {
    const run = this.#parts.index.get(this.#runId);
    if (!run) return;
    const standing = standingOf(run, t);
    if (isDeepStrictEqual(standing, this.#standing)) return;
    this.#standing = standing;
    this.#panel.title = standing.name;
    if (this.#panel.isLive) this.#panel.enqueue(() => this.#panel.post({ type: 'standing', standing }));
  }

  async #answer(epoch: number): Promise<void> {
    const predictions = await this.#current((run) => epochPredictions(run, epoch));
    await this.#panel.post({ type: 'epochPredictions', epoch, predictions });
  }

  /** Includes predictions if the disk delivers them soon; a slow disk must not delay the rest. */
  async #snapshot(run: Run): Promise<void> {
    const nextSeq = this.#nextSeq;
    const reading = this.#newest();
    const predictions = await Promise.race([reading, sleep(soonMs, 'late' as const)]);
    await this.#panel.post({
      type: 'snapshot',
      run: run.state,
      nextSeq,
      predictions: predictions === 'late' ? null : predictions,
      isReading: predictions === 'late',
      standing: standingOf(run, t),
      imageRoot: this.#panel.address(run.folder),
      strings: this.#parts.strings,
    });
    if (predictions === 'late') this.#tellPredictions(reading);
  }

  async #send(events: readonly RunEvent[]): Promise<void> {
    for (const event of events) await this.#panel.post({ type: 'event', seq: this.#nextSeq++, event });
    if (events.some(({ type }) => type === 'epoch' || type === 'evaluated')) this.#tellPredictions();
  }

  /**
   * Runs beside the queue, so a hanging disk delays no event. One reading at a time: epochs may end faster than a slow disk answers.
   *
   * @param begun  a reading in progress; when left out, the newest predictions are read
   */
  #tellPredictions(begun?: Promise<Predictions | null>): void {
    this.#isStale = true;
    if (this.#isReading) return;
    this.#isReading = true;
    this.#panel.attempt(async () => {
      try {
        for (let reading = begun; this.#isStale; reading = undefined) {
          this.#isStale = false;
          await this.#panel.post({ type: 'predictions', predictions: await (reading ?? this.#newest()) });
        }
      } finally {
        this.#isReading = false;
      }
    });
  }

  #newest(): Promise<Predictions | null> {
    return this.#current(newestPredictions);
  }

  /** Read again when the run was resumed meanwhile, because its epochs after the checkpoint are trained again. */
  async #current(read: (run: Run) => Promise<Predictions | null>): Promise<Predictions | null> {
    for (;;) {
      const course = this.#course;
      const run = this.#parts.index.get(this.#runId);
      const predictions = run ? await this.#read(run, () => read(run)) : null;
      if (course === this.#course) return predictions;
    }
  }

  async #read(run: Run, read: () => Promise<Predictions | null>): Promise<Predictions | null> {
    try {
      return await read();
    } catch (error) {
      // The curves appear without them, and the next epoch brings new ones.
      this.#parts.log.warn(`No predictions of ${run.id}: ${reasonOf(error)}`);
      return null;
    }
  }
}
