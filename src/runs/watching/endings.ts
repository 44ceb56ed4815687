// Detects runs that ended while this window watched, and decides which window notifies the user.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isOpen, type Run } from '../runs.ts';

export interface RunList {
  readonly runs: readonly Run[];
  onDidChange(listener: () => void): { dispose(): void };
}

/**
 * Calls `notify` once for each run that was open at one check and has ended at a later one; again if it was resumed in between.
 * `ofThisWindow`: this window started its process.
 */
export function watchEndings(list: RunList, notify: (run: Run, ofThisWindow: boolean) => void): { dispose(): void } {
  const open = new Map<string, boolean>();
  const look = (): void => {
    const ids = new Set<string>();
    for (const run of list.runs) {
      ids.add(run.id);
      const ofThisWindow = open.get(run.id);
      if (isOpen(run)) open.set(run.id, ofThisWindow === true || run.process?.ofThisWindow === true);
      else if (open.delete(run.id) && run.phase === 'ended') notify(run, ofThisWindow === true);
    }
    for (const id of open.keys()) if (!ids.has(id)) open.delete(id); // deleted: nothing to report
  };
  look();
  return list.onDidChange(look);
}

/** Identifies one end of one process, because a resumed run may end again. */
export const endingKey = (run: Run): string => `${run.id}@${run.process?.pid ?? 0}`;

/**
 * The first of all windows to call may notify: it creates a file in `folder`, which they share.
 * @param key an endingKey()
 */
export async function claimEnding(folder: string, key: string): Promise<boolean> {
  await mkdir(folder, { recursive: true });
  try {
    await writeFile(join(folder, `${key}.told`), '', { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return false;
  }
}
