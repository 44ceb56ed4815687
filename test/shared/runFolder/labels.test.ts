import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { listRuns } from '../../../runner/store/listRuns.ts';
import { createRun } from '../../../runner/store/store.ts';
import { UserError } from '../../../shared/contracts/errors.ts';
import { noLabels } from '../../../shared/contracts/labels.ts';
import { files } from '../../../shared/contracts/run.ts';
import { labelsToChange, readLabels, writeLabels } from '../../../shared/runFolder/labels.ts';

async function temporaryFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'shoulders-labels-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

test('writeLabels() replaces labels.json whole, and readLabels() reads it', async (t) => {
  const folder = await temporaryFolder(t);
  assert.deepEqual(await readLabels(folder), noLabels);
  const labels = { starred: true, name: 'Warm start', tags: ['pilot'], note: '' };
  await writeLabels(folder, { ...labels, starred: false });
  await writeLabels(folder, labels);
  assert.deepEqual(await readLabels(folder), labels);
  assert.deepEqual(await readdir(folder), [files.labels]);
});

test('labelsToChange() returns the existing labels, and never treats an unreadable file as empty', async (t) => {
  const folder = await temporaryFolder(t);
  assert.deepEqual(await labelsToChange(folder), noLabels);
  await writeLabels(folder, { ...noLabels, note: 'mine' });
  assert.equal((await labelsToChange(folder)).note, 'mine');
  await rm(join(folder, files.labels));
  await mkdir(join(folder, files.labels)); // a disk that refuses
  await assert.rejects(labelsToChange(folder), (error) => error instanceof UserError && error.code === 'cannotWrite');
});

test('listRuns() includes the labels of each run; a damaged labels file counts as none and hides no run', async (t) => {
  const runsFolder = await temporaryFolder(t);
  const ids = ['20261123-101500-a-resnet18-0001', '20261123-101501-b-resnet18-0002'] as const;
  for (const runId of ids) await (await createRun({ runsFolder, runId, versions: {} })).close();
  await writeLabels(join(runsFolder, ids[0]), { ...noLabels, name: 'first' });
  await writeFile(join(runsFolder, ids[1], files.labels), '\u0000{');
  assert.deepEqual(
    (await listRuns(runsFolder)).map(({ labels }) => labels.name),
    [null, 'first'],
  );
  await rm(join(runsFolder, ids[1], files.labels));
  await mkdir(join(runsFolder, ids[1], files.labels)); // not even a file
  assert.equal((await listRuns(runsFolder)).length, 2);
});
