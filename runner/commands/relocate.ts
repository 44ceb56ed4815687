// Records the new place of a dataset that was moved after the run had ended, so that its images are found and shown again. All
// images are compared with those of the run. Called by cli/groups/.
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
 * @param folder  absolute, of the run @param data  absolute: present place of the dataset
 * @throws UserError runNotFound, runBroken, runNewer, runBusy, folderMissing, runWithoutImageList; relocatedOthers: an image of the run is
 * missing or different; the signal's reason when aborted
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
