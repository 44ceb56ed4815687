// An evaluation record on disk: a new folder with its predictions; the record file, written last, makes it valid.
import { dirname, join } from 'node:path';
import {
  type EvaluationRecord,
  parseEvaluationRecord,
  recordFiles,
} from '../contracts/classification/evaluationRecord.ts';
import { encodePredictions, type PredictionRows } from '../contracts/classification/predictionsFile.ts';
import { UserError } from '../contracts/errors.ts';
import { replaceFile } from '../files/atomicFile.ts';
import { type FsPort, nodeFileSystem } from '../files/fileSystem.ts';
import { isSystemError, unlessMissing } from '../files/systemError.ts';
import { writeError } from '../files/writeError.ts';
import { locatedRecord, storedRecord } from './places.ts';
import { hashOf } from './verified.ts';

/** @param folder  absolute; must not exist yet @throws UserError recordExists, cannotWrite, diskFull */
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
  const predictions = encodePredictions(rows);
  const hashes = { [recordFiles.predictions]: hashOf(predictions) };
  const text = recordText({ ...storedRecord(record, folder), files: hashes, sha256: '' });
  try {
    await replaceFile(join(folder, recordFiles.predictions), predictions, fs);
    await replaceFile(join(folder, recordFiles.record), text.replace(emptySeal, `"sha256": "${hashOf(text)}"`), fs);
  } catch (error) {
    // Half a record is none: a second attempt with this name must find the place free.
    for (const name of Object.values(recordFiles)) await fs.unlink(join(folder, name)).catch(() => {});
    await fs.rmdir(folder).catch(() => {});
    throw error;
  }
}

const recordText = (record: EvaluationRecord): string => `${JSON.stringify(record, undefined, 2)}\n`;

// The last member of the record: no name or path in it can be mistaken for it.
const emptySeal = /"sha256": ""(?=\n\}\n$)/;
const fullSeal = /"sha256": "([0-9a-f]{64})"(?=\n\}\n$)/;

/**
 * @param folder  absolute @returns the record with absolute paths
 * @throws UserError fileDamaged; Error with the reason why it is no record; the system's error
 */
export async function readEvaluationRecord(
  folder: string,
  fs: Pick<FsPort, 'readFile'> = nodeFileSystem,
): Promise<EvaluationRecord> {
  const bytes = await fs.readFile(join(folder, recordFiles.record)).catch(unlessMissing);
  if (!bytes) throw new UserError('evaluationGone', { folder });
  const text = new TextDecoder().decode(bytes).replaceAll('\r\n', '\n');
  const seal = fullSeal.exec(text)?.[1];
  const isSealed = seal !== undefined && hashOf(text.replace(fullSeal, '"sha256": ""')) === seal;
  const record = isSealed || seal === undefined ? parseEvaluationRecord(text) : undefined;
  // A record with a checksum of its predictions must have its own, too.
  if (record === undefined || (!isSealed && (record.files !== undefined || record.sha256 !== undefined)))
    throw new UserError('fileDamaged', { file: recordFiles.record });
  return locatedRecord(record, folder);
}
