import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { createRun } from '../../../runner/store/runFolder.ts';
import { runId } from '../../support/storyOfARun.ts';

const disk = mkdtempSync(join(tmpdir(), 'readOnlyDisk-'));
const mounted = tryMount();
after(() => {
  if (mounted) execFileSync('umount', [disk]);
  rmdirSync(disk);
});

function tryMount(): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'ro', 'tmpfs', disk], { stdio: 'ignore' });
    return true;
  } catch {
    return false; // not Linux, not root, or a container that forbids it
  }
}

test('createRun() on a read-only disk says that it is read-only, however many folders are missing', {
  skip: mounted ? false : 'no disk may be mounted here',
}, async () => {
  for (const runsFolder of [join(disk, 'runs'), join(disk, 'a', 'b', 'runs')])
    await assert.rejects(createRun({ runsFolder, runId, versions: {} }), /the disk is read-only \(EROFS\)/);
});
