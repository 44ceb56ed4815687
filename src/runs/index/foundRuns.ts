// Content of a folder of runs: names, and stamps that show whether a run must be read again.
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { files, isRunId } from '../../../shared/contracts/run.ts';
import { isMissing } from '../../../shared/files/systemError.ts';

export interface FoundRun {
  readonly id: string;
  readonly folder: string;
}

/** Newest first. A missing folder has no runs. undefined: the disk cannot list them at the moment. */
export async function findRuns(runsFolder: string): Promise<FoundRun[] | undefined> {
  const entries = await readdir(runsFolder, { withFileTypes: true }).catch((error: unknown) =>
    isMissing(error) ? [] : undefined,
  );
  return entries
    ?.filter((entry) => entry.isDirectory() && isRunId(entry.name))
    .map((entry) => ({ id: entry.name, folder: join(runsFolder, entry.name) }))
    .sort((a, b) => (a.id < b.id ? 1 : -1));
}

/** Changes when the file was replaced; "" if there is none. */
export const stampOf = async (folder: string, name: string): Promise<string> => (await seen(folder, name)).stamp;

export interface RunStamps {
  /** Stamp of run.json; `log` is that of the log. */
  readonly summary: string;
  readonly log: string;
  /** A runner writes run.json after its last event: a log changed later contains more, or is damaged. */
  readonly isLogNewer: boolean;
}

export async function stampsOf(folder: string): Promise<RunStamps> {
  const [summary, log] = await Promise.all([seen(folder, files.run), seen(folder, files.events)]);
  return { summary: summary.stamp, log: log.stamp, isLogNewer: log.mtimeMs > summary.mtimeMs };
}

async function seen(folder: string, name: string): Promise<{ readonly stamp: string; readonly mtimeMs: number }> {
  try {
    const { mtimeMs, size, ino } = await stat(join(folder, name));
    return { stamp: `${mtimeMs}/${size}/${ino}`, mtimeMs };
  } catch (error) {
    // A failing disk reports its error when the file is read.
    return { stamp: isMissing(error) ? '' : '?', mtimeMs: 0 };
  }
}
