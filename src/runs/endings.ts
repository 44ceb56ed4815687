// Which runs have come to their end while this window looked: what is worth a notification. Pure but for what it remembers.
import { isOpen, type Run } from './run.ts';

export interface RunList {
  readonly runs: readonly Run[];
  onDidChange(listener: () => void): { dispose(): void };
}

/** Calls `tell` once for each run that was open at some look and has ended at a later one; again when it was resumed in between. */
export function watchEndings(list: RunList, tell: (run: Run) => void): { dispose(): void } {
  const open = new Set<string>();
  const look = (): void => {
    const ids = new Set<string>();
    for (const run of list.runs) {
      ids.add(run.id);
      if (isOpen(run)) open.add(run.id);
      else if (open.delete(run.id) && run.phase === 'ended') tell(run);
    }
    for (const id of open) if (!ids.has(id)) open.delete(id); // deleted: nothing to tell
  };
  look();
  return list.onDidChange(look);
}

/** One end of one process: after a resume the same run may end again. */
export const endingKey = (run: Run): string => `${run.id}@${run.process?.pid ?? 0}`;

/** `told` with `key` as its newest, bounded: a person keeps few runs, and old ones do not end again. null: it stands there already. */
export const remember = (told: readonly string[], key: string): readonly string[] | null =>
  told.includes(key) ? null : [...told, key].slice(-200);
