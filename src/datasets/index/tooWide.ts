// Folders that are never accepted as datasets, whether a run's file, a restored panel or a user's click names them.
import { realpath } from 'node:fs/promises';
import { homedir } from 'node:os';
import { parse, resolve } from 'node:path';
import { UserError } from '../../../shared/contracts/errors.ts';
import { isWithin } from '../../../shared/dataset/linkScope.ts';

/** The root of a disk, the home folder, or a folder around it: showing or moving "its images" would reach a user's whole disk. */
export function isTooWide(folder: string, home = homedir()): boolean {
  const path = resolve(folder);
  return path === parse(path).root || isWithin(resolve(home), path);
}

/** Resolves links: a page that may read a link's folder can read its target. @param folder  absolute */
export async function leadsTooWide(folder: string, home = homedir()): Promise<boolean> {
  const [real, realHome] = await Promise.all([folder, home].map((path) => realpath(path).catch(() => path)));
  return isTooWide(folder, home) || isTooWide(real!, realHome);
}

/** Resolves links. @param folder  absolute @throws UserError datasetTooWide */
export async function refuseTooWide(folder: string, home = homedir()): Promise<void> {
  if (await leadsTooWide(folder, home)) throw new UserError('datasetTooWide', { folder });
}
