// The runs of a folder as `shoulders runs` lists them. One unreadable run never hides the others.
import { basename, join } from 'node:path';
import { UserError } from '../../shared/contracts/errors.ts';
import type { Problem } from '../../shared/contracts/events.ts';
import type { RunLabels } from '../../shared/contracts/labels.ts';
import { files } from '../../shared/contracts/run.ts';
import { type FsPort, nodeFileSystem } from '../../shared/files/fileSystem.ts';
import { isSystemError, unlessMissing } from '../../shared/files/systemError.ts';
import type { Judge } from '../../shared/processes/machine.ts';
import { readLabels } from '../../shared/runFolder/labels.ts';
import { brokenBy, type RunRead, readRun } from '../../shared/runFolder/readRun.ts';

export type ListedRun = {
  readonly folder: string;
  /** ISO 8601, or "" if unknown. */
  readonly createdAt: string;
  readonly labels: RunLabels;
} & (
  | (RunRead & { readonly problem: null })
  | { readonly state: undefined; readonly health?: undefined; readonly problem: Problem }
);

/** Newest first. A missing folder has no runs; an unreadable run is listed with its problem. */
export async function listRuns(
  runsFolder: string,
  fs: FsPort = nodeFileSystem,
  judge: Judge = {},
): Promise<readonly ListedRun[]> {
  const names = await fs.readdir(runsFolder).catch(unlessMissing).catch(brokenBy(runsFolder));
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

/** Run ids begin with their start time, to the second; for a renamed folder run.json gives it. */
const orderOf = ({ folder, createdAt, state }: ListedRun): string =>
  `${createdAt || (state?.runId ?? basename(folder)).replace(/^(\d{4})(\d\d)(\d\d)-(\d\d)(\d\d)(\d\d)/, '$1-$2-$3T$4:$5:$6')} ${folder}`;

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
