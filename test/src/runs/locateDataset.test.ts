import assert from 'node:assert/strict';
import { symlink } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { RunIndex } from '../../../src/runs/index/runIndex.ts';
import { chestXrayRun } from '../../webview/support/transcripts.ts';
import { withFakeVscode } from '../support/fakeVscode.ts';
import { runOf, temporaryFolder } from '../support/runs.ts';

const fake = withFakeVscode();
const { locateDataset } = await import('../../../src/runs/locateDataset.ts');

test("a folder that resolves to a whole disk or home is refused as a dataset's new location before any program reads it", {
  skip: process.platform === 'win32',
}, async (t) => {
  const folder = await temporaryFolder(t);
  const everything = join(folder, 'everything');
  await symlink('/', everything);
  const { runId, events } = chestXrayRun();
  const parts = { program: join(folder, 'no-program.js'), index: {} as RunIndex };
  for (const picked of ['/', homedir(), everything]) {
    fake.picked = picked;
    await assert.rejects(locateDataset(runOf(runId, events), parts), { code: 'datasetTooWide' });
  }
});
