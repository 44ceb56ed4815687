// Files that the editor may write into a run folder: small requests to its runner. Absent: waiting for a reply,
// which comes as an event.
import { access, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { files } from '../../../shared/contracts/run.ts';
import { isMissing } from '../../../shared/files/systemError.ts';

export type Request = 'stopRequest' | 'pauseRequest' | 'retryRequest' | 'attended';

/** false: the run folder does not exist (yet). */
export async function writeRequest(folder: string, request: Request): Promise<boolean> {
  if (!(await isThere(folder))) return false;
  await writeFile(join(folder, files[request]), '');
  return true;
}

export const withdrawRequest = (folder: string, request: Request): Promise<void> =>
  rm(join(folder, files[request]), { force: true });

export const isRequested = (folder: string, request: Request): Promise<boolean> =>
  isThere(join(folder, files[request]));

/** Sets a file's time to now. false: it does not exist. */
export async function touch(file: string, now: Date): Promise<boolean> {
  try {
    await utimes(file, now, now);
    return true;
  } catch (error) {
    if (!isMissing(error)) throw error;
    return false;
  }
}

export const isThere = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );
