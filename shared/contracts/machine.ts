// Where a process number means something: the machine that gave it. Pure; processes/machine.ts asks the system.
import crc32 from 'crc-32';
import { z } from 'zod';

export const Machine = z.object({
  host: z.string(),
  /** The installation's id, hashed; null: the system has none, or it cannot be trusted to be the only one (a container's image). */
  id: z.string().nullable(),
  /** New at every start of the system; null: not known. */
  boot: z.string().nullable(),
  /** The PID namespace (Linux), within which a number means one process; null: the system has no such thing. */
  pids: z.string().nullable(),
});
export type Machine = z.infer<typeof Machine>;

/** The first PID namespace of every Linux kernel: the one outside of all containers. */
export const outermostPids = '4026531836';

/**
 * Where a process of `theirs` is, seen from here:
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
 * 16 hex digits that stand for a machine in file names: eight for what a restart leaves, eight for what it changes. All of the table is
 * in them, so that a name tells as much as the whole identity.
 */
export function machineTag({ host, id, boot, pids }: Machine): string {
  const restartsAsItself = id !== null && boot !== null && (pids === null || pids === outermostPids);
  const installation = restartsAsItself ? [host, id] : [host, id, boot, pids];
  return digest(installation) + digest(boot === null ? [host, id, pids] : [boot, pids]);
}

const digest = (parts: readonly (string | null)[]): string =>
  (crc32.str(JSON.stringify(parts)) >>> 0).toString(16).padStart(8, '0');

/** @param theirs, here  tags; undefined: not named */
export function whereabouts(theirs: string | undefined, here: string): Whereabouts {
  if (theirs === undefined || theirs.slice(8) === here.slice(8)) return 'here';
  return theirs.slice(0, 8) === here.slice(0, 8) ? 'earlierBoot' : 'elsewhere';
}

/** The name of another machine for a person; where it is this machine's own name, with what tells them apart. */
export function hostText(theirs: Machine, here: Machine): string {
  if (theirs.host !== here.host) return theirs.host;
  if (theirs.boot === null || theirs.boot !== here.boot) return `${theirs.host} (ID ${machineTag(theirs).slice(0, 4)})`;
  return `${theirs.host} (${theirs.pids === outermostPids ? 'host' : 'container'})`;
}

/** A runner elsewhere, as the files it writes tell it. */
export interface Elsewhere {
  /** For a person. */
  readonly host: string;
  /** When it last wrote, in milliseconds since the epoch, by whichever clock gave that time. */
  readonly lastSignMs: number;
}

/**
 * A runner gives a sign every 15 s; a network disk may show it a minute late, and clocks differ.
 * Only words follow from this, never an end of the run.
 */
export const silentElsewhereMs = 150_000;

/** `2026-11-30 14:03`, local time: since when nothing was heard. */
export function lastSignText({ lastSignMs }: Pick<Elsewhere, 'lastSignMs'>): string {
  const time = new Date(lastSignMs);
  const two = (n: number) => String(n).padStart(2, '0');
  const day = `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`;
  return `${day} ${two(time.getHours())}:${two(time.getMinutes())}`;
}

export const isSilent = ({ lastSignMs }: Elsewhere, nowMs: number): boolean => nowMs - lastSignMs > silentElsewhereMs;
