// Reads run folders in any condition: unfinished, moved, damaged, of another version. Never writes to them.
// The sidebar reads the same folder as it grows (src/runs/index) with the same parts: runSummary.ts, mergedRun.ts, judgedRun.ts.
import { basename, join } from 'node:path';
import { UserError } from '../contracts/errors.ts';
import { EventLogReader, type LogHealth } from '../contracts/eventLog.ts';
import type { Elsewhere } from '../contracts/machine.ts';
import { files, type RunSummary } from '../contracts/run.ts';
import { applyRunEvent, isOpenStatus } from '../contracts/runState.ts';
import { type FsPort, nodeFileSystem } from '../files/fileSystem.ts';
import { isSystemError, unlessMissing } from '../files/systemError.ts';
import type { Judge } from '../processes/machine.ts';
import { diedOf, endOfGone, fateOfRun, processOf } from './judgedRun.ts';
import { emptyLog, type MergedRun, mergedRun, withRecord } from './mergedRun.ts';
import { brokenRun, readSummary } from './runSummary.ts';
import { readRecords } from './tables.ts';

/** `state`: the fold over the log, completed from run.json where lines are lost. A run whose process is gone counts as ended. */
export interface RunRead extends MergedRun {
  readonly health: LogHealth;
  /** undefined: run.json is missing or damaged. */
  readonly summary: RunSummary | undefined;
  /**
   * Set while the run is open, according to its files, on a machine whose processes cannot be judged from here: silence never fails
   * it.
   */
  readonly elsewhere: Elsewhere | null;
}

/** @throws UserError runNotFound, runBroken (neither log nor run.json can be read), runNewer */
export async function readRun(folder: string, fs: FsPort = nodeFileSystem, judge: Judge = {}): Promise<RunRead> {
  const { gone, ...first } = await look(folder, fs, judge);
  if (!gone) return first;
  // Its last events may have been written since.
  const { gone: _, ...last } = await look(folder, fs, judge);
  return last;
}

async function look(folder: string, fs: FsPort, judge: Judge): Promise<RunRead & { readonly gone: boolean }> {
  const { summary, problem } = await readSummary(folder, fs).catch(brokenBy(folder));
  if (problem?.code === 'runNewer') throw new UserError('runNewer', { run: basename(folder) });
  const reader = new EventLogReader();
  const log = await fs.readFile(join(folder, files.events)).catch(unlessMissing).catch(brokenBy(folder));
  const records = log ? await readRecords(reader, log, folder, fs) : [];
  if (records.length === 0 && !summary) {
    if (!log && !(await exists(folder, fs))) throw new UserError('runNotFound', { run: folder });
    throw new UserError('runBroken', brokenRun(basename(folder)).params);
  }
  const read = records.reduce((all, record) => withRecord(all, record, folder), emptyLog(basename(folder)));
  const merged = mergedRun(read, summary);
  const rest = { ...merged, health: reader.health, summary, elsewhere: null, gone: false };
  const { state } = merged;
  if (!isOpenStatus(state.status)) return rest;
  const fate = await fateOfRun(folder, processOf(state, summary), read.lastAt, judge, fs);
  if (fate.kind === 'alive') return rest;
  if (fate.kind === 'elsewhere') return { ...rest, elsewhere: { host: fate.host, lastSignMs: fate.lastSignMs } };
  const isStopAsked = await isThere(join(folder, files.stopRequest), fs);
  const end = endOfGone(state, diedOf(fate.reason, join(folder, files.log)), isStopAsked);
  // Its duration was not recorded.
  return { ...rest, state: { ...applyRunEvent(state, end), elapsedMs: state.elapsedMs }, gone: true };
}

export async function exists(folder: string, fs: FsPort): Promise<boolean> {
  return (await fs.readdir(folder).catch(unlessMissing).catch(brokenBy(folder))) !== undefined;
}

const isThere = (file: string, fs: FsPort): Promise<boolean> =>
  fs.modifiedMs(file).then(
    () => true,
    () => false,
  );

/** A disk that cannot be read is a problem of the run. */
export const brokenBy =
  (path: string) =>
  (error: unknown): never => {
    if (!isSystemError(error)) throw error;
    throw new UserError('runBroken', { run: basename(path), reason: error.message }, { cause: error });
  };
