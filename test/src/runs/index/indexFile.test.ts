import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { noLabels } from '../../../../shared/contracts/labels.ts';
import {
  type IndexedRun,
  indexText,
  leanSummary,
  openIndexFile,
  runsInIndex,
} from '../../../../src/runs/index/indexFile.ts';
import { assertProperty } from '../../../support/property.ts';
import { animalsRun, chestXrayRun } from '../../../webview/support/transcripts.ts';
import { summaryOf, temporaryFolder } from '../../support/runs.ts';

const indexed = [chestXrayRun(), animalsRun()].map(
  ({ runId, events }): IndexedRun => ({
    id: runId,
    folder: `/w/.shoulders/runs/${runId}`,
    stamp: '1/2/3',
    logStamp: '3/4/5',
    labelsStamp: '',
    labels: { ...noLabels, name: 'Wärm 👩‍🔬' },
    hasCheckpoint: false,
    metrics: { 'test AUROC': 0.9 },
    summary: leanSummary(summaryOf(runId, events)),
  }),
);

const by = '0.1.0';
const read = (text: string | Uint8Array, as = by) => runsInIndex(Buffer.from(text as string), as);

test('runsInIndex() reads what indexText() wrote', () => {
  assert.deepEqual(read(indexText(indexed, by)), indexed);
  assert.deepEqual(read(indexText([], by)), []);
});

test('runsInIndex() never throws and returns nothing for bytes that differ from what was written', () => {
  const bytes = Buffer.from(indexText(indexed, by));
  assertProperty(
    fc.property(fc.nat(bytes.length - 2), fc.integer({ min: 1, max: 255 }), (at, flip) => {
      const damaged = Buffer.from(bytes);
      damaged[at]! ^= flip;
      assert.deepEqual(read(damaged), []);
    }),
  );
  assertProperty(fc.property(fc.nat(bytes.length - 1), (cut) => read(bytes.subarray(0, cut)).length === 0));
  assertProperty(fc.property(fc.uint8Array(), (any) => read(any).length === 0));
});

test('runsInIndex() returns nothing for text of another version or another shape', () => {
  assert.deepEqual(read(indexText(indexed, by), '0.2.0'), []);
  const head = (body: string, version: number) => JSON.stringify({ version, by, crc: crc32(body) });
  const body = JSON.stringify(indexed);
  assert.deepEqual(read(`${head(body, 3)}\n${body}\n`), indexed);
  assert.deepEqual(read(`${head(body, 2)}\n${body}\n`), []);
  for (const other of ['null', '{}', '[{"id":"x"}]', '[1', JSON.stringify([{ ...indexed[0], stamp: 1 }])])
    assert.deepEqual(read(`${head(other, 3)}\n${other}\n`), []);
});

test('openIndexFile() writes once after several changes, and reads it back', async (t) => {
  const file = join(await temporaryFolder(t), 'storage', 'runs.index');
  const errors: unknown[] = [];
  const index = openIndexFile(file, by, (error) => errors.push(error), 20);
  assert.deepEqual(await index.read(), []);
  let asked = 0;
  for (let i = 0; i < 5; i++)
    index.keep(() => {
      asked++;
      return indexed;
    });
  for (let i = 0; i < 200 && (await index.read()).length === 0; i++) await sleep(20);
  assert.deepEqual(await index.read(), indexed);
  assert.equal(asked, 1);
  await writeFile(file, 'zzz');
  assert.deepEqual(await index.read(), []);
  assert.equal(await readFile(file, 'utf8'), 'zzz');
  assert.deepEqual(errors, []);
});
