// Allowed targets of symbolic links: the dataset folder, and folders that the user named for it on this machine.
import { realpath } from 'node:fs/promises';
import { sep } from 'node:path';
import { isSystemError } from '../files/systemError.ts';

/** Whether a real path is within the scope. */
export type LinkScope = (realPath: string) => boolean;

/**
 * @param root  absolute path of a folder that exists
 * @param linkFolders  absolute paths; a missing one (a disk that is not mounted) allows nothing
 */
export async function linkScopeOf(root: string, linkFolders: readonly string[]): Promise<LinkScope> {
  const folders = [await realpath(root)];
  for (const folder of linkFolders) {
    const real = await realpath(folder).catch((error: unknown) => {
      if (!isSystemError(error)) throw error;
      return undefined;
    });
    if (real !== undefined) folders.push(real);
  }
  return (realPath) => folders.some((folder) => isWithin(realPath, folder));
}

/** True for the folder itself and everything below it. Real paths. */
export const isWithin = (path: string, folder: string): boolean =>
  path === folder || path.startsWith(withSeparator(folder));

export const withSeparator = (folder: string): string => (folder.endsWith(sep) ? folder : folder + sep);
