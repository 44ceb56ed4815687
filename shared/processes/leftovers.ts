// Unfinished files of killed runners: temporary files of replaceFile(), the largest the size of a checkpoint.
import { basename, dirname, join } from 'node:path';
import { files } from '../contracts/run.ts';
import { writerOf } from '../files/atomicFile.ts';
import { type FsPort, nodeFileSystem } from '../files/fileSystem.ts';
import { fateOf, type Judge, type NamedProcess } from './machine.ts';

/** Removes them from the folders of all runs. Never throws: the next run tries those again that cannot be removed now. */
export async function removeLeftovers(runsFolder: string, fs: FsPort, nowMs: number, judge: Judge = {}): Promise<void> {
  for (const run of await namesIn(runsFolder, fs)) {
    const evaluations = (await namesIn(join(runsFolder, run, files.evaluations), fs)).map((id) =>
      join(files.evaluations, id),
    );
    for (const place of [...places, ...evaluations]) {
      const folder = join(runsFolder, run, place);
      for (const name of await namesIn(folder, fs)) {
        const writer = writerOf(name);
        if (writer) await removeAbandoned(join(folder, name), writer, abandonedMs, fs, nowMs, judge).catch(() => {});
      }
    }
  }
}

/** Removes leftovers of writing `file`. Never throws. */
export async function removeLeftoversOf(
  file: string,
  fs: FsPort = nodeFileSystem,
  nowMs = Date.now(),
  judge: Judge = {},
): Promise<void> {
  const folder = dirname(file);
  const start = `.${basename(file)}.`;
  for (const name of await namesIn(folder, fs)) {
    const isOfFile = name.startsWith(start) && !name.slice(start.length, -'.tmp'.length).includes('.');
    const writer = isOfFile ? writerOf(name) : undefined;
    if (writer) await removeAbandoned(join(folder, name), writer, 0, fs, nowMs, judge).catch(() => {});
  }
}

const places = [
  '.',
  files.explanations,
  ...[files.predictions('val'), files.epochPredictions(1), files.sample(1)].map(dirname),
];

/**
 * Files of this machine's dead processes are removed at once; those of another machine may belong to a living process, and are removed
 * when they are old.
 * @param namelessMs  age at which a file of an older version, which names no machine, is removed
 */
async function removeAbandoned(
  file: string,
  writer: NamedProcess,
  namelessMs: number,
  fs: FsPort,
  nowMs: number,
  judge: Judge,
): Promise<void> {
  const writtenMs = () => fs.modifiedMs(file);
  const fate = await fateOf(writer, writtenMs, judge);
  if (fate === 'alive') return;
  const ageMs = fate === 'elsewhere' ? abandonedMs : writer.machine === undefined ? namelessMs : 0;
  if (ageMs === 0 || nowMs - (await writtenMs()) > ageMs) await fs.unlink(file);
}

/** Far longer than any file takes to write. */
export const abandonedMs = 3_600_000;

/** Empty for a path that is not a readable folder. */
const namesIn = (folder: string, fs: FsPort): Promise<readonly string[]> => fs.readdir(folder).catch(() => []);
