// This machine, as claims, run.json and names of temporary files tell it, and what it can say of the processes that they name.
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFile, readlink } from 'node:fs/promises';
import { hostname, uptime } from 'node:os';
import { promisify } from 'node:util';
import { type Machine, machineTag, outermostPids, whereabouts } from '../contracts/machine.ts';
import { isSameProcessAlive } from './processIdentity.ts';

/** Asked of the system once a process. What it does not tell is null. */
export function thisMachine(): Promise<Machine> {
  asked ??= askedOf(process.platform);
  return asked;
}

let asked: Promise<Machine> | undefined;

/** When this machine was started, in milliseconds since the epoch, to about a second. */
export const bootedAtMs = (): number => Date.now() - uptime() * 1000;

/** A process as a name or a file tells it. */
export interface NamedProcess {
  readonly pid: number;
  readonly startedAtMs?: number | undefined;
  /** A machineTag(); undefined: of an older version, taken for this machine's. */
  readonly machine?: string | undefined;
}

export interface Judge {
  readonly machine?: Machine;
  readonly isAlive?: typeof isSameProcessAlive;
  readonly bootedAtMs?: number;
}

/**
 * What is known here of a process. The number of one that is elsewhere is never looked at.
 * @param lastSignMs  when it last wrote, asked for where that matters
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
      // What writes after this machine was started is not of before: a clone with the same name and id.
      return (await lastSignMs()) < (judge.bootedAtMs ?? bootedAtMs()) ? 'gone' : 'elsewhere';
    case 'elsewhere':
      return 'elsewhere';
  }
}

async function askedOf(platform: NodeJS.Platform): Promise<Machine> {
  const host = hostname();
  if (platform === 'linux') {
    const pids = /\[(\d+)\]/.exec((await orNull(readlink('/proc/self/ns/pid'))) ?? '')?.[1] ?? 'unknown';
    const boot = await textOf('/proc/sys/kernel/random/boot_id');
    // A container's id is its image's.
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
    // Numbers with their start times tell one start of the system from another.
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

/** Missing, hidden, no such program: "not known" is the answer. */
const orNull = <T>(answer: Promise<T>): Promise<T | null> => answer.catch(() => null);
