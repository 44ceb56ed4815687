// Identity of a process: numbers are reused, a number with its start time is not.
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

/**
 * Start time of a process, in milliseconds since the epoch, to about a second. undefined: there is no such process, or the
 * system does not report it.
 */
export async function processStartedAt(pid: number): Promise<number | undefined> {
  if (!Number.isInteger(pid) || pid <= 0) return undefined;
  try {
    if (process.platform === 'linux') return await fromProc(pid);
    if (pid === process.pid) return Math.round(performance.timeOrigin);
    return process.platform === 'win32' ? await fromPowerShell(pid) : await fromPs(pid);
  } catch {
    return undefined; // gone, hidden, or no such tool: unknown
  }
}

/** Whether the process that had this number at that time still exists. Without a start time only the number counts. */
export async function isSameProcessAlive(pid: number, startedAtMs: number | undefined): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  if (process.platform === 'linux' && (await isZombie(pid))) return false;
  if (startedAtMs === undefined) return true;
  const now = await processStartedAt(pid);
  return now === undefined || Math.abs(now - startedAtMs) <= toleranceMs;
}

// Whole seconds on both sides, and clock corrections in between.
const toleranceMs = 3000;

const run = promisify(execFile);
const limits = { timeout: 5000, windowsHide: true, encoding: 'utf8' } as const;

/** proc(5): field 22 of stat counts hundredths of a second since boot. The name in field 2 may contain spaces and brackets. */
async function fromProc(pid: number): Promise<number | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  const ticks = Number(fieldsOf(stat)[19]);
  const bootSeconds = Number(/^btime (\d+)$/m.exec(await readFile('/proc/stat', 'utf8'))?.[1]);
  return finite(bootSeconds * 1000 + ticks * 10);
}

/** The process has ended, and its parent has not collected its status; in a container without an init it stays a zombie. */
async function isZombie(pid: number): Promise<boolean> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  return stat !== undefined && ['Z', 'X'].includes(fieldsOf(stat)[0]!);
}

/** Fields from the third on. */
const fieldsOf = (stat: string): readonly string[] => stat.slice(stat.lastIndexOf(')') + 2).split(' ');

async function fromPs(pid: number): Promise<number | undefined> {
  const { stdout } = await run('ps', ['-o', 'lstart=', '-p', String(pid)], {
    ...limits,
    env: { ...process.env, LC_ALL: 'C' },
  });
  return finite(Date.parse(stdout.trim()));
}

async function fromPowerShell(pid: number): Promise<number | undefined> {
  const command = `(Get-Process -Id ${pid}).StartTime.ToUniversalTime().ToString('o')`;
  const { stdout } = await run('powershell.exe', ['-NoProfile', '-NonInteractive', '-Command', command], limits);
  return finite(Date.parse(stdout.trim()));
}

const finite = (value: number): number | undefined => (Number.isFinite(value) ? value : undefined);
