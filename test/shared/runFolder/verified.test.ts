// Files of a run and an evaluation are read only in the form in which they were written.
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { recordFiles } from '../../../shared/contracts/classification/evaluationRecord.ts';
import { encodePredictions, parsePredictions } from '../../../shared/contracts/classification/predictionsFile.ts';
import { encodeImageList, parseImageList } from '../../../shared/contracts/imageList.ts';
import { readEvaluationRecord, writeEvaluationRecord } from '../../../shared/runFolder/evaluationRecords.ts';
import { hashOf, readVerified } from '../../../shared/runFolder/verified.ts';
import { record } from '../../support/anEvaluation.ts';
import { checkFlips } from '../../support/bitFlips.ts';

const scratch = await mkdtemp(join(tmpdir(), 'verified-'));
after(() => rm(scratch, { recursive: true }));

const classNames = ['cat', 'dog'];
const rows = {
  relativePaths: ['cat/naïve 1.jpg', 'dog/2.jpg'],
  labels: [0, 1],
  logits: Float32Array.of(1.5, -0.25, -3, 2),
  classNames,
};
const predictions = encodePredictions(rows);
const images = encodeImageList([
  { relativePath: 'cat/1.jpg', className: 'cat', split: 'test', sha256: 'a'.repeat(64) },
]);

/** Every bit flip in a text with a known checksum, read by its reader. */
const flipsOf = (text: string, read: (text: string) => unknown) =>
  checkFlips(
    new TextEncoder().encode(text),
    async (bytes) => read(await readVerified('/run', 'file.csv', hashOf(text), { readFile: async () => bytes })),
    /"file\.csv" was damaged or changed since it was written/,
    { count: 100 },
  );

test('readVerified() detects every flipped bit of predictions and of an image list', async () => {
  const ofPredictions = await flipsOf(predictions, (text) => parsePredictions(text, classNames));
  assert.deepEqual(ofPredictions, { noticed: 100, harmless: 0 });
  assert.deepEqual(await flipsOf(images, parseImageList), { noticed: 100, harmless: 0 });
});

test('readVerified() reads a text whose line endings or byte order mark another program has changed', async () => {
  for (const text of [predictions.replaceAll('\n', '\r\n'), `\uFEFF${predictions}`]) {
    const bytes = new TextEncoder().encode(text);
    const read = await readVerified('/run', 'val.csv', hashOf(predictions), { readFile: async () => bytes });
    assert.deepEqual(parsePredictions(read, classNames), parsePredictions(predictions, classNames));
  }
});

test('readVerified() returns what an older version wrote without a checksum', async () => {
  const readFile = async () => new TextEncoder().encode(predictions);
  assert.equal(await readVerified('/run', 'val.csv', undefined, { readFile }), predictions);
});

test('readEvaluationRecord() detects every flipped bit, and reads a record of an older version without a checksum', async () => {
  const folder = join(scratch, 'record');
  await writeEvaluationRecord(folder, record, rows);
  const bytes = await readFile(join(folder, recordFiles.record));
  const read = (damaged: Uint8Array) => readEvaluationRecord(folder, { readFile: async () => damaged });
  const { noticed } = await checkFlips(bytes, read, /"record\.json" was damaged/, { count: 300 });
  assert.equal(noticed, 300);
  const old = join(scratch, 'old');
  await mkdir(old);
  await writeFile(join(old, recordFiles.record), JSON.stringify(record));
  assert.deepEqual(await readEvaluationRecord(old), record);
});
