// A file that must go, and whose leaving behind would be the only trace of a fault that has passed.
import { rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

const retryDelaysMs = [20, 100, 500];

/** Removes a file or, with all in it, a folder; tries again what fails for a moment. @returns whether it is gone, if only before; never throws */
export async function removeFile(path: string): Promise<boolean> {
  for (const delayMs of [...retryDelaysMs, 0]) {
    try {
      await rm(path, { recursive: true, force: true });
      return true;
    } catch {
      await sleep(delayMs);
    }
  }
  return false;
}
