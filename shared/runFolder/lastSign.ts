// Signs of life of a runner whose process is on another machine and cannot be inspected.
import { join } from 'node:path';
import { files } from '../contracts/run.ts';
import { type FsPort, nodeFileSystem } from '../files/fileSystem.ts';
import { largest } from '../lists.ts';

/** Time when a runner last wrote its log or touched its lock, in milliseconds since the epoch; 0: neither exists. */
export async function lastSignMs(folder: string, fs: FsPort = nodeFileSystem): Promise<number> {
  const lock = join(folder, files.lock);
  const holders = await fs.readdir(lock).catch(() => []);
  const signs = [join(folder, files.events), ...holders.map((name) => join(lock, name))];
  return largest(await Promise.all(signs.map((file) => fs.modifiedMs(file).catch(() => 0))));
}
