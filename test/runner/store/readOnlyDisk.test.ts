import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { createRun } from '../../../runner/store/store.ts';
import { mountedDisk } from '../../support/mountedDisk.ts';
import { runId } from '../../support/storyOfARun.ts';

const { folder, skip } = mountedDisk('ro');

test('createRun() reports a read-only disk, however many folders are missing', {
  skip,
}, async () => {
  for (const runsFolder of [join(folder, 'runs'), join(folder, 'a', 'b', 'runs')])
    await assert.rejects(createRun({ runsFolder, runId, versions: {} }), /the disk is read-only \(EROFS\)/);
});
