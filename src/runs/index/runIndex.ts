// The model behind tree, panels and status bar: every run of the workspace, kept fresh by tailing the logs of active runs.
// There is no other channel to a runner: a run looks the same to the window that started it and to one opened later.

import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { Problem, RunEvent } from '../../../shared/contracts/events.ts';
import type { RunLabels } from '../../../shared/contracts/labels.ts';
import { type Elsewhere, isSilent, type Machine } from '../../../shared/contracts/machine.ts';
import { files, type RunSummary } from '../../../shared/contracts/run.ts';
import { isOpenStatus } from '../../../shared/contracts/runState.ts';
import { thisMachine } from '../../../shared/processes/machine.ts';
import { isSameProcessAlive } from '../../../shared/processes/processIdentity.ts';
import { diedOf, endOfGone, fateOfRun, silentMs } from '../../../shared/runFolder/judgedRun.ts';
import { labelsToChange, readLabels, writeLabels } from '../../../shared/runFolder/labels.ts';
import { hasEndedUnheard } from '../../../shared/runFolder/mergedRun.ts';
import { readSummary } from '../../../shared/runFolder/runSummary.ts';
import { metricsOf } from '../metrics.ts';
import { isHeldByDisk, isOpen, type ProcessEnd, type Run } from '../runs.ts';
import { type Entry, indexedRun, loggedRun, newEntry, recalledEntry, runFrom, type StartedRun } from './entry.ts';
import { type FoundRun, findRuns, stampOf, stampsOf } from './foundRuns.ts';
import { type IndexFile, leanSummary, panelFields } from './indexFile.ts';
import { lastWait, logTail } from './logTail.ts';
import { isRequested, isThere, withdrawRequest, writeRequest } from './requests.ts';
import { RunTail } from './runTail.ts';

export interface RunIndexPorts {
  /** Absolute paths of the folders that contain run folders; requested at each scan. */
  readonly runsFolders: () => readonly string[];
  /** File of the output of a run's process, to describe its end. */
  readonly logOf: (runId: string) => string;
  /** Cache of ended runs' rows until the next start; none: every run.json is read. */
  readonly indexFile?: IndexFile;
  readonly isAlive?: (pid: number, startedAtMs: number | undefined) => Promise<boolean>;
  /** This machine, unless a test overrides it. */
  readonly machine?: Machine;
  readonly now?: () => number;
  /** Reports an unexpected error of the background work. */
  readonly onError: (error: unknown) => void;
}

/** News of one run: events in order; `reset`: read the whole run again. */
export type RunNews = { readonly id: string } & ({ readonly events: readonly RunEvent[] } | { readonly reset: true });

/** A network disk may show a log that is older than run.json by about a minute. */
const lateMs = 90_000;

const pollMs = 250;
/** Errors that another program or a network disk causes for a moment. */
const retryMs = 50;
const livenessEveryMs = 3000;
/** Limits how often the list is reported while many runs are read. */
const tellEveryMs = 250;

export class RunIndex {
  readonly #ports: RunIndexPorts;
  readonly #entries = new Map<string, Entry>();
  readonly #changed = new Set<() => void>();
  readonly #news = new Set<(news: RunNews) => void>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #livenessDueMs = 0;
  #work: Promise<void> = Promise.resolve();
  #disposed = false;
  #recalled = false;
  #here: Machine | undefined;
  #settleReady = (): void => {};
  /** Resolves when the list is known: after the first scan, or with the runs that the index file remembers. */
  readonly ready = new Promise<void>((settle) => {
    this.#settleReady = settle;
  });

  constructor(ports: RunIndexPorts) {
    this.#ports = ports;
  }

  /** Newest first. */
  get runs(): readonly Run[] {
    return [...this.#entries.values()].map((entry) => entry.run).sort((a, b) => (a.id < b.id ? 1 : -1));
  }

  get(id: string): Run | undefined {
    return this.#entries.get(id)?.run;
  }

  onDidChange(listener: () => void): { dispose(): void } {
    this.#changed.add(listener);
    return { dispose: () => this.#changed.delete(listener) };
  }

  onNews(listener: (news: RunNews) => void): { dispose(): void } {
    this.#news.add(listener);
    return { dispose: () => this.#news.delete(listener) };
  }

  /** A run whose process was just started: listed from now on, before its folder exists. */
  add(started: StartedRun): Run {
    const entry = { ...newEntry(started.id, started.folder, started), awaitsLog: true };
    entry.tail = new RunTail(entry.id, join(entry.folder, files.events));
    this.#entries.set(entry.id, entry);
    this.#refresh(entry);
    entry.isWhole = true; // nothing is on the disk yet, so everything to come is news
    this.#tellChanged();
    this.#schedule();
    return entry.run;
  }

  /** A process was just started to resume an ended run: listed as starting until it writes. */
  addResumed(id: string, pid: number | undefined): void {
    const entry = this.#entries.get(id);
    if (!entry) throw new Error(`There is no run ${id}.`);
    entry.tail ??= new RunTail(id, join(entry.folder, files.events));
    entry.started = { id, folder: entry.folder, dataset: entry.run.state.dataset ?? '', pid };
    Object.assign(entry, {
      resuming: true,
      awaitsLog: true,
      stopRequested: false,
      stopWritten: false,
      pauseRequested: false,
    });
    this.#refresh(entry);
    this.#keep();
    this.#tellChanged();
    this.#schedule();
  }

  /**
   * The process of a run that this window started or resumed has ended. Resolves with the problem of one that was refused before it
   * changed the run (for example because another process holds it); else null, and the run itself has the reason.
   */
  async processEnded(id: string, end: ProcessEnd): Promise<Problem | null> {
    let refused: Problem | null = null;
    await this.#serially(async () => {
      const entry = this.#entries.get(id);
      if (!entry) return;
      const pid = entry.started?.pid;
      await this.#readSummary(entry);
      await this.#read(entry);
      const silent = entry.resuming;
      Object.assign(entry, { started: undefined, resuming: false });
      const problem = end.problem ?? this.#deathOf(entry, end);
      const other = entry.summary;
      const isElsewhere = other?.machine && this.#here && !isDeepStrictEqual(other.machine, this.#here);
      const ofAnother = other?.pid != null && pid !== undefined && (other.pid !== pid || isElsewhere);
      if (silent || ofAnother) refused = problem;
      else if (isOpenStatus(loggedRun(entry).state.status)) await this.#bury(entry, problem);
      await this.#lookForCheckpoint(entry);
      this.#refresh(entry);
      this.#keep();
      this.#tellChanged();
    });
    return refused;
  }

  /** Scans for runs that came or went, and reads what changed. The first time, it reports what the index file remembers at once. */
  rescan(): Promise<void> {
    return this.#serially(async () => {
      this.#here ??= this.#ports.machine ?? (await thisMachine());
      const folders = this.#ports.runsFolders();
      const listed = await Promise.all(folders.map(findRuns));
      const found = listed.flatMap((runs) => runs ?? []);
      const ids = new Set(found.map(({ id }) => id));
      const unseen = folders.filter((_, i) => listed[i] === undefined);
      for (const { id, folder } of this.#entries.values()) if (unseen.includes(dirname(folder))) ids.add(id);
      for (const entry of this.#entries.values())
        if (!ids.has(entry.id) && !entry.started && !(entry.verdict && !entry.stamp && !entry.tail?.heartbeatMs))
          this.#forget(entry.id);
      const recalled = await this.#recall(found);
      if (recalled.size > 0) this.#tellChanged();
      // Unknown and active runs are read before those that only need a comparison.
      await this.#meetAll(found.filter(({ id }) => !recalled.has(id)));
      await this.#meetAll(found.filter(({ id }) => recalled.has(id)));
      this.#tellChanged();
      this.#schedule();
    });
  }

  /** Changes the user's labels of runs, starting from those on disk. Resolves with the runs that have no folder to write to. */
  async label(ids: readonly string[], change: (labels: RunLabels) => RunLabels): Promise<string[]> {
    const without: string[] = [];
    let failure: unknown;
    await this.#serially(async () => {
      for (const id of ids) {
        const entry = this.#entries.get(id);
        if (!entry || !(await isThere(entry.folder))) {
          without.push(id);
          continue;
        }
        try {
          await writeLabels(entry.folder, change(await labelsToChange(entry.folder)));
        } catch (error) {
          failure = error;
          break;
        }
        await this.#readLabels(entry);
        this.#refresh(entry);
      }
      this.#tellChanged();
    });
    if (failure !== undefined) throw failure;
    return without;
  }

  /**
   * The run with all its epochs and findings. An active run that was read before is returned as it is now: news follow, and a disk that
   * hangs over another run delays nobody.
   */
  async load(id: string): Promise<Run | undefined> {
    const known = this.#entries.get(id);
    if (known?.isWhole && isOpen(known.run)) return known.run;
    await this.#serially(async () => {
      const entry = this.#entries.get(id);
      if (!entry || entry.refused) return;
      if (entry.indexed) await this.#readSummary(entry, 'again');
      entry.tail ??= new RunTail(id, join(entry.folder, files.events));
      if (!(await this.#read(entry))) this.#refresh(entry);
      this.#schedule();
    });
    return this.get(id);
  }

  /** Requests a stop after the current batch; a run without a folder gets the request as soon as it has one. */
  requestStop(id: string): Promise<void> {
    return this.#serially(async () => {
      const entry = this.#entries.get(id);
      if (!entry || !isOpen(entry.run)) return;
      entry.stopRequested = true;
      await this.#writeStop(entry);
      this.#refresh(entry);
      this.#tellChanged();
    });
  }

  /** Requests a pause before the next batch, or its end. */
  requestPause(id: string, pause: boolean): Promise<void> {
    return this.#serially(async () => {
      const entry = this.#entries.get(id);
      if (!entry || !isOpen(entry.run)) return;
      if (pause) entry.pauseRequested = await writeRequest(entry.folder, 'pauseRequest');
      else {
        await withdrawRequest(entry.folder, 'pauseRequest');
        entry.pauseRequested = false;
      }
      this.#refresh(entry);
      this.#tellChanged();
    });
  }

  /** Makes a runner that waits for its disk retry at once. */
  requestRetry(id: string): Promise<void> {
    return this.#serially(async () => {
      const entry = this.#entries.get(id);
      if (entry && isHeldByDisk(entry.run)) await writeRequest(entry.folder, 'retryRequest');
    });
  }

  /** Takes a run off the list; the caller handles its folder. */
  remove(id: string): void {
    if (this.#forget(id)) this.#tellChanged();
  }

  #forget(id: string): boolean {
    const isKnown = this.#entries.delete(id);
    if (isKnown) this.#keep();
    return isKnown;
  }

  dispose(): void {
    this.#disposed = true;
    clearTimeout(this.#timer);
    this.#settleReady();
    this.#changed.clear();
    this.#news.clear();
  }

  /** Found runs that the index file remembers; only the first time. */
  async #recall(found: readonly FoundRun[]): Promise<ReadonlySet<string>> {
    const ids = new Set<string>();
    if (this.#recalled || !this.#ports.indexFile) return ids;
    this.#recalled = true;
    const remembered = new Map((await this.#ports.indexFile.read()).map((run) => [run.folder, run]));
    for (const { id, folder } of found) {
      const run = remembered.get(folder);
      if (!run || run.id !== id || this.#entries.has(id)) continue;
      this.#entries.set(id, recalledEntry(run));
      ids.add(id);
    }
    if (ids.size !== remembered.size) this.#keep();
    return ids;
  }

  /** Limits concurrency, because a thousand runs must not exhaust the file handles. */
  async #meetAll(found: readonly FoundRun[]): Promise<void> {
    let toldMs = performance.now();
    for (let i = 0; i < found.length && !this.#disposed; i += 16) {
      await Promise.all(found.slice(i, i + 16).map((run) => this.#meet(run)));
      if (performance.now() - toldMs < tellEveryMs) continue;
      this.#tellChanged();
      toldMs = performance.now();
    }
  }

  async #meet({ id, folder }: FoundRun): Promise<void> {
    const known = this.#entries.get(id);
    const wasOpen = known === undefined || isOpen(known.run);
    const entry = known ?? newEntry(id, folder, undefined);
    const [isRelabelled, isRewritten] = await Promise.all([this.#readLabels(entry), this.#readSummary(entry)]);
    if (entry.stamp === '' && entry.logStamp === '' && !entry.started) {
      // No run, or deleted.
      if (known && !known.verdict) this.#forget(id);
      return;
    }
    if (known && !isRewritten) {
      if (entry.indexed) await this.#lookForCheckpoint(entry); // run.json does not record its deletion
      if (isRelabelled || entry.indexed) this.#refresh(entry);
      return;
    }
    if (!known) entry.awaitsLog = entry.summary !== null && isOpenStatus(entry.summary.status);
    if (entry.needsLog && !entry.refused) entry.tail ??= new RunTail(id, join(folder, files.events));
    this.#entries.set(id, entry);
    await this.#read(entry);
    await this.#lookForCheckpoint(entry);
    this.#refresh(entry);
    if (!wasOpen || !isOpen(entry.run)) this.#keep();
  }

  /** false: run.json is unchanged, and so is the log of an ended run. A new folder may have none yet; then the log counts. */
  async #readSummary(entry: Entry, unless: 'unchanged' | 'again' = 'unchanged'): Promise<boolean> {
    const stamps = await stampsOf(entry.folder);
    const isSame =
      entry.refused?.code !== 'runBroken' && // a fault that passes leaves the stamps as they are
      stamps.summary === entry.stamp &&
      (stamps.log === entry.logStamp || entry.tail !== undefined);
    if (isSame && unless === 'unchanged') return false;
    const isLean = unless === 'unchanged' && !stamps.isLogNewer;
    const read = await readSummary(entry.folder, undefined, isLean ? panelFields : []).catch((error: Error) => error);
    const refused =
      read instanceof Error ? brokenBy(entry.id, read) : read.problem?.code === 'runNewer' ? read.problem : null;
    const summary = read instanceof Error ? null : (read.summary ?? null);
    const needsLog =
      read instanceof Error || !read.summary || isOpenStatus(read.summary.status) || stamps.isLogNewer || !read.isWhole;
    Object.assign(entry, {
      stamp: stamps.summary,
      logStamp: stamps.log,
      summary,
      refused,
      needsLog,
      indexed: undefined,
    });
    if (!isLean || !summary || isOpenStatus(summary.status)) return true;
    if (needsLog) return this.#readSummary(entry, 'again');
    // The list holds one row's data per run, not all matrices.
    Object.assign(entry, { summary: leanSummary(summary), indexed: metricsOf(summary, summary.headline) });
    return true;
  }

  /** false: labels.json is unchanged. */
  async #readLabels(entry: Entry): Promise<boolean> {
    const stamp = await stampOf(entry.folder, files.labels);
    if (stamp === entry.labelsStamp) return false;
    const labels = await readLabels(entry.folder);
    Object.assign(entry, { labelsStamp: stamp, labels });
    this.#keep();
    return true;
  }

  /** Writes the index file some time later, with the data known then. */
  #keep(): void {
    this.#ports.indexFile?.keep(() =>
      this.runs.map(({ id }) => indexedRun(this.#entries.get(id)!)).filter((run) => run !== undefined),
    );
  }

  async #lookForCheckpoint(entry: Entry): Promise<void> {
    const { status } = entry.verdict ? { status: 'failed' } : loggedRun(entry).state;
    const unfinished = status === 'stopped' || status === 'failed' || entry.elsewhere?.silentSinceMs != null;
    entry.hasCheckpoint =
      unfinished &&
      ((await isThere(join(entry.folder, files.checkpoint))) ||
        (await isThere(join(entry.folder, files.olderCheckpoint))));
  }

  async #read(entry: Entry): Promise<boolean> {
    if (!entry.tail) return false;
    const { tail } = entry;
    const news = await tail
      .poll()
      .catch(() => sleep(retryMs).then(() => tail.poll()))
      .catch((error: Error) => error);
    if (news instanceof Error) {
      if (entry.refused) return false;
      entry.refused = brokenBy(entry.id, news);
      this.#refresh(entry);
      this.#tellNews({ id: entry.id, reset: true });
      return true;
    }
    const { events, restarted } = news;
    if (events.length === 0 && !restarted) return false;
    // Another process holds the run: run.json names it.
    if (events.some(({ type }) => type === 'queued' || type === 'resumed')) await this.#readSummary(entry);
    const withdrawn = entry.verdict !== undefined || entry.saidWait !== null;
    // New events arrived, so the process we declared dead is alive.
    const byOther = !entry.resuming && events.some(({ type }) => type === 'resumed');
    Object.assign(entry, {
      verdict: undefined,
      saidWait: null,
      resuming: false,
      elsewhere: undefined,
      lastLines: [],
    });
    if (events.some(({ type }) => type === 'paused')) entry.pauseRequested = false;
    if (byOther) Object.assign(entry, { stopRequested: false, stopWritten: false });
    if (!isOpenStatus(loggedRun(entry).state.status)) await this.#lookForCheckpoint(entry);
    this.#refresh(entry);
    this.#tellNews(restarted || withdrawn ? { id: entry.id, reset: true } : { id: entry.id, events });
    return true;
  }

  /** The process is gone and its log has no end: stopped if a stop was requested, else failed, with its last lines. */
  async #bury(entry: Entry, problem: Problem): Promise<void> {
    const isStopAsked = await isRequested(entry.folder, 'stopRequest');
    entry.verdict = endOfGone(loggedRun(entry).state, problem, isStopAsked);
    if (!isStopAsked) entry.lastLines = await logTail(entry, this.#ports.logOf(entry.id));
    this.#refresh(entry);
    this.#tellNews({ id: entry.id, events: [entry.verdict] });
    await this.#lookForCheckpoint(entry);
    this.#refresh(entry);
  }

  /** A disk that accepts nothing accepts no log line either: the runner's own output reports the wait. */
  async #readWait(entry: Entry, now: number): Promise<boolean> {
    if (entry.run.state.status !== 'running' || entry.saidWait !== null) return false;
    if (now - (entry.tail?.heartbeatMs ?? now) <= silentMs) return false;
    entry.saidWait = await lastWait(this.#ports.logOf(entry.id));
    if (entry.saidWait === null) return false;
    this.#refresh(entry);
    this.#tellNews({ id: entry.id, events: [{ type: 'paused', problem: entry.saidWait }] });
    return true;
  }

  #deathOf(entry: Entry, { reason, outOfMemory }: Omit<ProcessEnd, 'problem'>): Problem {
    const log = this.#ports.logOf(entry.id);
    const batch = loggedRun(entry).state.recipe?.batchSize.train;
    return outOfMemory && batch !== undefined && batch > 1
      ? { code: 'runnerOutOfMemory', params: { reason, log, batch, suggested: Math.ceil(batch / 2) } }
      : diedOf(reason, log);
  }

  #refresh(entry: Entry): void {
    entry.run = runFrom(entry, this.#here);
    entry.isWhole = entry.indexed === undefined && entry.tail?.isRead === true;
  }

  async #writeStop(entry: Entry): Promise<void> {
    // Not there yet, or the resuming process still has to clear requests to the previous one: the next check tries again.
    if (!entry.resuming) entry.stopWritten = await writeRequest(entry.folder, 'stopRequest');
  }

  #schedule(): void {
    if (this.#timer || this.#disposed) return;
    if (![...this.#entries.values()].some((entry) => isOpen(entry.run))) return;
    this.#timer = setTimeout(() => {
      void this.#serially(() => this.#look()).finally(() => {
        this.#timer = undefined;
        this.#schedule();
      });
    }, pollMs);
  }

  async #look(): Promise<void> {
    const now = (this.#ports.now ?? Date.now)();
    const checkLiveness = now >= this.#livenessDueMs;
    if (checkLiveness) this.#livenessDueMs = now + livenessEveryMs;
    let changed = false;
    for (const entry of [...this.#entries.values()].filter((one) => isOpen(one.run))) {
      changed = (await this.#read(entry)) || changed;
      if (entry.stopRequested && !entry.stopWritten) await this.#writeStop(entry);
      if (checkLiveness && !entry.started && isOpen(entry.run))
        changed = (await this.#checkLiveness(entry, now)) || changed;
      if (checkLiveness && isOpen(entry.run)) changed = (await this.#readWait(entry, now)) || changed;
    }
    if (changed) this.#tellChanged();
  }

  async #checkLiveness(entry: Entry, now: number): Promise<boolean> {
    if (await this.#readSummary(entry)) this.#refresh(entry); // another process may hold it by now
    const { process, elsewhere } = entry.run;
    const { heartbeatMs, log } = entry.tail ?? {};
    const age = now - (heartbeatMs ?? entry.run.createdAt.getTime());
    if (!elsewhere && age <= silentMs) return false;
    if (entry.summary && log && hasEndedUnheard(log.state, entry.summary, log.lastAt))
      return this.#takeItsWord(entry, entry.summary, now);
    const { isAlive = isSameProcessAlive } = this.#ports;
    const judge = { isAlive, nowMs: now, ...(this.#here ? { machine: this.#here } : {}) };
    const fate = await fateOfRun(entry.folder, process, log?.lastAt, judge);
    if (fate.kind === 'elsewhere') return this.#listenFor(entry, fate, now);
    if (fate.kind === 'alive') return false;
    // It may have written its last lines since.
    if ((await this.#read(entry)) && !isOpen(entry.run)) return true;
    await this.#bury(entry, this.#deathOf(entry, { reason: fate.reason, outOfMemory: false }));
    return true;
  }

  /** A run elsewhere is never declared dead: its silence is shown, and ends with its next sign of life. */
  async #listenFor(entry: Entry, { host, lastSignMs }: Elsewhere, now: number): Promise<boolean> {
    const silentSinceMs = isSilent({ host, lastSignMs }, now) ? lastSignMs : null;
    const { elsewhere } = entry;
    if (elsewhere && silentSinceMs === elsewhere.silentSinceMs && host === elsewhere.host) return false;
    entry.elsewhere = { host, silentSinceMs };
    await this.#lookForCheckpoint(entry);
    this.#refresh(entry);
    return true;
  }

  /** run.json has an end that the log does not show yet, on a network disk; after a while it no longer will. */
  async #takeItsWord(entry: Entry, { status, problem, elapsedMs, updatedAt }: RunSummary, now: number) {
    if (isOpenStatus(status) || now - Date.parse(updatedAt) <= lateMs) return false;
    const reason = status === 'finished' || status === 'stopped' ? status : 'failed';
    entry.verdict = { type: 'ended', reason, problem, elapsedMs: elapsedMs ?? 0 };
    await this.#lookForCheckpoint(entry);
    this.#refresh(entry);
    this.#tellNews({ id: entry.id, events: [entry.verdict] });
    return true;
  }

  /** Serialised, because reading a log and judging it must not overlap. */
  #serially(work: () => Promise<void>): Promise<void> {
    this.#work = this.#work
      .then(async () => {
        if (!this.#disposed) await work();
      })
      .catch(this.#ports.onError)
      .finally(this.#settleReady);
    return this.#work;
  }

  #tellChanged(): void {
    this.#settleReady();
    for (const listener of this.#changed) listener();
  }

  #tellNews(news: RunNews): void {
    for (const listener of this.#news) listener(news);
  }
}

const brokenBy = (run: string, { message: reason }: Error): Problem => ({ code: 'runBroken', params: { run, reason } });
