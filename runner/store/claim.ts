// A claim: something that one process of this machine has at a time, as a folder that holds one file named after the process.
// The folder appears by a rename, which fails where another holds a file already, so it is never seen half made. A dead process'
// file is removed by its own name, so that of two who clear it none can remove the other's. No clock decides, and nothing goes
// stale: a process that sleeps is alive.
import { randomBytes } from 'node:crypto';
import { mkdir, readdir, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { isSystemError } from '../systemError.ts';
import { isSameProcessAlive, processStartedAt } from './processIdentity.ts';

export interface Claim {
  /** Never throws: what is gone already is released. */
  release(): Promise<void>;
}

/** @returns the claim, or the process that has it. @throws the system's error when the place cannot be written to */
export async function claim(folder: string): Promise<Claim | { readonly heldBy: number }> {
  const name = await ownName();
  await removeUnfinished(folder);
  for (let left = 5; ; left--) {
    const heldBy = await holderOf(folder);
    if (heldBy !== undefined) return { heldBy };
    const fresh = `${folder}.${name}.tmp`;
    await mkdir(fresh);
    try {
      await writeFile(join(fresh, name), '', { flag: 'wx' });
      await rename(fresh, folder);
      return { release: () => release(folder, name) };
    } catch (error) {
      await rm(fresh, { recursive: true, force: true });
      // Another was faster, and may be gone again.
      if (left === 0 || !isSystemError(error) || !taken.includes(error.code)) throw error;
    }
  }
}

const taken = ['ENOTEMPTY', 'EEXIST', 'EPERM', 'EACCES', 'EBUSY'];

/** The living process that has a claim; what dead ones left is cleared. */
export async function holderOf(
  folder: string,
  isAlive: typeof isSameProcessAlive = isSameProcessAlive,
): Promise<number | undefined> {
  for (const name of await namesIn(folder)) {
    const owner = ownerOf(name);
    if (owner && (await isAlive(owner.pid, owner.startedAtMs))) return owner.pid;
    await rm(join(folder, name), { force: true });
  }
  await rmdir(folder).catch(() => {}); // not there, or taken at this moment
  return undefined;
}

/** `<pid>-<start time>-<8 hex>`: no two are alike. */
export async function ownName(): Promise<string> {
  return `${process.pid}-${(await processStartedAt(process.pid)) ?? 0}-${randomBytes(4).toString('hex')}`;
}

export function ownerOf(name: string): { readonly pid: number; readonly startedAtMs: number | undefined } | undefined {
  const [, pid, startedAt] = /(?:^|[.-])(\d+)-(\d+)-[0-9a-f]{8}(?:\.tmp)?$/.exec(name) ?? [];
  return pid === undefined ? undefined : { pid: Number(pid), startedAtMs: Number(startedAt) || undefined };
}

async function release(folder: string, name: string): Promise<void> {
  await rm(join(folder, name), { force: true }).catch(() => {});
  await rmdir(folder).catch(() => {}); // gone with its surroundings, or taken by the next at this moment
}

/** What processes left that were killed between making a folder and renaming it. */
async function removeUnfinished(folder: string): Promise<void> {
  for (const name of await namesIn(dirname(folder))) {
    if (!name.startsWith(`${basename(folder)}.`) || !name.endsWith('.tmp')) continue;
    const owner = ownerOf(name);
    if (owner && !(await isSameProcessAlive(owner.pid, owner.startedAtMs)))
      await rm(join(dirname(folder), name), { recursive: true, force: true });
  }
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (isSystemError(error) && error.code === 'ENOENT') return [];
    throw error;
  }
}
