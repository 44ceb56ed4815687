// Location of the runner's downloads, and whether the official weights are already there. Only checks presence; the runner verifies.
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import envPaths from 'env-paths';

/** One per machine and user, shared with the command line. */
export const machineCacheFolder: string = envPaths('shoulders', { suffix: '' }).cache;

export async function isCached(fileName: string, cacheFolder = machineCacheFolder): Promise<boolean> {
  const found = await stat(join(cacheFolder, 'weights', fileName)).catch(() => undefined);
  return found?.isFile() === true && found.size > 0;
}
