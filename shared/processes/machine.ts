// This machine's identity, as recorded in claims, run.json and temporary file names, and the state of the processes recorded there.
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFile, readlink } from 'node:fs/promises';
import { hostname, uptime } from 'node:os';
import { promisify } from 'node:util';
import { type Machine, machineTag, outermostPids, whereabouts } from '../contracts/machine.ts';
import { isSameProcessAlive } from './processIdentity.ts';

/** Queried once per process. Unknown parts are null. */
export function thisMachine(): Promise<Machine> {
  queried ??= queryMachine(process.platform);
  return queried;
}

let queried: Promise<Machine> | undefined;

/** Start time of this machine, in milliseconds since the epoch, to about a second. */
export const bootedAtMs = (): number => Date.now() - uptime() * 1000;

/** A process as recorded in a name or a file. */
export interface NamedProcess {
  readonly pid: number;
  readonly startedAtMs?: number | undefined;
  /** A machineTag(); undefined: written by an older version, and taken for this machine's. */
  readonly machine?: string | undefined;
}

export interface Judge {
  readonly machine?: Machine;
  readonly isAlive?: typeof isSameProcessAlive;
  readonly bootedAtMs?: number;
}

/**
 * State of a process, as far as it can be judged here. The number of a process on another machine is never looked up.
 * @param lastSignMs  time of its last write, called only if needed
 */
export async function fateOf(
  { pid, startedAtMs, machine }: NamedProcess,
  lastSignMs: () => Promise<number>,
  judge: Judge = {},
): Promise<'alive' | 'gone' | 'elsewhere'> {
  const { isAlive = isSameProcessAlive } = judge;
  switch (whereabouts(machine, machineTag(judge.machine ?? (await thisMachine())))) {
    case 'here':
      return (await isAlive(pid, startedAtMs)) ? 'alive' : 'gone';
    case 'earlierBoot':
      // A process that writes after this machine's start is not from before: a clone has the same name and id.
      return (await lastSignMs()) < (judge.bootedAtMs ?? bootedAtMs()) ? 'gone' : 'elsewhere';
    case 'elsewhere':
      return 'elsewhere';
  }
}

async function queryMachine(platform: NodeJS.Platform): Promise<Machine> {
  const host = hostname();
  if (platform === 'linux') {
    const pids = /\[(\d+)\]/.exec((await orNull(readlink('/proc/self/ns/pid'))) ?? '')?.[1] ?? 'unknown';
    const boot = await textOf('/proc/sys/kernel/random/boot_id');
    // The id inside a container is that of its image.
    const id =
      pids === outermostPids ? ((await textOf('/etc/machine-id')) ?? (await textOf('/var/lib/dbus/machine-id'))) : null;
    return { host, id: hashed(id), boot, pids };
  }
  if (platform === 'darwin') {
    const boot = (await outputOf('sysctl', ['-n', 'kern.bootsessionuuid'])) ?? null;
    const registry = await outputOf('ioreg', ['-rd1', '-c', 'IOPlatformExpertDevice']);
    return { host, id: hashed(/"IOPlatformUUID" = "([^"]+)"/.exec(registry ?? '')?.[1]), boot, pids: null };
  }
  if (platform === 'win32') {
    const key = 'HKLM\\SOFTWARE\\Microsoft\\Cryptography';
    const registry = await outputOf('reg.exe', ['query', key, '/v', 'MachineGuid', '/reg:64']);
    // Numbers with their start times distinguish processes of different boots.
    return { host, id: hashed(/MachineGuid\s+REG_SZ\s+(\S+)/.exec(registry ?? '')?.[1]), boot: null, pids: null };
  }
  return { host, id: null, boot: null, pids: null };
}

/** machine-id(5): the id itself must not leave the machine; a hash made for one program may. */
const hashed = (id: string | null | undefined): string | null =>
  id ? createHash('sha256').update(`shoulders ${id}`).digest('hex').slice(0, 16) : null;

const textOf = async (file: string): Promise<string | null> => (await orNull(readFile(file, 'utf8')))?.trim() || null;

const outputOf = async (program: string, args: readonly string[]): Promise<string | null> =>
  (
    await orNull(promisify(execFile)(program, args, { timeout: 5000, windowsHide: true, encoding: 'utf8' }))
  )?.stdout.trim() || null;

/** Missing, hidden, no such program: null means unknown. */
const orNull = <T>(answer: Promise<T>): Promise<T | null> => answer.catch(() => null);
