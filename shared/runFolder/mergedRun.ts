// State of a run from its log and run.json together, for every reader: sidebar, panels, command line. Pure.
// The log is the truth. run.json is written after each event, and supplies what the log has lost, or does not show yet on a network
// disk; it may itself appear late, and must then not undo the log.
import { isDeepStrictEqual } from 'node:util';
import type { EventRecord } from '../contracts/events.ts';
import { isAfter, type RunSummary } from '../contracts/run.ts';
import { applyRunEvent, headline, initialRunState, isOpenStatus, type RunState } from '../contracts/runState.ts';
import { locatedEvent } from './places.ts';

/** The fold over the records of a log. */
export interface ReadLog {
  readonly state: RunState;
  /** ISO 8601, of the last event; undefined: no event. */
  readonly lastAt: string | undefined;
  /** Time of the last event with which a process began to work on the run. */
  readonly begunAt: string | undefined;
}

export const emptyLog = (runId: string): ReadLog => ({
  state: initialRunState(runId),
  lastAt: undefined,
  begunAt: undefined,
});

/** @param folder  run folder, absolute */
export function withRecord(log: ReadLog, { at, event }: EventRecord, folder: string): ReadLog {
  return {
    state: applyRunEvent(log.state, locatedEvent(event, folder)),
    lastAt: at,
    begunAt: event.type === 'started' || event.type === 'resumed' ? at : log.begunAt,
  };
}

export interface MergedRun {
  readonly state: RunState;
  /** Figure for the row of a list; null: none yet. */
  readonly headline: RunSummary['headline'];
  /** Number of finished epochs: `state` may lack some of them if the log is damaged. */
  readonly epochCount: number;
}

export function mergedRun(log: ReadLog, summary: RunSummary | undefined): MergedRun {
  if (!summary) return { state: log.state, headline: headline(log.state) ?? null, epochCount: log.state.epochs.length };
  if (log.lastAt === undefined) return summarizedRun(summary);
  const state = completed(log, summary);
  const isOfLastProcess = isAfter(summary, log.begunAt);
  return {
    state,
    headline: headlineOf(state, summary, log.lastAt),
    epochCount: isOfLastProcess ? Math.max(state.epochs.length, summary.epochCount) : state.epochs.length,
  };
}

/** State from run.json alone. `epochs` and `findings` are empty. */
export function summarizedRun(summary: RunSummary): MergedRun {
  const {
    version: _,
    createdAt,
    updatedAt,
    processStartedAt,
    versions,
    epochCount,
    headline: __,
    sha256,
    ...rest
  } = summary;
  const state = { ...rest, epochs: [], progress: null, findings: [] };
  return { state, headline: headlineOf(state, summary, undefined), epochCount };
}

/** If the log has lost lines, its epochs may give another figure than the whole run; a run.json with a checksum has the right one. */
function headlineOf(state: RunState, summary: RunSummary, lastAt: string | undefined): RunSummary['headline'] {
  const ofState = headline(state) ?? null;
  return summary.sha256 !== undefined && isAfter(summary, lastAt) ? summary.headline : (ofState ?? summary.headline);
}

function completed({ state: logged, lastAt, begunAt }: ReadLog, summary: RunSummary): RunState {
  const isOfLastProcess = isAfter(summary, begunAt);
  const isResumed = isResumedUnheard(logged, summary, lastAt);
  const isLaterWord = isResumed || hasEndedUnheard(logged, summary, lastAt);
  const speaks = isLaterWord || (logged.status === 'queued' && isAfter(summary, lastAt));
  const { warnings, stages } = summary;
  return {
    ...logged,
    runId: summary.runId,
    status: speaks ? summary.status : logged.status,
    problem: speaks ? summary.problem : logged.problem,
    elapsedMs: speaks ? summary.elapsedMs : logged.elapsedMs,
    progress: isLaterWord ? null : logged.progress,
    dataset: logged.dataset ?? summary.dataset,
    recipe: logged.recipe ?? summary.recipe,
    device: logged.device ?? summary.device,
    // A process that resumes a run writes run.json first.
    ...(isOfLastProcess && summary.pid !== null ? { pid: summary.pid, machine: summary.machine } : {}),
    classNames: logged.classNames.length > 0 ? logged.classNames : summary.classNames,
    counts: logged.counts ?? summary.counts,
    fingerprint: logged.fingerprint ?? summary.fingerprint,
    splitOrigin: logged.splitOrigin ?? summary.splitOrigin,
    depth: logged.counts ? logged.depth : summary.depth,
    weights: logged.weights ?? summary.weights,
    stages: logged.stages.length < stages.length || (isLaterWord && stages.length > 0) ? stages : logged.stages,
    // Fields that a resume clears.
    warnings: isResumed || (isOfLastProcess && logged.warnings.length < warnings.length) ? warnings : logged.warnings,
    evaluation: isResumed ? summary.evaluation : (logged.evaluation ?? (isOfLastProcess ? summary.evaluation : null)),
  };
}

/** True if run.json records an end that the log does not show. */
export const hasEndedUnheard = (logged: RunState, summary: RunSummary, lastAt: string | undefined): boolean =>
  isOver(summary) && !isOver(logged) && isAfter(summary, lastAt);

/**
 * True if the log ends, and a later run.json of another process continues or records another end. A queued process may vanish before it
 * resumes anything; a different number alone is damage, from which the log's checksums protect.
 */
const isResumedUnheard = (logged: RunState, summary: RunSummary, lastAt: string | undefined): boolean =>
  isOver(logged) &&
  summary.status !== 'queued' &&
  (summary.status !== logged.status || summary.elapsedMs !== logged.elapsedMs) &&
  (summary.pid !== logged.pid || !isDeepStrictEqual(summary.machine, logged.machine)) &&
  lastAt !== undefined &&
  Date.parse(summary.updatedAt) > Date.parse(lastAt);

const isOver = ({ status }: Pick<RunState, 'status'>): boolean => !isOpenStatus(status);
