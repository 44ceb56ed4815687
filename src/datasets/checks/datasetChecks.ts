// The last check of each dataset: made on demand by the runner, stored as one file per dataset in the extension's storage, and reported
// to listeners. Absent: the editor (checkDataset.ts has its words and notifications).
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { CheckResult } from '../../../shared/contracts/checkResult.ts';
import type { Problem } from '../../../shared/contracts/events.ts';
import { replaceFile } from '../../../shared/files/atomicFile.ts';
import { lastError, linkArguments } from '../../program/runnerArguments.ts';
import { proposeRecipe } from '../../recipes/proposeRecipe.ts';
import { countsOf } from '../index/datasetCounts.ts';
import { namesOf } from '../index/datasetFolders.ts';
import { listImages } from '../index/listImages.ts';
import { CheckRecord, type CheckSummary, summaryOf } from './checkRecord.ts';

export interface ChecksPorts {
  /** Absolute path; the folder is created on first use. */
  readonly folder: string;
  /** Runs the command line program to its end. */
  readonly program: (args: readonly string[], folder: string) => Promise<ProgramEnd>;
  readonly now?: () => Date;
  /** Absolute paths of folders that symbolic links out of a dataset may lead into. */
  readonly linkFolders?: () => readonly string[];
}

export interface ProgramEnd {
  readonly code: number | null;
  readonly output: string;
  readonly errors: string;
}

/** A check that failed to run. */
export class CheckFailed extends Error {
  /** Problem that the program reported; undefined: it died, or its reply has another version. */
  readonly problem: Problem | undefined;
  readonly code: number | null;
  constructor({ code, output, errors }: ProgramEnd) {
    super(`The check ended with code ${code}: ${errors}`);
    this.problem = lastError(output);
    this.code = code;
  }
}

/** The least recently checked datasets lose their files first. */
const keptRecords = 200;

export class DatasetChecks {
  readonly #ports: ChecksPorts;
  readonly #summaries = new Map<string, CheckSummary | null>();
  readonly #running = new Map<string, Promise<CheckRecord>>();
  readonly #listeners = new Set<(dataset: string) => void>();

  constructor(ports: ChecksPorts) {
    this.#ports = ports;
  }

  /** Summary of the last check; null: none is stored. Reads the file once and then answers from memory. */
  async summary(dataset: string): Promise<CheckSummary | null> {
    const known = this.#summaries.get(dataset);
    if (known !== undefined) return known;
    const record = await this.record(dataset);
    const summary = record && summaryOf(record);
    if (!this.#summaries.has(dataset)) this.#summaries.set(dataset, summary);
    return this.#summaries.get(dataset)!;
  }

  /** null: no stored check, or an unreadable one (older format, incomplete file), which counts as none. */
  async record(dataset: string): Promise<CheckRecord | null> {
    const text = await readFile(this.#fileOf(dataset), 'utf8').catch(() => undefined);
    if (text === undefined) return null;
    const parsed = CheckRecord.safeParse(parseJson(text));
    return parsed.success && parsed.data.dataset === dataset ? parsed.data : null;
  }

  /** Another window may have run a check, so the next question reads the files again. */
  forget(): void {
    this.#summaries.clear();
  }

  isRunning(dataset: string): boolean {
    return this.#running.has(dataset);
  }

  /** Joins a running check of the same folder. @throws CheckFailed */
  run(dataset: string): Promise<CheckRecord> {
    const going = this.#running.get(dataset);
    if (going) return going;
    const started = this.#check(dataset).finally(() => {
      this.#running.delete(dataset);
      this.#tell(dataset);
    });
    this.#running.set(dataset, started);
    this.#tell(dataset);
    return started;
  }

  /** Called when a check starts and when it ends. */
  onDidChange(listener: (dataset: string) => void): { dispose(): void } {
    this.#listeners.add(listener);
    return { dispose: () => this.#listeners.delete(listener) };
  }

  async #check(dataset: string): Promise<CheckRecord> {
    const linkFolders = this.#ports.linkFolders?.() ?? [];
    const counts = countsOf(await listImages(dataset, { linkFolders }));
    const recipe = proposeRecipe(await namesOf(dataset));
    const end = await this.#ports.program(
      ['check', dataset, `--recipe=${recipe}`, ...linkArguments(linkFolders), '--json'],
      dataset,
    );
    const result = end.code === 0 ? CheckResult.safeParse(parseJson(end.output)) : undefined;
    if (!result?.success) throw new CheckFailed(end);
    const checkedAt = (this.#ports.now ?? (() => new Date()))().toISOString();
    const record: CheckRecord = { version: 1, dataset, checkedAt, recipe, counts, result: result.data };
    await this.#keep(record);
    this.#summaries.set(dataset, summaryOf(record));
    return record;
  }

  /** Written atomically, because another window may be reading it. */
  async #keep(record: CheckRecord): Promise<void> {
    const { folder } = this.#ports;
    await mkdir(folder, { recursive: true });
    await replaceFile(this.#fileOf(record.dataset), JSON.stringify(record));
    const names = (await readdir(folder)).filter((name) => name.endsWith('.json'));
    if (names.length <= keptRecords) return;
    const files = await Promise.all(
      names.map(async (name) => {
        const file = join(folder, name);
        return { file, atMs: (await stat(file).catch(() => undefined))?.mtimeMs ?? 0 };
      }),
    );
    for (const { file } of files.sort((a, b) => b.atMs - a.atMs).slice(keptRecords)) await rm(file, { force: true });
  }

  #fileOf(dataset: string): string {
    return join(this.#ports.folder, `${createHash('sha256').update(dataset).digest('hex').slice(0, 32)}.json`);
  }

  #tell(dataset: string): void {
    for (const listener of this.#listeners) listener(dataset);
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // the schema validates it
  }
}
