// The machine that a process number belongs to. Pure; processes/machine.ts queries the system.
import crc32 from 'crc-32';
import { z } from 'zod';

export const Machine = z.object({
  host: z.string(),
  /** The installation's id, hashed; null: the system has none, or it may not be unique (a container's image). */
  id: z.string().nullable(),
  /** New at every start of the system; null: unknown. */
  boot: z.string().nullable(),
  /** The PID namespace (Linux), within which a number identifies one process; null: the system has none. */
  pids: z.string().nullable(),
});
export type Machine = z.infer<typeof Machine>;

/** The initial PID namespace of every Linux kernel, outside of all containers. */
export const outermostPids = '4026531836';

/**
 * Place of a process of `theirs`, seen from here:
 *
 * | they                                             | where       | how its life is judged                           |
 * |--------------------------------------------------|-------------|--------------------------------------------------|
 * | are not named (older versions)                   | here        | by its number and start, as it always was        |
 * | same boot, same PID namespace, any host name     | here        | by its number and start                          |
 * | same boot, another PID namespace                 | elsewhere   | by its last sign: a container and its host       |
 * | other boot, same host name and id, no containers | earlierBoot | dead, unless it has written since this start     |
 * | other boot, same host name and id, a container   | elsewhere   | by its last sign: images share names and ids     |
 * | other boot, another host name or another id      | elsewhere   | by its last sign: clones share one of them       |
 * | other boot, no id on either side                 | elsewhere   | by its last sign                                 |
 * | boot known on one side only                      | elsewhere   | by its last sign                                 |
 * | boot known on neither side, same host and id     | here        | by its number and start, which a restart changes |
 * | boot known on neither side, else                 | elsewhere   | by its last sign                                 |
 */
export type Whereabouts = 'here' | 'earlierBoot' | 'elsewhere';

/**
 * 16 hex digits that identify a machine in file names: eight for the parts that survive a restart, eight for those that change. They cover
 * the whole table above, so that a name is as good as the full identity.
 */
export function machineTag({ host, id, boot, pids }: Machine): string {
  const restartsAsItself = id !== null && boot !== null && (pids === null || pids === outermostPids);
  const installation = restartsAsItself ? [host, id] : [host, id, boot, pids];
  return digest(installation) + digest(boot === null ? [host, id, pids] : [boot, pids]);
}

const digest = (parts: readonly (string | null)[]): string =>
  (crc32.str(JSON.stringify(parts)) >>> 0).toString(16).padStart(8, '0');

/** @param theirs, here  tags; undefined: not recorded */
export function whereabouts(theirs: string | undefined, here: string): Whereabouts {
  if (theirs === undefined || theirs.slice(8) === here.slice(8)) return 'here';
  return theirs.slice(0, 8) === here.slice(0, 8) ? 'earlierBoot' : 'elsewhere';
}

/** Name of another machine for people; if it equals this machine's name, with a detail that differs. */
export function hostText(theirs: Machine, here: Machine): string {
  if (theirs.host !== here.host) return theirs.host;
  if (theirs.boot === null || theirs.boot !== here.boot) return `${theirs.host} (ID ${machineTag(theirs).slice(0, 4)})`;
  return `${theirs.host} (${theirs.pids === outermostPids ? 'host' : 'container'})`;
}

/** A runner on another machine, as far as its files show. */
export interface Elsewhere {
  /** Name for people. */
  readonly host: string;
  /** Time of its last write, in milliseconds since the epoch, by the clock that stamped it. */
  readonly lastSignMs: number;
}

/**
 * A runner gives a sign every 15 s; a network disk may show it a minute late, and clocks differ.
 * A longer silence only changes what is displayed; it never ends the run.
 */
export const silentElsewhereMs = 150_000;

/** `2026-11-30 14:03`, local time of the last sign. */
export function lastSignText({ lastSignMs }: Pick<Elsewhere, 'lastSignMs'>): string {
  const time = new Date(lastSignMs);
  const two = (n: number) => String(n).padStart(2, '0');
  const day = `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`;
  return `${day} ${two(time.getHours())}:${two(time.getMinutes())}`;
}

export const isSilent = ({ lastSignMs }: Elsewhere, nowMs: number): boolean => nowMs - lastSignMs > silentElsewhereMs;
