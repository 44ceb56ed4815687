// Detects runs that begin to wait for their disk, for a notification.

import { isHeldByDisk, type Run } from './runs.ts';
import type { RunList } from './watching/endings.ts';

/** Calls `tell` once for each wait that begins while this window watches, and for those under way when it opens. */
export function watchWaits(list: RunList, tell: (run: Run) => void): { dispose(): void } {
  const waiting = new Set<string>();
  const look = (): void => {
    for (const run of list.runs)
      if (!isHeldByDisk(run)) waiting.delete(run.id);
      else if (!waiting.has(run.id)) {
        waiting.add(run.id);
        tell(run);
      }
  };
  look();
  return list.onDidChange(look);
}
