// Reads a file of a run or record only if it is unchanged. Shared with the editor.
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { UserError } from '../contracts/errors.ts';
import { loggedHash, modelHash } from '../contracts/fileHashes.ts';
import { files } from '../contracts/run.ts';
import type { RunState } from '../contracts/runState.ts';
import { type FsPort, nodeFileSystem } from '../files/fileSystem.ts';
import { isSystemError } from '../files/systemError.ts';

/**
 * @param sha256  from the log or record; undefined: an older version recorded none, and the file is accepted
 * @throws UserError fileDamaged; the system's error
 */
export async function readVerified(
  folder: string,
  relativePath: string,
  sha256: string | undefined,
  fs: Pick<FsPort, 'readFile'> = nodeFileSystem,
): Promise<string> {
  const bytes = await fs.readFile(join(folder, ...relativePath.split('/')));
  if (sha256 !== undefined && !isText(bytes, sha256)) throw new UserError('fileDamaged', { file: relativePath });
  return new TextDecoder().decode(bytes);
}

/** Paths of files behind a run's figures that differ from what the run wrote; missing files do not count. */
export async function damagedFiles(
  folder: string,
  state: RunState,
  fs: Pick<FsPort, 'readFile' | 'sha256'> = nodeFileSystem,
): Promise<string[]> {
  const texts = [files.images, files.evaluation, files.predictions('val'), files.predictions('test')];
  const damaged: string[] = [];
  for (const path of [...texts, files.model, files.onnx]) {
    const logged = path === files.model ? loggedModel(state) : loggedHash(state, path);
    if (logged === undefined) continue;
    try {
      if (texts.includes(path)) await readVerified(folder, path, logged, fs);
      else if ((await fs.sha256(join(folder, path))) !== logged) damaged.push(path);
    } catch (error) {
      if (error instanceof UserError) damaged.push(path);
      else if (!isSystemError(error)) throw error;
    }
  }
  return damaged;
}

/** undefined while a later epoch can replace it. */
const loggedModel = (state: RunState): string | undefined =>
  state.evaluation ? modelHash(state, state.evaluation.keptEpoch) : undefined;

/** A checkout may have turned \n into \r\n, an editor may have added a byte order mark: the text is the same. */
function isText(bytes: Uint8Array, sha256: string): boolean {
  if (hashOf(bytes) === sha256) return true;
  const text = new TextDecoder('utf-8').decode(bytes); // drops the mark
  return [text, text.replaceAll('\r\n', '\n')].some((each) => hashOf(each) === sha256);
}

export const hashOf = (content: Uint8Array | string): string => createHash('sha256').update(content).digest('hex');
