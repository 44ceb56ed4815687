// labels.json of a run folder: read leniently, replaced as a whole.
import { join } from 'node:path';
import { labelsFromText, noLabels, type RunLabels } from '../contracts/labels.ts';
import { files } from '../contracts/run.ts';
import { replaceFile } from '../files/atomicFile.ts';
import { type FsPort, nodeFileSystem } from '../files/fileSystem.ts';
import { isMissing } from '../files/systemError.ts';
import { writeError } from '../files/writeError.ts';

/** A missing or unreadable file counts as empty; the run is listed all the same. */
export async function readLabels(folder: string, fs: FsPort = nodeFileSystem): Promise<RunLabels> {
  const bytes = await fs.readFile(join(folder, files.labels)).catch(() => undefined);
  return bytes ? labelsFromText(new TextDecoder().decode(bytes)) : noLabels;
}

/** Labels to change and write back: a file that cannot be read now must not be replaced by an empty one. @throws UserError cannotWrite */
export async function labelsToChange(folder: string, fs: FsPort = nodeFileSystem): Promise<RunLabels> {
  const file = join(folder, files.labels);
  try {
    return labelsFromText(new TextDecoder().decode(await fs.readFile(file)));
  } catch (error) {
    if (isMissing(error)) return noLabels;
    throw writeError(file, error);
  }
}

/** @throws UserError diskFull or cannotWrite */
export const writeLabels = (folder: string, labels: RunLabels, fs: FsPort = nodeFileSystem): Promise<void> =>
  replaceFile(join(folder, files.labels), `${JSON.stringify(labels, undefined, 2)}\n`, fs);
