// Whether the process of an open run is still working on it, the same for every reader. Only reads the folder.
import { join } from 'node:path';
import type { Problem, RunEvent } from '../contracts/events.ts';
import { type Elsewhere, hostText, type Machine, machineTag } from '../contracts/machine.ts';
import { files, type RunSummary } from '../contracts/run.ts';
import { epochsMs, type RunState } from '../contracts/runState.ts';
import { type FsPort, nodeFileSystem } from '../files/fileSystem.ts';
import { hostIn, ownerOf } from '../processes/claim.ts';
import { fateOf, type Judge, type NamedProcess, thisMachine } from '../processes/machine.ts';
import { lastSignMs } from './lastSign.ts';

/** A runner writes about once a second; a log that grew within this time has a living writer on some machine. */
export const silentMs = 10_000;

export interface RunProcess {
  readonly pid: number;
  /** null: unknown. */
  readonly startedAtMs: number | null;
  /** null: a run of an older version, taken for this machine's. */
  readonly machine: Machine | null;
}

/** The process that works on the run, or did last, according to the log. null: unknown. */
export function processOf(
  { pid, machine }: Pick<RunState, 'pid' | 'machine'>,
  summary: RunSummary | undefined,
): RunProcess | null {
  if (pid === null) return null;
  // The start time belongs to the number beside it, and two machines may have assigned the same number.
  const isSame = summary?.pid === pid && tagOf(summary.machine) === tagOf(machine);
  return { pid, machine, startedAtMs: isSame ? summary.processStartedAt : null };
}

const tagOf = (machine: Machine | null): string | undefined => (machine ? machineTag(machine) : undefined);

export type RunFate =
  | { readonly kind: 'alive' }
  /** `reason`: the parameter of runnerDied. */
  | { readonly kind: 'gone'; readonly reason: string }
  /** A machine whose processes cannot be judged from here: silence never fails the run. */
  | ({ readonly kind: 'elsewhere' } & Elsewhere);

/**
 * @param process  null: neither log nor run.json names one, so the run's lock is read
 * @param lastAt  time of the last event that was read
 */
export async function fateOfRun(
  folder: string,
  process: RunProcess | null,
  lastAt: string | undefined,
  judge: Judge & { readonly nowMs?: number } = {},
  fs: FsPort = nodeFileSystem,
): Promise<RunFate> {
  const here = judge.machine ?? (await thisMachine());
  const signs = async () => Math.max(lastAt === undefined ? 0 : Date.parse(lastAt), await lastSignMs(folder, fs));
  const isRecent = async () => (judge.nowMs ?? Date.now()) - (await lastSignMs(folder, fs)) <= silentMs;
  const holder = process ? undefined : await holderIn(folder, here, fs);
  const named = process ? namedProcess(process) : holder?.process;
  if (!named) return (await isRecent()) ? { kind: 'alive' } : { kind: 'gone', reason: 'it never began' };
  const fate = await fateOf(named, signs, judge);
  if (fate === 'elsewhere') {
    const host = process?.machine ? hostText(process.machine, here) : (holder?.host ?? '?');
    return { kind: 'elsewhere', host, lastSignMs: await signs() };
  }
  // A number without a machine may belong to another machine, whose runner writes.
  if (fate === 'alive' || (named.machine === undefined && (await isRecent()))) return { kind: 'alive' };
  return { kind: 'gone', reason: `process ${named.pid} is gone` };
}

const namedProcess = ({ pid, startedAtMs, machine }: RunProcess): NamedProcess => ({
  pid,
  startedAtMs: startedAtMs ?? undefined,
  machine: tagOf(machine),
});

/** Holder of the run's lock, except for this process, which may be about to resume the run. */
async function holderIn(
  folder: string,
  here: Machine,
  fs: FsPort,
): Promise<{ readonly process: NamedProcess; readonly host: string } | undefined> {
  const lock = join(folder, files.lock);
  for (const name of await fs.readdir(lock).catch(() => [])) {
    const owner = ownerOf(name);
    const isOwn = owner?.pid === process.pid && owner.machine === machineTag(here);
    if (owner && !isOwn) return { process: owner, host: await hostIn(join(lock, name), here) };
  }
  return undefined;
}

type Ended = Extract<RunEvent, { type: 'ended' }>;

/** The end of a run whose process vanished without logging one: stopped if that was requested. Its duration is that of its epochs. */
export const endOfGone = (state: RunState, problem: Problem, isStopAsked: boolean): Ended => ({
  type: 'ended',
  reason: isStopAsked ? 'stopped' : 'failed',
  problem: isStopAsked ? null : problem,
  elapsedMs: epochsMs(state.epochs),
});

export const diedOf = (reason: string, log: string): Problem => ({ code: 'runnerDied', params: { reason, log } });
