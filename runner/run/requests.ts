// Requests of another process to a run: files in its folder that control.ts polls. Called by cli/groups/runs.ts.
import { rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { UserError } from '../../shared/contracts/errors.ts';
import { files } from '../../shared/contracts/run.ts';
import { isOpenStatus, waitsForDisk } from '../../shared/contracts/runState.ts';
import { writeError } from '../../shared/files/writeError.ts';
import { readRun } from '../../shared/runFolder/readRun.ts';

export type RunRequest = 'stop' | 'pause' | 'continue';

/** Makes a request, answered by an event. @throws UserError runNotOpen, runNotPaused, runNotFound, runBroken, runNewer, cannotWrite */
export async function requestOf(request: RunRequest, folder: string): Promise<void> {
  const { state } = await readRun(folder);
  const run = basename(folder);
  if (!isOpenStatus(state.status)) throw new UserError('runNotOpen', { run, status: state.status, action: request });
  // A run that waits for the disk continues by itself; a request makes it try at once.
  const retries = request === 'continue' && waitsForDisk(state);
  const file = join(folder, request === 'stop' ? files.stopRequest : retries ? files.retryRequest : files.pauseRequest);
  try {
    if (request !== 'continue' || retries) await writeFile(file, '');
    else await rm(file);
  } catch (error) {
    if (request === 'continue' && (error as NodeJS.ErrnoException).code === 'ENOENT')
      throw new UserError('runNotPaused', { run });
    throw writeError(file, error);
  }
}
