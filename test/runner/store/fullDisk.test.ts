import assert from 'node:assert/strict';
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { createRun } from '../../../runner/store/store.ts';
import { UserError } from '../../../shared/contracts/errors.ts';
import { files } from '../../../shared/contracts/run.ts';
import { readRun } from '../../../shared/runFolder/readRun.ts';
import { mountedDisk } from '../../support/mountedDisk.ts';
import { epochEvent, runId, storyOfARun } from '../../support/storyOfARun.ts';

// Where mounting is not allowed, the simulated disk of store.test.ts must do.
const { folder: disk, skip } = mountedDisk('size=128k');

const isDiskFull = (error: unknown) => error instanceof UserError && error.code === 'diskFull';

test('A run on a full disk reports it at once, keeps its files, and finishes when space is freed', {
  skip,
}, async () => {
  const run = await createRun({ runsFolder: join(disk, 'runs'), runId, versions: {} });
  const [started] = storyOfARun(process.pid);
  await run.record(started!);
  await run.saveCheckpoint(new Uint8Array(20_000).fill(1));
  let epoch = 0;
  await assert.rejects(async () => {
    for (;;) await run.record(epochEvent(++epoch, 0.5));
  }, isDiskFull);
  await assert.rejects(run.saveCheckpoint(new Uint8Array(40_000).fill(2)), isDiskFull);
  const read = await readRun(run.folder);
  assert.deepEqual(read.health, { skipped: 0, gaps: 0, unknown: 0, tornTail: false });
  assert.ok(epoch > 10 && read.state.epochs.length >= epoch - 1);
  assert.ok(read.summary);
  const checkpoint = await readFile(join(run.folder, files.checkpoint));
  assert.deepEqual([checkpoint.length, checkpoint[0], checkpoint.at(-1)], [20_000, 1, 1]);

  await rm(join(run.folder, files.checkpoint));
  const problem = { code: 'diskFull', params: { file: files.checkpoint } };
  await run.record({ type: 'ended', reason: 'failed', problem, elapsedMs: 1 });
  await run.close();
  assert.deepEqual((await readRun(run.folder)).state, run.state);
  assert.deepEqual((await readdir(run.folder)).sort(), [files.events, files.run]);
});
