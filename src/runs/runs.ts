// runs/: the runs of a workspace as one list, read from their folders. Absent: the editor (only runTreeView and runActions use it),
// writing into a run folder (except labels.json and the requests stop, pause, attended). Called by the tree, the panels and the status bar.

import type { Problem, RunEvent } from '../../shared/contracts/events.ts';
import type { RunLabels } from '../../shared/contracts/labels.ts';
import type { Machine } from '../../shared/contracts/machine.ts';
import { type RunState, waitsForDisk } from '../../shared/contracts/runState.ts';
import type { Metrics } from './metrics.ts';

export type EndedEvent = Extract<RunEvent, { type: 'ended' }>;

/** A run as the editor shows it. Immutable: a change makes a new one. */
export interface Run {
  readonly id: string;
  /** Absolute path; may not exist yet. */
  readonly folder: string;
  /** Lacks `epochs`, `findings`, `evaluation`, `samples`, `warnings` and `alarms` until RunIndex.load has read them. */
  readonly state: RunState;
  /**
   * `starting`: the process was started, its folder does not exist yet; `open`: active; `ended`: finished, stopped, failed, or its process
   * is gone; `unreadable`: neither run.json nor the log is valid, or they are of a newer version.
   */
  readonly phase: 'starting' | 'open' | 'ended' | 'unreadable';
  readonly headline: { readonly name: string; readonly value: number } | null;
  readonly metrics: Metrics;
  readonly labels: RunLabels;
  /** Finished epochs. */
  readonly epochCount: number;
  readonly createdAt: Date;
  readonly stopRequested: boolean;
  /** A pause was requested but has not begun. */
  readonly pauseRequested: boolean;
  /** Ended early, with a checkpoint to resume from. */
  readonly resumable: boolean;
  /** Last output of its process; only for a run that this window found dead. */
  readonly lastLines: readonly string[];
  /** null: not known yet. */
  readonly process: {
    readonly pid: number;
    readonly startedAtMs: number | null;
    /** null: this machine, as far as is known. */
    readonly machine: Machine | null;
    readonly ofThisWindow: boolean;
  } | null;
  /** Set while the run is active, by its own account, and its process cannot be checked: on another machine or in another container. */
  readonly elsewhere: {
    /** Name for display. */
    readonly host: string;
    /** Time of its last sign of life; null: a moment ago. */
    readonly silentSinceMs: number | null;
  } | null;
  /** Lost log lines, as far as the log was read; an ended run's is not read while run.json has its end. */
  readonly isLogDamaged: boolean;
}

/** How a process ended. */
export interface ProcessEnd {
  /** Phrase for "ended unexpectedly (...)". */
  readonly reason: string;
  /** Its last error, if it printed one. */
  readonly problem: Problem | null;
  /** Whether it ended as a process does that runs out of memory. */
  readonly outOfMemory: boolean;
}

/** Whether its process cannot be checked from here and has been silent for minutes. */
export const isSilentElsewhere = ({ elsewhere }: Pick<Run, 'elsewhere'>): boolean =>
  elsewhere !== null && elsewhere.silentSinceMs !== null;

export const isOpen = (run: Run): boolean => run.phase === 'starting' || run.phase === 'open';

/** Whether it is training now, so that it can be paused. */
export const isRunning = ({ phase, state }: Run): boolean => phase === 'open' && state.status === 'running';

export const isPaused = (run: Run): boolean =>
  run.phase === 'open' && !waitsForDisk(run.state) && (run.state.status === 'paused' || run.pauseRequested);

/** Whether it paused itself until its disk accepts writes again. */
export const isHeldByDisk = (run: Run): boolean => run.phase === 'open' && waitsForDisk(run.state);

export const hasEpochs = (run: Run): boolean => run.epochCount > 0;

/** Number of epochs of all stages by the recipe, as far as known. */
export const plannedEpochs = (state: RunState): number | null =>
  state.recipe === null ? null : state.recipe.stages.reduce((sum, stage) => sum + stage.epochs, 0);

/** Name that the user gave it, else its dataset's. */
export const runName = (run: Run): string => run.labels.name ?? datasetName(run);

/** Last part of the dataset's path, or of the id while the path is unknown. */
export function datasetName(run: Run): string {
  const name = run.state.dataset
    ?.replace(/[\\/]+$/, '')
    .split(/[\\/]/)
    .at(-1);
  return name || run.id.replace(/^\d{8}-\d{6}-/, '').replace(/-[0-9a-f]{4}$/, '');
}

/** Local time in the run's id. */
export function createdAt(runId: string): Date {
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] =
    /^(\d{4})(\d\d)(\d\d)-(\d\d)(\d\d)(\d\d)/.exec(runId)?.slice(1).map(Number) ?? [];
  return new Date(year, month - 1, day, hour, minute, second);
}
