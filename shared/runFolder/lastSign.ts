// Signs of a runner that cannot be looked at, because its process is elsewhere.
import { join } from 'node:path';
import { files } from '../contracts/run.ts';
import { type FsPort, nodeFileSystem } from '../files/fileSystem.ts';
import { largest } from '../lists.ts';

/** When a runner last wrote its log or touched its lock, in milliseconds since the epoch; 0: there is neither. */
export async function lastSignMs(folder: string, fs: FsPort = nodeFileSystem): Promise<number> {
  const lock = join(folder, files.lock);
  const holders = await fs.readdir(lock).catch(() => []);
  const signs = [join(folder, files.events), ...holders.map((name) => join(lock, name))];
  return largest(await Promise.all(signs.map((file) => fs.modifiedMs(file).catch(() => 0))));
}
