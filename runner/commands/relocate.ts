// Records where the dataset of a run is now, when it was moved after the run had ended: then its images are found and shown again. The
// images are compared with those of the run, all of them. Called by cli/commands.ts.
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import pLimit from 'p-limit';
import { UserError } from '../../shared/contracts/errors.ts';
import type { RelocateOutput } from '../../shared/contracts/relocateOutput.ts';
import { refuseMissing } from '../dataset/walk.ts';
import { listUnusable, readImageList } from '../evaluation/ownImages.ts';
import { sha256Of } from '../images/sha256.ts';
import { amendRun } from '../store/store.ts';

/**
 * @param folder  absolute, of the run @param data  absolute: the dataset's place now
 * @throws UserError runNotFound, runBroken, runNewer, runBusy, folderMissing, runWithoutImageList; relocatedOthers: an image of the run is
 * not there, or is another one; the signal's reason when aborted
 */
export async function relocate(folder: string, data: string, signal: AbortSignal): Promise<RelocateOutput> {
  let imageCount = 0;
  await amendRun(folder, async ({ state }) => {
    await refuseMissing(data);
    const listed = await readImageList(folder, state);
    if (!listed) throw listUnusable(folder, 'it is not there');
    imageCount = listed.length;
    await pLimit(4).map(listed, async ({ relativePath, sha256 }) => {
      signal.throwIfAborted();
      const bytes = await readFile(join(data, ...relativePath.split('/'))).catch(() => undefined);
      if (bytes === undefined || (await sha256Of(bytes)) !== sha256)
        throw new UserError('relocatedOthers', { folder: data, run: basename(folder), relativePath });
    });
    return { type: 'relocated', dataset: data };
  });
  return { dataset: data, imageCount };
}
