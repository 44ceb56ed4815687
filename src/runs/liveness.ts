// Whether the process of a run is still there. A number alone does not tell: numbers are used again, and the folder may lie on a
// disk that another machine's runner writes to.
import { readFile } from 'node:fs/promises';

/** `alive`: certainly this run's runner. `unsure`: a process of this number exists. */
export type ProcessState = 'alive' | 'unsure' | 'gone';

export async function processState(pid: number, runId: string): Promise<ProcessState> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM' ? 'unsure' : 'gone';
  }
  if (process.platform !== 'linux') return 'unsure';
  const commandLine = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => ''); // hidden or just ended: unsure
  return commandLine.includes(runId) ? 'alive' : 'unsure';
}

const silentMs = 10_000;
const longSilentMs = 600_000;

/** `heartbeatAgeMs`: since the log last grew; a runner writes about once a second, but a sleeping machine does not. */
export function isGone(state: ProcessState, heartbeatAgeMs: number): boolean {
  if (state === 'alive') return false;
  return heartbeatAgeMs > (state === 'gone' ? silentMs : longSilentMs);
}
