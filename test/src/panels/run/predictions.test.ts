import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { encodePredictions } from '../../../../shared/contracts/classification/predictionsFile.ts';
import { files } from '../../../../shared/contracts/run.ts';
import { epochPredictions, newestPredictions } from '../../../../src/panels/run/predictions.ts';
import { chestXrayRun, upToEpoch } from '../../../webview/support/transcripts.ts';
import { runOf, temporaryFolder } from '../../support/runs.ts';

const { runId, events, classNames } = chestXrayRun();

async function write(folder: string, relativePath: string, logits: number[]): Promise<void> {
  const rows = { relativePaths: ['a.png', 'b.png'], labels: [0, 1], logits, classNames };
  await mkdir(dirname(join(folder, relativePath)), { recursive: true });
  await writeFile(join(folder, relativePath), encodePredictions(rows));
}

test("newestPredictions() reads the newest epoch's, and after the evaluation those of the kept weights", async (t) => {
  const folder = await temporaryFolder(t);
  await write(folder, files.epochPredictions(2), [1.5, -0.25, 0.5, 1]);
  await write(folder, files.predictions('val'), [1.25, 0, 0.75, 2]);
  assert.deepEqual(await newestPredictions(runOf(runId, upToEpoch(events, 2), { folder })), {
    epoch: 2,
    labels: [0, 1],
    logits: Float32Array.from([1.5, -0.25, 0.5, 1]),
    classCount: 2,
  });
  assert.deepEqual(await newestPredictions(runOf(runId, events, { folder })), {
    epoch: null,
    labels: [0, 1],
    logits: Float32Array.from([1.25, 0, 0.75, 2]),
    classCount: 2,
  });
});

test('newestPredictions() is null before the first epoch', async () => {
  assert.equal(await newestPredictions(runOf(runId, events.slice(0, 2))), null);
});

test("epochPredictions() reads one epoch's, null for an epoch that the run does not have", async (t) => {
  const folder = await temporaryFolder(t);
  await write(folder, files.epochPredictions(1), [1.5, -0.25, 0.5, 1]);
  await write(folder, files.epochPredictions(7), [0.5, 0.5, 0.5, 0.5]);
  const run = runOf(runId, upToEpoch(events, 2), { folder });
  assert.deepEqual(await epochPredictions(run, 1), {
    epoch: 1,
    labels: [0, 1],
    logits: Float32Array.from([1.5, -0.25, 0.5, 1]),
    classCount: 2,
  });
  assert.equal(await epochPredictions(run, 7), null);
  await assert.rejects(epochPredictions(run, 2), /ENOENT/);
});

test('unusable rows are skipped and reported', async (t) => {
  const folder = await temporaryFolder(t);
  await write(folder, files.epochPredictions(1), [0.9, 0.1, Number.NaN, 0.6]);
  const read = await epochPredictions(runOf(runId, upToEpoch(events, 2), { folder }), 1);
  assert.deepEqual(read?.labels, [0]);
  assert.deepEqual(
    read?.problems?.map(({ code, params }) => [code, params.count]),
    [['rowsLeftOut', 1]],
  );
});
