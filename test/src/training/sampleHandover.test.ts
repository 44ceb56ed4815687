import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { handOver, takeOver } from '../../../src/training/sampleHandover.ts';
import { temporaryFolder } from '../support/runs.ts';

const second = 1000;
const anywhere = () => true;

/** Path of a file in a folder that does not exist yet, as before the first handover. */
const fileIn = async (t: TestContext): Promise<string> => join(await temporaryFolder(t), 'storage', 'sampleToTry.json');

test('takeOver() returns the dataset that handOver() kept, once', async (t) => {
  const file = await fileIn(t);
  await handOver(file, '/w/animals', second);
  assert.equal(await takeOver(file, (dataset) => dataset === '/w/animals', 60 * second), '/w/animals');
  assert.equal(await takeOver(file, anywhere, 60 * second), undefined);
});

test('takeOver() returns the dataset that was handed over last', async (t) => {
  const file = await fileIn(t);
  await handOver(file, '/w/animals', 0);
  await handOver(file, '/w/animals-2', second);
  assert.equal(await takeOver(file, anywhere, second), '/w/animals-2');
});

test('takeOver() returns a dataset to one of several windows that ask at once', async (t) => {
  const file = await fileIn(t);
  await handOver(file, '/w/animals', 0);
  const taken = await Promise.all(Array.from({ length: 5 }, () => takeOver(file, anywhere, 0)));
  assert.deepEqual(
    taken.filter((dataset) => dataset !== undefined),
    ['/w/animals'],
  );
});

test('takeOver() leaves a dataset of another folder to the window that opens it', async (t) => {
  const file = await fileIn(t);
  await handOver(file, '/w/animals', 0);
  assert.equal(await takeOver(file, () => false, 0), undefined);
  assert.equal(await takeOver(file, anywhere, 0), '/w/animals');
});

test('takeOver() forgets a dataset whose folder was not opened within a minute', async (t) => {
  const file = await fileIn(t);
  await handOver(file, '/w/animals', 0);
  assert.equal(await takeOver(file, anywhere, 61 * second), undefined);
  assert.equal(await takeOver(file, anywhere, 0), undefined);
});

test('takeOver() returns nothing before the first handover', async (t) => {
  assert.equal(await takeOver(await fileIn(t), anywhere, 0), undefined);
});

for (const kept of ['', '"animals"', '{"dataset":7,"atMs":0}', '{"dataset":"/w/animals"}'])
  test(`takeOver() ignores a file with ${JSON.stringify(kept)}, which no version wrote`, async (t) => {
    const file = await fileIn(t);
    await mkdir(dirname(file));
    await writeFile(file, kept);
    assert.equal(await takeOver(file, anywhere, 0), undefined);
  });
