// The model behind tree, panels and status bar: every run of the workspace, kept fresh by tailing the logs of those that go on.
// There is no other channel to a runner: a run looks the same to the window that started it and to one that came later.
import { access, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Problem, RunEvent } from '../../runner/contracts/events.ts';
import { files } from '../../runner/contracts/run.ts';
import { isOpenStatus } from '../../runner/contracts/runState.ts';
import { isSameProcessAlive } from '../../runner/store/processIdentity.ts';
import { type Entry, loggedState, newEntry, runFrom, type StartedRun } from './entry.ts';
import { silentMs } from './liveness.ts';
import { failedBy, isOpen, type Run } from './run.ts';
import { findRuns, readSummary, summaryStamp } from './runFolders.ts';
import { RunTail } from './runTail.ts';

export interface RunIndexPorts {
  /** Absolute paths of the folders that hold run folders; asked at each scan. */
  readonly runsFolders: () => readonly string[];
  /** Where the output of a run's process goes, for the words about its end. */
  readonly logOf: (runId: string) => string;
  readonly isAlive?: (pid: number, startedAtMs: number | undefined) => Promise<boolean>;
  readonly now?: () => number;
  /** An unexpected error of the background work. */
  readonly onError: (error: unknown) => void;
}

/** News of one run: events in their order; `reset`: read the whole run again. */
export type RunNews = { readonly id: string } & ({ readonly events: readonly RunEvent[] } | { readonly reset: true });

const pollMs = 250;
const livenessEveryMs = 3000;

export class RunIndex {
  readonly #ports: RunIndexPorts;
  readonly #entries = new Map<string, Entry>();
  readonly #changed = new Set<() => void>();
  readonly #news = new Set<(news: RunNews) => void>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #livenessDueMs = 0;
  #work: Promise<void> = Promise.resolve();
  #disposed = false;

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
    const entry = newEntry(started.id, started.folder, started);
    entry.tail = new RunTail(entry.id, join(entry.folder, files.events));
    this.#entries.set(entry.id, entry);
    this.#refresh(entry);
    this.#tellChanged();
    this.#schedule();
    return entry.run;
  }

  /** The process of a run that this window started has ended. `problem`: what it said last; `reason`: how it ended. */
  processEnded(id: string, end: { readonly reason: string; readonly problem: Problem | null }): Promise<void> {
    return this.#serially(async () => {
      const entry = this.#entries.get(id);
      if (!entry) return;
      await this.#read(entry);
      entry.started = undefined;
      const { status } = loggedState(entry);
      if (isOpenStatus(status)) {
        const died: Problem = { code: 'runnerDied', params: { reason: end.reason, log: this.#ports.logOf(id) } };
        this.#fail(entry, end.problem ?? died);
      }
      this.#refresh(entry);
      this.#tellChanged();
    });
  }

  /** Looks for runs that came or went, and reads what changed. */
  rescan(): Promise<void> {
    return this.#serially(async () => {
      const found = (await Promise.all(this.#ports.runsFolders().map(findRuns))).flat();
      const ids = new Set(found.map(({ id }) => id));
      for (const entry of this.#entries.values())
        if (!ids.has(entry.id) && !entry.started && !(entry.verdict && !entry.stamp && !entry.tail?.heartbeatMs))
          this.#entries.delete(entry.id);
      // A few at a time: a thousand runs must not exhaust the file handles.
      for (let i = 0; i < found.length; i += 16)
        await Promise.all(found.slice(i, i + 16).map((run) => this.#meet(run)));
      this.#tellChanged();
      this.#schedule();
    });
  }

  /** The run with all its epochs and findings. */
  async load(id: string): Promise<Run | undefined> {
    await this.#serially(async () => {
      const entry = this.#entries.get(id);
      if (!entry || entry.tail) return;
      entry.tail = new RunTail(id, join(entry.folder, files.events));
      await this.#read(entry);
    });
    return this.get(id);
  }

  /** Asks the runner to end after its current batch; a run whose folder is not there yet is asked as soon as it is. */
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

  /** Takes a run off the list; its folder is the caller's. */
  remove(id: string): void {
    if (this.#entries.delete(id)) this.#tellChanged();
  }

  dispose(): void {
    this.#disposed = true;
    clearTimeout(this.#timer);
    this.#changed.clear();
    this.#news.clear();
  }

  async #meet({ id, folder }: { id: string; folder: string }): Promise<void> {
    const known = this.#entries.get(id);
    const entry = known ?? newEntry(id, folder, undefined);
    const stamp = await summaryStamp(folder);
    if (known && stamp === entry.stamp) return;
    const { summary, problem } = await readSummary(folder);
    // A new folder may not hold its run.json yet; the log then speaks for it.
    Object.assign(entry, { stamp, summary, unreadable: problem });
    const goes = summary === null || isOpenStatus(summary.status);
    if (goes) entry.tail ??= new RunTail(id, join(folder, files.events));
    this.#entries.set(id, entry);
    await this.#read(entry);
    this.#refresh(entry);
  }

  async #read(entry: Entry): Promise<boolean> {
    if (!entry.tail) return false;
    const news = await entry.tail.poll().catch((error: Error) => error);
    if (news instanceof Error) {
      const { message: reason } = news;
      if (!entry.verdict) this.#fail(entry, { code: 'runBroken', params: { run: entry.id, reason } });
      return true;
    }
    const { events, restarted } = news;
    if (events.length === 0 && !restarted) return false;
    const withdrawn = entry.verdict !== undefined;
    // The log speaks again: whoever was thought gone is not.
    entry.verdict = undefined;
    this.#refresh(entry);
    this.#tellNews(restarted || withdrawn ? { id: entry.id, reset: true } : { id: entry.id, events });
    return true;
  }

  #fail(entry: Entry, problem: Problem): void {
    entry.verdict = failedBy(problem, loggedState(entry));
    this.#refresh(entry);
    this.#tellNews({ id: entry.id, events: [entry.verdict] });
  }

  #refresh(entry: Entry): void {
    entry.run = runFrom(entry);
  }

  async #writeStop(entry: Entry): Promise<void> {
    try {
      await access(entry.folder);
    } catch {
      return; // not there yet: the next look tries again
    }
    await writeFile(join(entry.folder, files.stopRequest), '');
    entry.stopWritten = true;
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
    }
    if (changed) this.#tellChanged();
  }

  async #checkLiveness(entry: Entry, now: number): Promise<boolean> {
    const { process } = entry.run;
    const age = now - (entry.tail?.heartbeatMs ?? entry.run.createdAt.getTime());
    if (age <= silentMs) return false;
    const isAlive = this.#ports.isAlive ?? isSameProcessAlive;
    if (process && (await isAlive(process.pid, process.startedAtMs ?? undefined))) return false;
    const reason = process ? `process ${process.pid} is gone` : 'it never began';
    this.#fail(entry, { code: 'runnerDied', params: { reason, log: this.#ports.logOf(entry.id) } });
    return true;
  }

  /** One thing at a time: reading a log and judging it must not overlap. */
  #serially(work: () => Promise<void>): Promise<void> {
    this.#work = this.#work
      .then(async () => {
        if (!this.#disposed) await work();
      })
      .catch(this.#ports.onError);
    return this.#work;
  }

  #tellChanged(): void {
    for (const listener of this.#changed) listener();
  }

  #tellNews(news: RunNews): void {
    for (const listener of this.#news) listener(news);
  }
}
