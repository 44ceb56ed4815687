// Whether the process of a run is certainly the one that its number names, before it is ended from here.
import { processStartedAt } from '../../../shared/processes/processIdentity.ts';

/** True only if the system says that this process is the one that started then, to about a second. For what cannot be undone. */
export async function isCertainly(pid: number, startedAtMs: number | null): Promise<boolean> {
  const now = await processStartedAt(pid);
  return now !== undefined && startedAtMs !== null && Math.abs(now - startedAtMs) <= 3000;
}
