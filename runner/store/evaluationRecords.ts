// An evaluation record on disk: a new folder, its predictions, and last the record itself, which makes it one.
import { dirname, join } from 'node:path';
import { UserError } from '../contracts/errors.ts';
import { type EvaluationRecord, recordFiles } from '../contracts/evaluationRecord.ts';
import { encodePredictions, type PredictionRows } from '../contracts/predictionsFile.ts';
import { isSystemError } from '../systemError.ts';
import { replaceFile } from './atomicFile.ts';
import { type FsPort, nodeFileSystem } from './fileSystem.ts';
import { storedRecord } from './places.ts';
import { writeError } from './writeError.ts';

/** @param folder  absolute; must not be there yet @throws UserError recordExists, cannotWrite, diskFull */
export async function writeEvaluationRecord(
  folder: string,
  record: EvaluationRecord,
  rows: PredictionRows,
  fs: FsPort = nodeFileSystem,
): Promise<void> {
  try {
    await fs.mkdir(dirname(folder), { recursive: true });
    await fs.mkdir(folder, { recursive: false });
  } catch (error) {
    if (isSystemError(error) && error.code === 'EEXIST')
      throw new UserError('recordExists', { folder }, { cause: error });
    throw writeError(folder, error);
  }
  try {
    await replaceFile(join(folder, recordFiles.predictions), encodePredictions(rows), fs);
    await replaceFile(
      join(folder, recordFiles.record),
      `${JSON.stringify(storedRecord(record, folder), undefined, 2)}\n`,
      fs,
    );
  } catch (error) {
    // Half a record is none: the next try with this name finds the place free.
    for (const name of Object.values(recordFiles)) await fs.unlink(join(folder, name)).catch(() => {});
    await fs.rmdir(folder).catch(() => {});
    throw error;
  }
}
