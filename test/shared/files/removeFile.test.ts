import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { removeFile } from '../../../shared/files/removeFile.ts';
import { putSeam } from '../../faults/support/seam.ts';

const root = await mkdtemp(join(tmpdir(), 'remove-'));
after(() => rm(root, { recursive: true, force: true }));

test('removeFile() removes a file or a folder with its contents, and accepts a missing one', async () => {
  await writeFile(join(root, 'file'), 'x');
  await mkdir(join(root, 'folder', 'inner'), { recursive: true });
  for (const name of ['file', 'folder', 'gone']) assert.equal(await removeFile(join(root, name)), true, name);
  assert.deepEqual(await readdir(root), []);
});

test('removeFile() retries when the disk refuses once', async () => {
  await mkdir(join(root, 'runs'));
  const file = join(root, 'runs', 'held');
  await writeFile(file, 'x');
  const takeOut = putSeam({
    root,
    within: ['runs'],
    runId: 'none',
    fail: { name: 'rm runs/held', nth: 1, code: 'EIO' },
  });
  try {
    assert.equal(await removeFile(file), true);
  } finally {
    takeOut();
  }
  assert.deepEqual(await readdir(join(root, 'runs')), []);
});
