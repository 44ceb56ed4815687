// Whether the process of a run is still there. A number alone does not tell: numbers are used again, and the folder may lie on a
// disk that another machine's runner writes to.
import { processStartedAt } from '../../../shared/files/processIdentity.ts';

/** A runner writes about once a second; a log that grew within this time has somebody who writes it, wherever that is. */
export const silentMs = 10_000;

/** True only if the system says that this process is the one that started then, to about a second. For what cannot be undone. */
export async function isCertainly(pid: number, startedAtMs: number | null): Promise<boolean> {
  const now = await processStartedAt(pid);
  return now !== undefined && startedAtMs !== null && Math.abs(now - startedAtMs) <= 3000;
}
