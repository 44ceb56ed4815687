import assert from 'node:assert/strict';
import { test } from 'node:test';
import { handOver, takeOver } from '../../../src/training/sampleHandover.ts';
import { mementoOf } from '../support/memento.ts';

const minute = 60_000;
const anywhere = () => true;

test('takeOver() returns the dataset that handOver() kept, once', async () => {
  const memory = mementoOf();
  await handOver(memory, '/w/animals', 1000);
  assert.equal(await takeOver(memory, (dataset) => dataset === '/w/animals', 1000 + minute), '/w/animals');
  assert.equal(await takeOver(memory, anywhere, 1000 + minute), undefined);
});

test('takeOver() leaves a dataset of another folder to the window that opens it', async () => {
  const memory = mementoOf();
  await handOver(memory, '/w/animals', 0);
  assert.equal(await takeOver(memory, () => false, 0), undefined);
  assert.equal(await takeOver(memory, anywhere, 0), '/w/animals');
});

test('takeOver() forgets a dataset whose folder was not opened within ten minutes', async () => {
  const memory = mementoOf();
  await handOver(memory, '/w/animals', 0);
  assert.equal(await takeOver(memory, anywhere, 11 * minute), undefined);
  assert.equal(await takeOver(memory, anywhere, 0), undefined);
});

for (const kept of [undefined, 'animals', { dataset: 7, atMs: 0 }, { dataset: '/w/animals' }])
  test(`takeOver() ignores ${JSON.stringify(kept)}, which no version wrote`, async () => {
    assert.equal(await takeOver(mementoOf({ sampleToTry: kept }), anywhere, 0), undefined);
  });
