// A claim: an object that one process has at a time, represented by a folder with one file named after the process and its machine. The
// folder appears by a rename, which fails if the target contains a file already, so it never appears unfinished. A dead process's file is
// removed by its own name, so that two processes clearing it cannot remove each other's. Within a machine no clock is involved, and nothing
// expires: a sleeping process is alive. A process of another machine is judged by its signs: it touches the file while it holds the claim.
import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, rmdir, stat, utimes, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { hostText, Machine, machineTag } from '../contracts/machine.ts';
import { removeFile } from '../files/removeFile.ts';
import { isSystemError } from '../files/systemError.ts';
import { fateOf, type Judge, type NamedProcess, thisMachine } from './machine.ts';
import { processStartedAt } from './processIdentity.ts';

export interface Claim {
  /** False once another process has taken it over. */
  isHeld(): Promise<boolean>;
  /** Never throws: a claim that is gone is released already. */
  release(): Promise<void>;
}

export interface Holder {
  readonly pid: number;
  /** null: on this machine, and alive. */
  readonly elsewhere: { readonly host: string; readonly lastSignMs: number } | null;
}

export interface ClaimOptions extends Judge {
  /** Takes the claim from a process on another machine, whatever its signs: the user decided so. */
  readonly takeOver?: boolean;
  /** Silence after which the claim of a process on another machine is free; never when left out. */
  readonly forgottenMs?: number;
}

/** @returns the claim, or the process that has it. @throws the system's error when the folder cannot be written to */
export async function claim(folder: string, options: ClaimOptions = {}): Promise<Claim | { readonly heldBy: Holder }> {
  const machine = options.machine ?? (await thisMachine());
  const name = await ownName(machine);
  await removeUnfinished(folder, options);
  for (let left = 5; ; left--) {
    const heldBy = await holderOf(folder, options);
    if (heldBy && !(options.takeOver && heldBy.elsewhere)) return { heldBy };
    const fresh = `${folder}.${name}.tmp`;
    await mkdir(fresh);
    try {
      await writeFile(join(fresh, name), JSON.stringify(machine), { flag: 'wx' });
      if (heldBy) await rm(join(folder, heldBy.name), { force: true });
      await rename(fresh, folder);
      return held(folder, name);
    } catch (error) {
      await removeFile(fresh);
      // Another process was faster, and may already be gone again.
      if (left === 0 || !isSystemError(error) || !taken.includes(error.code)) throw error;
    }
  }
}

const taken = ['ENOTEMPTY', 'EEXIST', 'EPERM', 'EACCES', 'EBUSY'];
const signEveryMs = 15_000;

function held(folder: string, name: string): Claim {
  const file = join(folder, name);
  const timer = setInterval(() => {
    const now = new Date();
    utimes(file, now, now).catch(() => {}); // taken over, or the disk is away: isHeld() reports it
  }, signEveryMs);
  timer.unref();
  return {
    isHeld: () =>
      stat(file).then(
        () => true,
        // On a disk that cannot be read nobody took the claim.
        (error: unknown) => !isSystemError(error) || error.code !== 'ENOENT',
      ),
    async release() {
      clearInterval(timer);
      await release(folder, name);
    },
  };
}

/** The process that has a claim; claims of dead ones are cleared. */
export async function holderOf(
  folder: string,
  options: ClaimOptions = {},
): Promise<(Holder & { readonly name: string }) | undefined> {
  for (const name of await namesIn(folder)) {
    const file = join(folder, name);
    const owner = ownerOf(name);
    const lastSign = () => modifiedMs(file);
    const fate = owner ? await fateOf(owner, lastSign, options) : 'gone';
    if (owner && fate === 'alive') return { name, pid: owner.pid, elsewhere: null };
    if (owner && fate === 'elsewhere') {
      const lastSignMs = await lastSign();
      const machine = options.machine ?? (await thisMachine());
      const host = await hostIn(file, machine);
      if (!(Date.now() - lastSignMs > (options.forgottenMs ?? Number.POSITIVE_INFINITY)))
        return { name, pid: owner.pid, elsewhere: { host, lastSignMs } };
    }
    await rm(file, { force: true });
  }
  await rmdir(folder).catch(() => {}); // missing, or taken at this moment
  return undefined;
}

/** `<machine>-<pid>-<start time>-<8 hex>`, always unique. Older versions ignore the machine. */
export async function ownName(machine: Machine): Promise<string> {
  const startedAt = (await processStartedAt(process.pid)) ?? 0;
  return `${machineTag(machine)}-${process.pid}-${startedAt}-${randomBytes(4).toString('hex')}`;
}

export function ownerOf(name: string): NamedProcess | undefined {
  const pattern = /(?:^|[.-])(?:([0-9a-f]{16})-)?(\d+)-(\d+)-[0-9a-f]{8}(?:\.tmp)?$/;
  const [, machine, pid, startedAt] = pattern.exec(name) ?? [];
  return pid === undefined ? undefined : { pid: Number(pid), startedAtMs: Number(startedAt) || undefined, machine };
}

/** The host named in a claim's file, for people. */
export async function hostIn(file: string, here: Machine): Promise<string> {
  try {
    return hostText(Machine.parse(JSON.parse(await readFile(file, 'utf8'))), here);
  } catch {
    return '?'; // truncated, or gone at this moment
  }
}

async function release(folder: string, name: string): Promise<void> {
  await removeFile(join(folder, name));
  await rmdir(folder).catch(() => {}); // gone with its parent, or taken by the next process at this moment
}

/** Removes folders of processes that were killed between creating and renaming one. */
async function removeUnfinished(folder: string, judge: Judge): Promise<void> {
  for (const name of await namesIn(dirname(folder))) {
    if (!name.startsWith(`${basename(folder)}.`) || !name.endsWith('.tmp')) continue;
    const owner = ownerOf(name);
    const path = join(dirname(folder), name);
    if (owner && (await fateOf(owner, () => modifiedMs(path), judge)) === 'gone')
      await rm(path, { recursive: true, force: true });
  }
}

/** 0 for a file that is gone at this moment. */
const modifiedMs = (path: string): Promise<number> =>
  stat(path).then(
    ({ mtimeMs }) => mtimeMs,
    () => 0,
  );

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (isSystemError(error) && error.code === 'ENOENT') return [];
    throw error;
  }
}
