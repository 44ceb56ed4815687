// Checks that a run's process is certainly the one with its number, before this window ends it.
import { processStartedAt } from '../../../shared/processes/processIdentity.ts';

/** True only if the system confirms that this process started at that time, to about a second. For actions that cannot be undone. */
export async function isCertainly(pid: number, startedAtMs: number | null): Promise<boolean> {
  const now = await processStartedAt(pid);
  return now !== undefined && startedAtMs !== null && Math.abs(now - startedAtMs) <= 3000;
}
