import { statfs } from 'node:fs/promises';
import { UserError } from '../../shared/contracts/errors.ts';

/** Before the first byte, since minutes of downloading for nothing annoy. @throws UserError installNoSpace */
export async function checkRoom(name: string, folder: string, neededBytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  const freeBytes = bavail * bsize;
  if (freeBytes < neededBytes)
    throw new UserError('installNoSpace', { name, folder, needed: gigabytes(neededBytes), free: gigabytes(freeBytes) });
}

export const gigabytes = (bytes: number): string => `${(bytes / 1e9).toPrecision(2)} GB`;
