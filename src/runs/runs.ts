// runs/: the runs of a workspace as one list, read from their folders. Absent: the editor (only runTreeView and runActions know it),
// writing into a run folder (but for labels.json and the requests stop, pause, attended). Called by the tree, the panels and the status bar.

import type { Problem, RunEvent } from '../../shared/contracts/events.ts';
import type { RunLabels } from '../../shared/contracts/labels.ts';
import type { Machine } from '../../shared/contracts/machine.ts';
import { type RunState, waitsForDisk } from '../../shared/contracts/runState.ts';
import type { Metrics } from './metrics.ts';

export type EndedEvent = Extract<RunEvent, { type: 'ended' }>;

/** A run as the editor shows it. Immutable: a change makes a new one. */
export interface Run {
  readonly id: string;
  /** Absolute; need not exist yet. */
  readonly folder: string;
  /** Without `epochs`, `findings`, `evaluation`, `samples`, `warnings` and `alarms` until RunIndex.load has read them. */
  readonly state: RunState;
  /**
   * `starting`: the process was started, its folder is not there yet; `open`: it goes on; `ended`: finished, stopped, failed, or its
   * process is gone; `unreadable`: neither run.json nor the log makes sense, or they are a newer version's.
   */
  readonly phase: 'starting' | 'open' | 'ended' | 'unreadable';
  readonly headline: { readonly name: string; readonly value: number } | null;
  readonly metrics: Metrics;
  readonly labels: RunLabels;
  /** Finished epochs. */
  readonly epochCount: number;
  readonly createdAt: Date;
  readonly stopRequested: boolean;
  /** Asked to pause, and not paused yet. */
  readonly pauseRequested: boolean;
  /** Ended before its time, and its checkpoint is there to go on from. */
  readonly resumable: boolean;
  /** What its process wrote last; only of a run that this window found dead. */
  readonly lastLines: readonly string[];
  /** null: not known yet. */
  readonly process: {
    readonly pid: number;
    readonly startedAtMs: number | null;
    /** null: this one, as far as is known. */
    readonly machine: Machine | null;
    readonly ofThisWindow: boolean;
  } | null;
  /** Set while it goes on, as far as it has said, where its process cannot be looked at: on another machine, in another container. */
  readonly elsewhere: {
    /** For a person. */
    readonly host: string;
    /** When it gave its last sign; null: a moment ago. */
    readonly silentSinceMs: number | null;
  } | null;
  /** Lines of its log are lost, as far as the log was read: that of an ended run is not, while run.json tells its end. */
  readonly isLogDamaged: boolean;
}

/** How a process ended. */
export interface ProcessEnd {
  /** In words, for "ended unexpectedly (...)". */
  readonly reason: string;
  /** What it said last, if that was an error. */
  readonly problem: Problem | null;
  /** As a full memory ends one. */
  readonly outOfMemory: boolean;
}

/** Nobody here can tell whether its process lives, and nothing was heard of it for minutes. */
export const isSilentElsewhere = ({ elsewhere }: Pick<Run, 'elsewhere'>): boolean =>
  elsewhere !== null && elsewhere.silentSinceMs !== null;

export const isOpen = (run: Run): boolean => run.phase === 'starting' || run.phase === 'open';

/** Trains at this moment: it can be paused. */
export const isRunning = ({ phase, state }: Run): boolean => phase === 'open' && state.status === 'running';

export const isPaused = (run: Run): boolean =>
  run.phase === 'open' && !waitsForDisk(run.state) && (run.state.status === 'paused' || run.pauseRequested);

/** Paused by itself until its disk takes what is to be written. */
export const isHeldByDisk = (run: Run): boolean => run.phase === 'open' && waitsForDisk(run.state);

export const hasEpochs = (run: Run): boolean => run.epochCount > 0;

/** Epochs of all stages, as far as they are known: the recipe's plan. */
export const plannedEpochs = (state: RunState): number | null =>
  state.recipe === null ? null : state.recipe.stages.reduce((sum, stage) => sum + stage.epochs, 0);

/** The name that a person gave it, else its dataset's. */
export const runName = (run: Run): string => run.labels.name ?? datasetName(run);

/** The last part of the dataset's path; of the id while the path is unknown. */
export function datasetName(run: Run): string {
  const name = run.state.dataset
    ?.replace(/[\\/]+$/, '')
    .split(/[\\/]/)
    .at(-1);
  return name || run.id.replace(/^\d{8}-\d{6}-/, '').replace(/-[0-9a-f]{4}$/, '');
}

/** Local time, as the run's id tells it. */
export function createdAt(runId: string): Date {
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] =
    /^(\d{4})(\d\d)(\d\d)-(\d\d)(\d\d)(\d\d)/.exec(runId)?.slice(1).map(Number) ?? [];
  return new Date(year, month - 1, day, hour, minute, second);
}
