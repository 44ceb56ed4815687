// What lies in a folder of runs: names, and each run.json as far as it can be read. One bad run never hides the others.
import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { z } from 'zod';
import type { Problem } from '../../../shared/contracts/events.ts';
import { files, isRunId, RunSummary } from '../../../shared/contracts/run.ts';
import { initialRunState, isOpenStatus, RunStatus } from '../../../shared/contracts/runState.ts';
import { locatedState } from '../../../shared/files/places.ts';
import { withStoredLists } from '../../../shared/files/tables.ts';

export interface FoundRun {
  readonly id: string;
  readonly folder: string;
}

/** Newest first. A folder that is not there has no runs. */
export async function findRuns(runsFolder: string): Promise<FoundRun[]> {
  const entries = await readdir(runsFolder, { withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isDirectory() && isRunId(entry.name))
    .map((entry) => ({ id: entry.name, folder: join(runsFolder, entry.name) }))
    .sort((a, b) => (a.id < b.id ? 1 : -1));
}

export type SummaryRead =
  | { readonly summary: RunSummary; readonly problem: null }
  | { readonly summary: null; readonly problem: Problem };

/** Changes when the file was replaced; "" while there is none. */
export async function stampOf(folder: string, name: string): Promise<string> {
  const found = await stat(join(folder, name)).catch(() => undefined);
  return found ? `${found.mtimeMs}/${found.size}/${found.ino}` : '';
}

const HasStatus = z.object({ status: RunStatus });

/** @param unread  fields of an ended run whose large lists are not needed: they are empty */
export async function readSummary(folder: string, unread: readonly string[] = []): Promise<SummaryRead> {
  const run = basename(folder);
  const broken = (reason: string): SummaryRead => ({
    summary: null,
    problem: { code: 'runBroken', params: { run, reason } },
  });
  let json: unknown;
  try {
    json = JSON.parse(await readFile(join(folder, files.run), 'utf8'));
  } catch (error) {
    return broken(error instanceof SyntaxError ? `${files.run} is not JSON` : `${files.run} cannot be opened`);
  }
  const newer = z.object({ version: z.number().gt(1) }).safeParse(json);
  if (newer.success) return { summary: null, problem: { code: 'runNewer', params: { run } } };
  const { status } = HasStatus.safeParse(json).data ?? { status: 'running' };
  const passedOver = isOpenStatus(status) ? [] : unread;
  const whole = await withStoredLists(json, initialRunState(run), folder, undefined, passedOver);
  const parsed = RunSummary.safeParse(whole);
  if (parsed.success) return { summary: locatedState(parsed.data, folder), problem: null };
  const issue = parsed.error.issues[0];
  return broken(`${files.run}: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`);
}
