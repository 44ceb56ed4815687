// Reports that a run failed.
import { UserError } from '../../shared/contracts/errors.ts';
import type { Problem } from '../../shared/contracts/events.ts';
import { files } from '../../shared/contracts/run.ts';
import type { RunFolder } from '../store/store.ts';

/** The run's last event says what went wrong; where even that cannot be written (a full disk), only the thrown error does. */
export async function recordFailure(
  error: unknown,
  run: RunFolder,
  ended: (reason: 'failed', problem: Problem) => Promise<void>,
): Promise<void> {
  try {
    if (!(error instanceof UserError)) await run.appendLog(`${error instanceof Error ? error.stack : error}\n`);
    await ended('failed', problemOf(error, run));
  } catch (unwritten) {
    if (!(unwritten instanceof UserError)) throw unwritten;
  }
}

/** A user's error travels as it is; anything else is a bug, reported with the path of the log. */
function problemOf(error: unknown, run: RunFolder): Problem {
  if (error instanceof UserError) return { code: error.code, params: error.params };
  return {
    code: 'internal',
    params: { reason: error instanceof Error ? error.message : String(error), log: `${run.folder}/${files.log}` },
  };
}
