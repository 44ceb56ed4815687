// The datasets of the workspace with their counts: the model behind the view. Counts one dataset at a time, only while a view is open,
// and again only where files came or went. Absent: the editor (the ports report its changes), reading images.
import type { CheckSummary } from '../checks/checkRecord.ts';
import type { DatasetCounts } from './datasetCounts.ts';
import { type DatasetScan, withoutSplits } from './datasetFolders.ts';

export interface DatasetEntry {
  /** Absolute path. */
  readonly folder: string;
  /** null: not counted yet. */
  readonly counts: DatasetCounts | null;
  readonly check: CheckSummary | null;
  readonly isChecking: boolean;
}

export interface FolderScan extends DatasetScan {
  /** Paths of files and folders added or removed since the last scan; 'all': anything may have changed. */
  readonly touched: readonly string[] | 'all';
}

export interface DatasetIndexPorts {
  readonly count: (folder: string) => Promise<DatasetCounts>;
  readonly checks: {
    summary(folder: string): Promise<CheckSummary | null>;
    isRunning(folder: string): boolean;
    onDidChange(listener: (folder: string) => void): { dispose(): void };
  };
  readonly onError: (error: unknown) => void;
}

/** Limit of datasets shown and counted; a workspace with more gets a note. */
export const mostDatasets = 200;

export class DatasetIndex {
  readonly #ports: DatasetIndexPorts;
  readonly #entries = new Map<string, DatasetEntry>();
  readonly #stale = new Set<string>();
  readonly #listeners = new Set<() => void>();
  readonly #listening: { dispose(): void };
  #complete = true;
  #isWatched = false;
  #counting = false;
  #disposed = false;

  constructor(ports: DatasetIndexPorts) {
    this.#ports = ports;
    this.#listening = ports.checks.onDidChange((folder) => {
      if (this.#entries.has(folder)) this.#guard(this.#readCheck(folder));
    });
  }

  /** In code-point order of their paths. */
  get datasets(): readonly DatasetEntry[] {
    return [...this.#entries.values()];
  }

  /** false: the scan stopped at its limits, or there are more than are shown. */
  get complete(): boolean {
    return this.#complete;
  }

  onDidChange(listener: () => void): { dispose(): void } {
    this.#listeners.add(listener);
    return { dispose: () => this.#listeners.delete(listener) };
  }

  /** Whether a view shows the counts. */
  watch(isWatched: boolean): void {
    this.#isWatched = isWatched;
    this.#guard(this.#countStale());
  }

  scanned({ touched, complete, ...found }: FolderScan): void {
    const all = withoutSplits(found);
    const shown = all.slice(0, mostDatasets);
    this.#complete = complete && shown.length === all.length;
    const before = new Map(this.#entries);
    this.#entries.clear();
    for (const folder of shown) {
      const known = before.get(folder);
      if (!known || concerns({ touched }, folder)) this.#stale.add(folder);
      this.#entries.set(folder, known ?? { folder, counts: null, check: null, isChecking: false });
    }
    this.#tell();
    this.#guard(this.#countStale());
  }

  dispose(): void {
    this.#disposed = true;
    this.#listening.dispose();
  }

  async #countStale(): Promise<void> {
    if (this.#counting || !this.#isWatched) return;
    this.#counting = true;
    try {
      for (let next = this.#next(); next !== undefined; next = this.#next()) {
        this.#stale.delete(next);
        const counts = await this.#ports.count(next);
        this.#update(next, { counts });
        await this.#readCheck(next);
      }
    } finally {
      this.#counting = false;
    }
  }

  #next(): string | undefined {
    if (!this.#isWatched || this.#disposed) return undefined;
    for (const folder of this.#stale) if (!this.#entries.has(folder)) this.#stale.delete(folder);
    return [...this.#stale][0];
  }

  async #readCheck(folder: string): Promise<void> {
    const { checks } = this.#ports;
    const check = await checks.summary(folder);
    this.#update(folder, { check, isChecking: checks.isRunning(folder) });
  }

  #update(folder: string, news: Partial<DatasetEntry>): void {
    const entry = this.#entries.get(folder);
    if (!entry || this.#disposed) return;
    this.#entries.set(folder, { ...entry, ...news });
    this.#tell();
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }

  #guard(work: Promise<void>): void {
    work.catch(this.#ports.onError);
  }
}

/** Whether the scan reports a change in the folder, or around it. */
export const concerns = ({ touched }: Pick<FolderScan, 'touched'>, folder: string): boolean =>
  touched === 'all' || touched.some((path) => isIn(path, folder) || isIn(folder, path));

const isIn = (inner: string, outer: string): boolean =>
  inner === outer || (inner.startsWith(outer) && /^[\\/]/.test(inner.slice(outer.length)));
