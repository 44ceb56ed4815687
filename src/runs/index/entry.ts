// What the index knows of one run, and the Run that follows from it. Pure: reading is the index's.
import { isDeepStrictEqual } from 'node:util';
import type { Problem } from '../../../shared/contracts/events.ts';
import { noLabels, type RunLabels } from '../../../shared/contracts/labels.ts';
import { hostText, type Machine, machineTag, whereabouts } from '../../../shared/contracts/machine.ts';
import type { RunSummary } from '../../../shared/contracts/run.ts';
import {
  applyRunEvent,
  headline,
  initialRunState,
  isOpenStatus,
  type RunState,
} from '../../../shared/contracts/runState.ts';
import { type Metrics, metricsOf } from '../metrics.ts';
import { createdAt, type EndedEvent, isSilentElsewhere, type Run } from '../run.ts';
import { type IndexedRun, leanSummary } from './indexFile.ts';
import type { RunTail } from './runTail.ts';

export interface StartedRun {
  readonly id: string;
  readonly folder: string;
  readonly dataset: string;
  readonly pid: number | undefined;
}

export interface Entry {
  readonly id: string;
  readonly folder: string;
  /** As the start told it; the log knows better. */
  readonly dataset: string | null;
  /** Set in the window that started or resumed it, until that process ended. */
  started: StartedRun | undefined;
  stamp: string;
  summary: RunSummary | null;
  /** Set while `summary` is a leanSummary(), which has no evaluation: that of an ended run, until a panel wants it whole. */
  indexed: Metrics | undefined;
  labelsStamp: string;
  labels: RunLabels;
  unreadable: Problem | null;
  tail: RunTail | undefined;
  /** What this window says when the log cannot: the process is gone. */
  verdict: EndedEvent | undefined;
  /** What the process said that it waits for, where its log cannot say it. */
  saidWait: Problem | null;
  stopRequested: boolean;
  stopWritten: boolean;
  pauseRequested: boolean;
  /** Resumed by this window, and the new process has not spoken yet. */
  resuming: boolean;
  hasCheckpoint: boolean;
  /** The last sign of a process elsewhere, once that is long ago. */
  silentSinceMs: number | undefined;
  lastLines: readonly string[];
  run: Run;
}

export function newEntry(id: string, folder: string, started: StartedRun | undefined): Entry {
  const entry: Omit<Entry, 'run'> = {
    id,
    folder,
    dataset: started?.dataset ?? null,
    started,
    stamp: '',
    summary: null,
    indexed: undefined,
    labelsStamp: '',
    labels: noLabels,
    unreadable: null,
    tail: undefined,
    verdict: undefined,
    saidWait: null,
    stopRequested: false,
    stopWritten: false,
    pauseRequested: false,
    resuming: false,
    hasCheckpoint: false,
    silentSinceMs: undefined,
    lastLines: [],
  };
  return { ...entry, run: runFrom(entry) };
}

/** As the index file remembers it: not yet compared with its folder. */
export function recalledEntry({ id, folder, metrics, ...known }: IndexedRun): Entry {
  const entry = { ...newEntry(id, folder, undefined), ...known, indexed: metrics };
  return { ...entry, run: runFrom(entry) };
}

/** What the index file keeps: runs that have ended by their own word. What goes on is read from its folder at every start. */
export function indexedRun(entry: Entry): IndexedRun | undefined {
  const { id, folder, stamp, labelsStamp, labels, summary, hasCheckpoint, run } = entry;
  if (summary === null || entry.verdict || entry.started || isOpenStatus(summary.status)) return undefined;
  return { id, folder, stamp, labelsStamp, labels, hasCheckpoint, metrics: run.metrics, summary: leanSummary(summary) };
}

/** By the log where it was read, else by run.json, else what the start told. Without this window's verdict. */
export function loggedState({ id, dataset, tail, summary }: Omit<Entry, 'run'>): RunState {
  if (tail?.heartbeatMs !== undefined) {
    // While it waits for its turn, the log names neither.
    const { state } = tail;
    return {
      ...state,
      dataset: state.dataset ?? summary?.dataset ?? dataset,
      recipe: state.recipe ?? summary?.recipe ?? null,
    };
  }
  if (summary) return { ...summary, runId: id, epochs: [], progress: null, findings: [] };
  return { ...initialRunState(id), dataset };
}

/** `here`: undefined while it is not known yet. */
export function runFrom(entry: Omit<Entry, 'run'>, here?: Machine): Run {
  const { id, folder, summary, verdict, saidWait } = entry;
  const logged = loggedState(entry);
  const state = verdict
    ? applyRunEvent(logged, verdict)
    : saidWait && logged.status === 'running'
      ? applyRunEvent(logged, { type: 'paused', problem: saidWait })
      : logged;
  const phase = phaseOf(entry, state);
  const best = headline(state) ?? summary?.headline ?? null;
  const process = processOf(entry, state);
  const elsewhere = phase === 'open' && here && process ? elsewhereOf(process, entry, here) : null;
  return {
    id,
    folder,
    state: phase === 'unreadable' ? { ...state, problem: entry.unreadable } : state,
    phase,
    headline: best,
    metrics: entry.indexed ?? metricsOf(state, best),
    labels: entry.labels,
    epochCount: Math.max(state.epochs.length, summary?.epochCount ?? 0),
    createdAt: createdAt(id),
    stopRequested: entry.stopRequested && (phase === 'open' || phase === 'starting'),
    pauseRequested: entry.pauseRequested && phase === 'open' && state.status === 'running',
    resumable:
      (phase === 'ended' || isSilentElsewhere({ elsewhere })) &&
      state.status !== 'finished' &&
      state.problem?.code !== 'notFinite' && // it would end the same way
      entry.hasCheckpoint,
    lastLines: phase === 'ended' ? entry.lastLines : [],
    process,
    elsewhere,
  };
}

function phaseOf(
  { started, unreadable, resuming }: Omit<Entry, 'run'>,
  { status, recipe, ahead }: RunState,
): Run['phase'] {
  if (resuming) return 'starting';
  if (!isOpenStatus(status)) return 'ended';
  const hasSpoken = status !== 'queued' || recipe !== null || ahead !== null;
  if (hasSpoken) return 'open';
  return started ? 'starting' : unreadable ? 'unreadable' : 'open';
}

/** The log names the process that trains; while a run waits for its turn, run.json knows whose it is. */
function processOf(
  { started, summary, resuming }: Omit<Entry, 'run'>,
  { status, pid, machine }: RunState,
): Run['process'] {
  const logged = pid === null ? null : { pid, machine, startedAtMs: null };
  const summed =
    summary?.pid == null ? null : { pid: summary.pid, machine: summary.machine, startedAtMs: summary.processStartedAt };
  const own = started?.pid === undefined ? null : { pid: started.pid, machine: null, startedAtMs: null };
  const told = status === 'queued' ? (summed ?? logged) : (logged ?? summed);
  const process = resuming ? own : (told ?? own);
  if (!process) return null;
  // Two machines may have given the same number.
  const isSame = summed?.pid === process.pid && (process === own || isDeepStrictEqual(summed.machine, process.machine));
  return { ...(isSame ? summed : process), ofThisWindow: started !== undefined };
}

function elsewhereOf(
  { machine }: NonNullable<Run['process']>,
  { silentSinceMs }: Omit<Entry, 'run'>,
  here: Machine,
): Run['elsewhere'] {
  if (!machine || whereabouts(machineTag(machine), machineTag(here)) !== 'elsewhere') return null;
  return { host: hostText(machine, here), silentSinceMs: silentSinceMs ?? null };
}
