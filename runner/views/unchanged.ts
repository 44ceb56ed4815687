// Whether a file is still the one that was checked.
import { stat } from 'node:fs/promises';
import { isSystemError } from '../../shared/files/systemError.ts';
import type { PixelImage } from './threads/pixelContract.ts';

export async function stateOf({ file, sizeBytes, modifiedMs }: PixelImage): Promise<'same' | 'vanished' | 'changed'> {
  try {
    const now = await stat(file);
    return now.size === sizeBytes && now.mtimeMs === modifiedMs ? 'same' : 'changed';
  } catch (error) {
    if (isSystemError(error)) return 'vanished';
    throw error;
  }
}
