// The index's knowledge of one run, and the Run that follows from it. Pure: the index reads.

import { isWhole } from '../../../shared/contracts/eventLog.ts';
import type { Problem } from '../../../shared/contracts/events.ts';
import { noLabels, type RunLabels } from '../../../shared/contracts/labels.ts';
import { hostText, type Machine, machineTag, whereabouts } from '../../../shared/contracts/machine.ts';
import type { RunSummary } from '../../../shared/contracts/run.ts';
import { applyRunEvent, initialRunState, isOpenStatus, type RunState } from '../../../shared/contracts/runState.ts';
import { processOf } from '../../../shared/runFolder/judgedRun.ts';
import { hasEndedUnheard, type MergedRun, mergedRun, summarizedRun } from '../../../shared/runFolder/mergedRun.ts';
import { brokenRun } from '../../../shared/runFolder/runSummary.ts';
import { type Metrics, metricsOf } from '../metrics.ts';
import { createdAt, type EndedEvent, isSilentElsewhere, type Run } from '../runs.ts';
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
  /** Value given at the start; the log takes precedence. */
  readonly dataset: string | null;
  /** Set in the window that started or resumed it, until that process ends. */
  started: StartedRun | undefined;
  /** Stamps of run.json and of the log when they were read: see stampsOf(). */
  stamp: string;
  logStamp: string;
  summary: RunSummary | null;
  /** run.json alone is not enough for the row: it is missing, damaged, of an active run, or older than the log. */
  needsLog: boolean;
  /** The run was seen active: an end in run.json that the log does not contain may still appear there, because network disks lag. */
  awaitsLog: boolean;
  /** Set while `summary` is a leanSummary(), without an evaluation: that of an ended run, until a panel needs all of it. */
  indexed: Metrics | undefined;
  labelsStamp: string;
  labels: RunLabels;
  /** Problem of a run of a newer version, or on a failing disk, which overrides everything else. */
  refused: Problem | null;
  tail: RunTail | undefined;
  /** This window's verdict when the log cannot have one: the process is gone. */
  verdict: EndedEvent | undefined;
  /** Reason of a wait by the process's output, when the disk accepts no log line. */
  saidWait: Problem | null;
  stopRequested: boolean;
  stopWritten: boolean;
  pauseRequested: boolean;
  /** This window resumed the run, and the new process has not written yet. */
  resuming: boolean;
  hasCheckpoint: boolean;
  /** Set if its process was last found to be elsewhere; undefined: not checked yet, or local. */
  elsewhere: NonNullable<Run['elsewhere']> | undefined;
  lastLines: readonly string[];
  run: Run;
  /** Whether `run` has all its epochs and findings: its log was read to its end, or has no lines yet. */
  isWhole: boolean;
}

export function newEntry(id: string, folder: string, started: StartedRun | undefined): Entry {
  const entry: Omit<Entry, 'run' | 'isWhole'> = {
    id,
    folder,
    dataset: started?.dataset ?? null,
    started,
    stamp: '',
    logStamp: '',
    summary: null,
    needsLog: true,
    awaitsLog: false,
    indexed: undefined,
    labelsStamp: '',
    labels: noLabels,
    refused: null,
    tail: undefined,
    verdict: undefined,
    saidWait: null,
    stopRequested: false,
    stopWritten: false,
    pauseRequested: false,
    resuming: false,
    hasCheckpoint: false,
    elsewhere: undefined,
    lastLines: [],
  };
  return { ...entry, run: runFrom(entry), isWhole: false };
}

/** Entry remembered by the index file, not yet compared with its folder. */
export function recalledEntry({ id, folder, metrics, ...known }: IndexedRun): Entry {
  const entry = { ...newEntry(id, folder, undefined), ...known, indexed: metrics, needsLog: false };
  return { ...entry, run: runFrom(entry) };
}

/** Runs that the index file stores: those whose own log has their end. Active runs are read from their folders at every start. */
export function indexedRun(entry: Entry): IndexedRun | undefined {
  const { id, folder, stamp, logStamp, labelsStamp, labels, summary, hasCheckpoint, run } = entry;
  if (summary === null || entry.needsLog || entry.verdict || entry.started || run.isLogDamaged) return undefined;
  const stamps = { stamp, logStamp, labelsStamp };
  return { id, folder, ...stamps, labels, hasCheckpoint, metrics: run.metrics, summary: leanSummary(summary) };
}

/** State by the log if it was read, else by run.json, else by the start. Without this window's verdict. */
export function loggedRun({
  id,
  dataset,
  tail,
  summary,
  refused,
  awaitsLog,
}: Omit<Entry, 'run' | 'isWhole'>): MergedRun {
  const nothing = { state: { ...initialRunState(id), dataset }, headline: null, epochCount: 0 };
  if (refused) return nothing;
  if (tail?.log.lastAt !== undefined) {
    const { log } = tail;
    const isAwaited = summary !== null && awaitsLog && hasEndedUnheard(log.state, summary, log.lastAt);
    const merged = mergedRun(log, isAwaited ? { ...summary, status: log.state.status } : (summary ?? undefined));
    return { ...merged, state: { ...merged.state, dataset: merged.state.dataset ?? dataset } };
  }
  if (!summary) return nothing;
  const merged = summarizedRun(summary);
  return { ...merged, state: { ...merged.state, runId: id } };
}

/** `here`: undefined while unknown. */
export function runFrom(entry: Omit<Entry, 'run' | 'isWhole'>, here?: Machine): Run {
  const { id, folder, verdict, saidWait } = entry;
  const { state: logged, headline, epochCount } = loggedRun(entry);
  const state = verdict
    ? applyRunEvent(logged, verdict)
    : saidWait && logged.status === 'running'
      ? applyRunEvent(logged, { type: 'paused', problem: saidWait })
      : logged;
  const phase = phaseOf(entry, state);
  const process = whoWorks(entry, state);
  const elsewhere = phase === 'open' && here && process ? (entry.elsewhere ?? elsewhereOf(process, here)) : null;
  return {
    id,
    folder,
    state: phase === 'unreadable' ? { ...state, problem: entry.refused ?? brokenRun(id) } : state,
    phase,
    headline,
    metrics: entry.indexed ?? metricsOf(state, headline),
    labels: entry.labels,
    epochCount,
    createdAt: createdAt(id),
    stopRequested: entry.stopRequested && (phase === 'open' || phase === 'starting'),
    pauseRequested: entry.pauseRequested && phase === 'open' && state.status === 'running',
    resumable:
      (phase === 'ended' || isSilentElsewhere({ elsewhere })) &&
      state.status !== 'finished' &&
      state.problem?.code !== 'notFinite' && // it would end the same way
      (entry.hasCheckpoint || (epochCount === 0 && state.problem?.code === 'weightsNotFound')),
    lastLines: phase === 'ended' ? entry.lastLines : [],
    process,
    elsewhere,
    isLogDamaged: phase !== 'unreadable' && entry.tail !== undefined && !isWhole(entry.tail.health),
  };
}

function phaseOf(
  { started, summary, tail, refused, verdict, resuming }: Omit<Entry, 'run' | 'isWhole'>,
  { status }: RunState,
): Run['phase'] {
  if (resuming) return 'starting';
  if (refused && !started) return 'unreadable';
  const hasSpoken = summary !== null || tail?.log.lastAt !== undefined || verdict !== undefined;
  if (!hasSpoken) return started ? 'starting' : 'unreadable';
  return isOpenStatus(status) ? 'open' : 'ended';
}

function whoWorks({ started, summary, resuming }: Omit<Entry, 'run' | 'isWhole'>, state: RunState): Run['process'] {
  const own =
    started?.pid === undefined
      ? null
      : summary?.pid === started.pid
        ? processOf(summary, summary)
        : { pid: started.pid, machine: null, startedAtMs: null };
  const process = resuming ? own : (processOf(state, summary ?? undefined) ?? own);
  return process && { ...process, ofThisWindow: started !== undefined && (started.pid ?? process.pid) === process.pid };
}

function elsewhereOf({ machine }: NonNullable<Run['process']>, here: Machine): Run['elsewhere'] {
  if (!machine || whereabouts(machineTag(machine), machineTag(here)) !== 'elsewhere') return null;
  return { host: hostText(machine, here), silentSinceMs: null };
}
