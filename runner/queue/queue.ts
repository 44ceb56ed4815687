// queue/: which runs may train on this machine now. Tickets keep the order, slots limit the number. Both are files named after a process
// and its machine: those of a dead process are free again, those of a sleeping one stay its own. Absent: runs, words.
// Called by carryOut.ts.

import { mkdir, readdir, rm, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { machineTag, silentElsewhereMs } from '../../shared/contracts/machine.ts';
import { removeFile } from '../../shared/files/removeFile.ts';
import { isSystemError } from '../../shared/files/systemError.ts';
import { largest } from '../../shared/lists.ts';
import { type Claim, claim, holderOf, ownerOf, ownName } from '../../shared/processes/claim.ts';
import { fateOf, type Judge, thisMachine } from '../../shared/processes/machine.ts';
import { isSameProcessAlive } from '../../shared/processes/processIdentity.ts';

export interface Turn {
  readonly waited: boolean;
  /** Never throws. */
  release(): Promise<void>;
}

export interface QueueOptions {
  readonly folder: string;
  /** Number of runs that may train at the same time. */
  readonly parallel: number;
  readonly signal: AbortSignal;
  /** Called when waiting begins, and when the number of runs ahead changes. */
  onAhead(ahead: number): Promise<void>;
  readonly pollMs?: number;
}

/** One queue per machine or container, because several may share a cache folder. */
export async function queueFolder(cacheFolder: string): Promise<string> {
  const machine = await thisMachine();
  const host = machine.host.replace(/[^\w.-]/g, '_') || 'machine';
  return join(cacheFolder, 'queue', `${host}-${machineTag(machine).slice(0, 8)}`);
}

/**
 * Waits for this run's turn. In a folder that cannot be written to there is no queue, and the turn begins at once.
 * @throws the signal's reason; what `onAhead` throws
 */
export async function waitForTurn({ folder, parallel, signal, onAhead, pollMs = 1000 }: QueueOptions): Promise<Turn> {
  const tickets = join(folder, 'tickets');
  const slots = join(folder, 'slots');
  const judge: Judge = process.platform === 'linux' ? {} : { isAlive: throttledLiveness() };
  let reported: number | undefined;
  let ticket: string | undefined;
  try {
    for (;;) {
      signal.throwIfAborted();
      const place = await unlessRefused(async () => {
        await mkdir(slots, { recursive: true });
        ticket = await drawnTicket(tickets, ticket);
        const ahead = await livingBefore(tickets, ticket, judge);
        const inUse = await slotsInUse(slots, judge);
        return { ahead, slot: ahead < parallel - inUse ? await freeSlot(slots, parallel) : undefined };
      });
      if (!place) return { waited: reported !== undefined, release: async () => {} };
      const { ahead, slot } = place;
      if (slot)
        return { waited: reported !== undefined, release: () => slot.release().then(() => removeIfEmpty(folder)) };
      if (ahead !== reported) {
        reported = ahead;
        await onAhead(ahead);
      }
      await sleep(pollMs, undefined, { signal });
    }
  } finally {
    if (ticket) await removeFile(join(tickets, ticket)); // if this fails, the next process removes it once this one is gone
  }
}

/** Each start of a container makes its own queue folder, which no later start would use again. */
async function removeIfEmpty(folder: string): Promise<void> {
  // Every waiting run has a ticket, and needs the slots, so the order matters.
  for (const each of [join(folder, 'tickets'), join(folder, 'slots'), folder]) if (!(await isRemoved(each))) return;
}

/** @returns false: another process uses the folder */
const isRemoved = (folder: string): Promise<boolean> =>
  rmdir(folder).then(
    () => true,
    () => false,
  );

/** Name `<number>-<owner>`, numbered one above the highest; two may share a number, the slots keep them apart. Made again if lost. */
async function drawnTicket(tickets: string, own: string | undefined): Promise<string> {
  await mkdir(tickets, { recursive: true });
  const names = await readdir(tickets);
  if (own !== undefined && names.includes(own)) return own;
  const highest = Math.max(0, largest(names.map((name) => Number.parseInt(name, 10) || 0)));
  const ticket = own ?? `${String(highest + 1).padStart(9, '0')}-${await ownName(await thisMachine())}`;
  await writeFile(join(tickets, ticket), '', { flag: 'wx' });
  return ticket;
}

/** Tickets of other machines have no place in this machine's order and do not count. */
async function livingBefore(tickets: string, own: string, judge: Judge): Promise<number> {
  let living = 0;
  for (const name of (await readdir(tickets)).sort()) {
    if (name >= own) break;
    const owner = ownerOf(name);
    const fate = owner ? await fateOf(owner, async () => 0, judge) : 'gone';
    if (fate === 'alive') living++;
    if (fate === 'gone') await rm(join(tickets, name), { force: true });
  }
  return living;
}

/** Slots in use among all numbers, because another run may allow more at a time than this one. */
async function slotsInUse(slots: string, judge: Judge): Promise<number> {
  let inUse = 0;
  for (const name of await readdir(slots))
    if (/^\d+$/.test(name) && (await holderOf(join(slots, name), { ...judge, forgottenMs })) !== undefined) inUse++;
  return inUse;
}

async function freeSlot(slots: string, parallel: number): Promise<Claim | undefined> {
  for (let i = 0; i < parallel; i++) {
    const claimed = await claim(join(slots, String(i)), { forgottenMs });
    if ('release' in claimed) return claimed;
  }
  return undefined;
}

/** Turns are a courtesy between runs: none waits long for a machine that may be gone. */
const forgottenMs = 2 * silentElsewhereMs;

async function unlessRefused<T>(work: () => Promise<T>): Promise<T | undefined> {
  for (let left = 20; ; left--) {
    try {
      return await work();
    } catch (error) {
      if (!isSystemError(error)) throw error;
      // Another process removed the empty folder between two calls.
      if (error.code !== 'ENOENT' || left === 0) return undefined;
    }
  }
}

/** Looks up liveness by process number every time, but the start time (a child process on macOS and Windows) only every 30th time. */
function throttledLiveness(): typeof isSameProcessAlive {
  const looks = new Map<string, number>();
  return (pid, startedAtMs) => {
    const key = `${pid}-${startedAtMs}`;
    const count = looks.get(key) ?? 0;
    looks.set(key, count + 1);
    return isSameProcessAlive(pid, count % 30 === 0 ? startedAtMs : undefined);
  };
}
