import { statfs } from 'node:fs/promises';
import { UserError } from '../../shared/contracts/errors.ts';

/** Checked before the first byte, to avoid minutes of downloading in vain. @throws UserError installNoSpace */
export async function checkRoom(name: string, folder: string, neededBytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  const freeBytes = bavail * bsize;
  if (freeBytes < neededBytes)
    throw new UserError('installNoSpace', { name, folder, needed: gigabytes(neededBytes), free: gigabytes(freeBytes) });
}

export const gigabytes = (bytes: number): string => `${(bytes / 1e9).toPrecision(2)} GB`;
