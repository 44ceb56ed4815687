// What killed runners left half written: temporary files of replaceFile(), the largest the size of a checkpoint.
import { basename, dirname, join } from 'node:path';
import { files } from '../contracts/run.ts';
import { writerOf } from './atomicFile.ts';
import { type FsPort, nodeFileSystem } from './fileSystem.ts';
import { isSameProcessAlive } from './processIdentity.ts';

/** Removes them from the folders of all runs. Never throws: what cannot be removed now is met again by the next run. */
export async function removeLeftovers(runsFolder: string, fs: FsPort, nowMs: number): Promise<void> {
  for (const run of await namesIn(runsFolder, fs))
    for (const place of places) {
      const folder = join(runsFolder, run, place);
      for (const name of await namesIn(folder, fs)) {
        const pid = writerOf(name);
        if (pid === undefined || (await isSameProcessAlive(pid, undefined))) continue;
        await removeOld(join(folder, name), fs, nowMs).catch(() => {});
      }
    }
}

/** Removes what dead processes of this machine left of writing `file`. Never throws. */
export async function removeLeftoversOf(file: string, fs: FsPort = nodeFileSystem): Promise<void> {
  const folder = dirname(file);
  const start = `.${basename(file)}.`;
  for (const name of await namesIn(folder, fs)) {
    const isOfFile = name.startsWith(start) && !name.slice(start.length, -'.tmp'.length).includes('.');
    const pid = isOfFile ? writerOf(name) : undefined;
    if (pid === undefined || (await isSameProcessAlive(pid, undefined))) continue;
    await fs.unlink(join(folder, name)).catch(() => {});
  }
}

const places = ['.', ...[files.predictions('val'), files.epochPredictions(1), files.sample(1)].map(dirname)];

/** The writer may live on another machine that shares the disk: then the file is young. */
async function removeOld(file: string, fs: FsPort, nowMs: number): Promise<void> {
  if (nowMs - (await fs.modifiedMs(file)) > oldMs) await fs.unlink(file);
}

const oldMs = 3_600_000;

/** Of what is not a folder, or refuses to be read, nothing. */
const namesIn = (folder: string, fs: FsPort): Promise<readonly string[]> => fs.readdir(folder).catch(() => []);
