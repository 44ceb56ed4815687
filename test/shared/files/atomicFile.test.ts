import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { UserError } from '../../../shared/contracts/errors.ts';
import { replaceFile } from '../../../shared/files/atomicFile.ts';
import { type FsPort, nodeFileSystem } from '../../../shared/files/fileSystem.ts';
import { faultyFileSystem } from '../../support/faultyFileSystem.ts';

let folder: string;
before(async () => void (folder = await mkdtemp(join(tmpdir(), 'atomicFile-'))));
after(() => rm(folder, { recursive: true, force: true }));

test('replaceFile() leaves either the old or the new content, for every call that fails', async () => {
  const file = join(folder, 'a.json');
  const probe = faultyFileSystem(undefined);
  await replaceFile(file, 'old', probe);
  for (const code of ['ENOSPC', 'EDQUOT', 'EIO', 'EROFS', 'ENOENT'])
    for (let at = 1; at <= probe.count; at++) {
      await writeFile(file, 'old');
      const fs = faultyFileSystem({ code, at, partialBytes: 1 });
      const outcome = await replaceFile(file, 'new', fs).then(
        () => 'new',
        (error: unknown) => {
          assert.ok(error instanceof UserError);
          assert.equal(error.code, code === 'ENOSPC' || code === 'EDQUOT' ? 'diskFull' : 'cannotWrite');
          assert.equal((error.cause as NodeJS.ErrnoException).code, code);
          return 'old';
        },
      );
      assert.equal(await readFile(file, 'utf8'), outcome, `${code} in call ${at} (${fs.failed})`);
      if (code === 'EIO') assert.equal(outcome, 'new', `a fault that passed was not tried again: call ${at}`);
      assert.deepEqual(await readdir(folder), ['a.json']);
    }
});

for (const code of ['EPERM', 'EACCES', 'EBUSY'])
  test(`replaceFile() waits for a program that holds the file (${code} three times)`, async () => {
    const file = join(folder, 'a.json');
    let left = 3;
    await replaceFile(file, code, {
      ...nodeFileSystem,
      async rename(from, to) {
        if (left-- > 0) throw Object.assign(new Error(code), { code });
        await nodeFileSystem.rename(from, to);
      },
    });
    assert.equal(await readFile(file, 'utf8'), code);
  });

test('replaceFile() fails at once where waiting is useless', async () => {
  const fs = faultyFileSystem({ code: 'EROFS', at: 1, lasting: true, calls: ['rename'] });
  await assert.rejects(replaceFile(join(folder, 'a.json'), 'x', fs), UserError);
  assert.equal(fs.failed.length, 1);
});

test('replaceFile() rewrites the whole file after a failed fsync, and gives up when the disk keeps failing', async () => {
  const file = join(folder, 'a.json');
  const opened: string[] = [];
  const failing = (faults: number): FsPort => ({
    ...nodeFileSystem,
    async open(path, flags) {
      const handle = await nodeFileSystem.open(path, flags);
      if (flags !== 'wx') return handle;
      opened.push(path);
      return {
        ...handle,
        async sync() {
          if (faults-- <= 0) return handle.sync();
          await handle.truncate(0); // the pages are lost, and the next fsync would succeed
          throw Object.assign(new Error('EIO: the disk'), { code: 'EIO' });
        },
      };
    },
  });
  await replaceFile(file, 'whole', failing(2));
  assert.equal(await readFile(file, 'utf8'), 'whole');
  assert.equal(new Set(opened).size, 3);
  await assert.rejects(replaceFile(file, 'never', failing(99)), /the disk reports a fault/);
  assert.equal(await readFile(file, 'utf8'), 'whole');
  assert.deepEqual(await readdir(folder), ['a.json']);
});

test('concurrent calls of replaceFile() leave one whole content', async () => {
  const file = join(folder, 'a.json');
  const contents = Array.from({ length: 30 }, (_, i) => String(i).repeat(5000));
  await Promise.all(contents.map((content) => replaceFile(file, content)));
  assert.ok(contents.includes(await readFile(file, 'utf8')));
  assert.deepEqual(await readdir(folder), ['a.json']);
});
