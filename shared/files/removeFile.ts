// Removal of a file that must not remain because of a passing fault.
import { rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

const retryDelaysMs = [20, 100, 500];

/** Removes a file or a whole folder, and retries after passing errors. @returns whether it is gone; never throws */
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
