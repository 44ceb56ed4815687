// Reads run folders as they are: unfinished, moved, damaged, of another version. Never writes into them.
import { basename, join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { UserError } from '../../shared/contracts/errors.ts';
import { EventLogReader, type LogHealth } from '../../shared/contracts/eventLog.ts';
import type { Problem } from '../../shared/contracts/events.ts';
import type { RunLabels } from '../../shared/contracts/labels.ts';
import { type Elsewhere, hostText, machineTag } from '../../shared/contracts/machine.ts';
import { files, isAfter, RunSummary } from '../../shared/contracts/run.ts';
import { applyRunEvent, initialRunState, isOpenStatus, type RunState } from '../../shared/contracts/runState.ts';
import { type FsPort, nodeFileSystem } from '../../shared/files/fileSystem.ts';
import { readLabels } from '../../shared/files/labels.ts';
import { lastSignMs } from '../../shared/files/lastSign.ts';
import { fateOf, type Judge, thisMachine } from '../../shared/files/machine.ts';
import { locatedEvent, locatedState } from '../../shared/files/places.ts';
import { isSystemError } from '../../shared/files/systemError.ts';
import { readRecords, withStoredLists } from '../../shared/files/tables.ts';

export interface RunRead {
  /** The fold over the log; what the log has lost is taken from run.json. A run whose process is gone is `failed` here. */
  readonly state: RunState;
  readonly health: LogHealth;
  /** undefined: run.json is missing or damaged. */
  readonly summary: RunSummary | undefined;
  /**
   * Set while the run goes on, as far as it has said, on a machine whose processes cannot be judged from here: it is never failed for
   * being silent.
   */
  readonly elsewhere: Elsewhere | null;
}

/** @throws UserError runNotFound, runBroken (neither log nor run.json can be read), runNewer */
export async function readRun(folder: string, fs: FsPort = nodeFileSystem, judge: Judge = {}): Promise<RunRead> {
  const summary = await readSummary(folder, fs);
  const reader = new EventLogReader();
  const log = await fs.readFile(join(folder, files.events)).catch(unlessMissing(folder));
  const records = log ? await readRecords(reader, log, folder, fs) : [];
  if (records.length === 0 && !summary) {
    if (!log && !(await exists(folder, fs))) throw new UserError('runNotFound', { run: folder });
    const reason = `${files.run} and ${files.events} are missing or damaged`;
    throw new UserError('runBroken', { run: basename(folder), reason });
  }
  const told = records.reduce(
    (state, { event }) => applyRunEvent(state, locatedEvent(event, folder)),
    initialRunState(basename(folder)),
  );
  const toldAt = records.at(-1)?.at;
  const begunAt = records.findLast(({ event }) => event.type === 'started' || event.type === 'resumed')?.at;
  const state = summary ? completed(told, summary, toldAt, begunAt) : told;
  const signs = async () => Math.max(toldAt === undefined ? 0 : Date.parse(toldAt), await lastSignMs(folder, fs));
  return { ...(await judged(state, summary, folder, signs, judge)), health: reader.health, summary };
}

export type ListedRun = {
  readonly folder: string /** ISO 8601, or "" when not known. */;
  readonly createdAt: string;
  readonly labels: RunLabels;
} & (
  | (RunRead & { readonly problem: null })
  | { readonly state: undefined; readonly health?: undefined; readonly problem: Problem }
);

/** Newest first. A folder that is not there has no runs; a run that cannot be read is listed with its problem. */
export async function listRuns(
  runsFolder: string,
  fs: FsPort = nodeFileSystem,
  judge: Judge = {},
): Promise<readonly ListedRun[]> {
  const names = await fs.readdir(runsFolder).catch(unlessMissing(runsFolder));
  const listed: ListedRun[] = [];
  // One after another: a thousand runs must not exhaust the file handles.
  for (const name of names ?? []) {
    const run = await listedRun(join(runsFolder, name), fs, judge);
    if (run) listed.push(run);
  }
  return listed.sort((a, b) => compare(orderOf(b), orderOf(a)));
}

async function listedRun(folder: string, fs: FsPort, judge: Judge): Promise<ListedRun | undefined> {
  try {
    const inside = await fs.readdir(folder);
    if (!inside.includes(files.run) && !inside.includes(files.events)) return undefined;
    const run = await readRun(folder, fs, judge);
    return {
      folder,
      createdAt: run.summary?.createdAt ?? '',
      labels: await readLabels(folder, fs),
      problem: null,
      ...run,
    };
  } catch (error) {
    if (isSystemError(error) && error.code === 'ENOTDIR') return undefined;
    const labels = await readLabels(folder, fs);
    return { folder, createdAt: '', labels, state: undefined, problem: problemOf(folder, error) };
  }
}

function problemOf(folder: string, error: unknown): Problem {
  if (error instanceof UserError) return { code: error.code, params: error.params };
  const reason = error instanceof Error ? error.message : String(error);
  return { code: 'runBroken', params: { run: basename(folder), reason } };
}

/** Run ids begin with their start, to the second; a renamed folder is placed by what run.json says. */
const orderOf = ({ folder, createdAt, state }: ListedRun): string =>
  `${createdAt || (state?.runId ?? basename(folder)).replace(/^(\d{4})(\d\d)(\d\d)-(\d\d)(\d\d)(\d\d)/, '$1-$2-$3T$4:$5:$6')} ${folder}`;

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

async function readSummary(folder: string, fs: FsPort): Promise<RunSummary | undefined> {
  const bytes = await fs.readFile(join(folder, files.run)).catch(unlessMissing(folder));
  if (!bytes) return undefined;
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined; // damaged: the log speaks alone
  }
  if (z.object({ version: z.number().gt(1) }).safeParse(json).success)
    throw new UserError('runNewer', { run: basename(folder) });
  const { data } = RunSummary.safeParse(await withStoredLists(json, initialRunState(''), folder, fs));
  return data && locatedState(data, folder);
}

/**
 * Fills what the log does not say any more, or on a network disk not yet, from the summary, which was written after the log. The summary
 * may itself be seen late: then it must not undo what the log says.
 * @param toldAt  the time of the last event that was read
 * @param begunAt  the time of the last one with which a process began to work on the run
 */
function completed(
  told: RunState,
  summary: RunSummary,
  toldAt: string | undefined,
  begunAt: string | undefined,
): RunState {
  const isOfLastProcess = isAfter(summary, begunAt);
  const isResumed = isResumedUnheard(told, summary, toldAt);
  const isLaterWord = isResumed || (isOver(summary) && !isOver(told) && isAfter(summary, toldAt));
  const { warnings, stages } = summary;
  return {
    ...told,
    runId: summary.runId,
    status: isLaterWord || told.status === 'queued' ? summary.status : told.status,
    problem: isLaterWord ? summary.problem : told.problem,
    elapsedMs: isLaterWord ? summary.elapsedMs : told.elapsedMs,
    progress: isLaterWord ? null : told.progress,
    dataset: told.dataset ?? summary.dataset,
    recipe: told.recipe ?? summary.recipe,
    device: told.device ?? summary.device,
    // Who goes on with a run says so there first.
    ...(isOfLastProcess && summary.pid !== null ? { pid: summary.pid, machine: summary.machine } : {}),
    classNames: told.classNames.length > 0 ? told.classNames : summary.classNames,
    counts: told.counts ?? summary.counts,
    fingerprint: told.fingerprint ?? summary.fingerprint,
    splitOrigin: told.splitOrigin ?? summary.splitOrigin,
    depth: told.counts ? told.depth : summary.depth,
    weights: told.weights ?? summary.weights,
    stages: told.stages.length < stages.length || (isLaterWord && stages.length > 0) ? stages : told.stages,
    // What a resume clears.
    warnings: isResumed || (isOfLastProcess && told.warnings.length < warnings.length) ? warnings : told.warnings,
    evaluation: isResumed ? summary.evaluation : (told.evaluation ?? (isOfLastProcess ? summary.evaluation : null)),
  };
}

/**
 * The log ends, and a later run.json of another process goes on or tells another end. A queued process may be gone before it has resumed
 * anything; a number alone that differs is damage, from which the log's checksums protect.
 */
const isResumedUnheard = (told: RunState, summary: RunSummary, toldAt: string | undefined): boolean =>
  isOver(told) &&
  summary.status !== 'queued' &&
  (summary.status !== told.status || summary.elapsedMs !== told.elapsedMs) &&
  (summary.pid !== told.pid || !isDeepStrictEqual(summary.machine, told.machine)) &&
  toldAt !== undefined &&
  Date.parse(summary.updatedAt) > Date.parse(toldAt);

const isOver = ({ status }: Pick<RunState, 'status'>): boolean => !isOpenStatus(status);

async function judged(
  state: RunState,
  summary: RunSummary | undefined,
  folder: string,
  signs: () => Promise<number>,
  judge: Judge,
): Promise<Pick<RunRead, 'state' | 'elsewhere'>> {
  const { pid, machine } = state;
  if (isOver(state) || pid === null) return { state, elsewhere: null };
  // The start time belongs to the number beside it.
  const startedAtMs = summary?.pid === pid ? summary.processStartedAt : undefined;
  const fate = await fateOf({ pid, startedAtMs, machine: machine ? machineTag(machine) : undefined }, signs, judge);
  if (fate === 'alive') return { state, elsewhere: null };
  if (fate === 'elsewhere') {
    const host = hostText(machine!, judge.machine ?? (await thisMachine()));
    return { state, elsewhere: { host, lastSignMs: await signs() } };
  }
  const problem = { code: 'runnerDied', params: { reason: `process ${pid} is gone`, log: join(folder, files.log) } };
  return { state: { ...state, status: 'failed', problem, progress: null }, elsewhere: null };
}

export async function exists(folder: string, fs: FsPort): Promise<boolean> {
  return (await fs.readdir(folder).catch(unlessMissing(folder))) !== undefined;
}

/** Missing is an answer; a disk that refuses is a problem of the run. */
const unlessMissing = (path: string) => (error: unknown) => {
  if (!isSystemError(error)) throw error;
  if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
  throw new UserError('runBroken', { run: basename(path), reason: error.message }, { cause: error });
};
