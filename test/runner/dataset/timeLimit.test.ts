// A file that cannot be read or decoded to the end costs a run some time, but does not end it.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import sharp from 'sharp';
import { checkImage } from '../../../runner/dataset/checks/decodable.ts';
import { checkAll } from '../../../runner/dataset/dataset.ts';
import { readImageFile, UndecodableImage } from '../../../runner/images/images.ts';
import { prepareDataset } from '../../support/prepareDataset.ts';

const timeLimit = { looks: 2, everyMs: 1500 };

async function datasetOf(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'shoulders-slow-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  for (const [className, background] of [
    ['cat', '#a33'],
    ['dog', '#3a3'],
  ] as const) {
    await mkdir(join(folder, className));
    for (let i = 0; i < 5; i++)
      await sharp({ create: { width: 20 + i, height: 20, channels: 3, background } })
        .png()
        .toFile(join(folder, className, `${i}.png`));
  }
  return folder;
}

/** Reading any of `names` never ends. */
const hangsAt =
  (...names: string[]): typeof checkImage =>
  (image, what) =>
    names.some((name) => image.relativePath.endsWith(name)) ? new Promise(() => {}) : checkImage(image, what);

const recipe = { groupPattern: null, split: { train: 0.6, val: 0.2, test: 0.2 }, seed: 1 };

test('a file that takes too long is skipped with the reason, and the check continues', async (t) => {
  const folder = await datasetOf(t);
  const { images, findings } = await prepareDataset(
    { folder, ...recipe },
    { timeLimit, checkFile: hangsAt('cat/1.png', 'dog/4.png') },
  );
  assert.equal(images.length, 8);
  assert.deepEqual(
    findings.filter(({ kind }) => kind === 'corrupt'),
    ['cat/1.png', 'dog/4.png'].map((relativePath) => ({
      kind: 'corrupt',
      relativePath,
      reason: 'it took longer than 3 s',
    })),
  );
});

test('a check ends and names the disk when every read hangs', async (t) => {
  const folder = await datasetOf(t);
  await assert.rejects(
    prepareDataset({ folder, ...recipe }, { timeLimit, checkFile: hangsAt('.png') }),
    (error: { code?: string; message?: string }) =>
      error.code === 'readingHangs' &&
      /3 files, most recently "cat\/2\.png", took longer than 3 s/.test(error.message!),
  );
});

test('slow files that were read do not count as hanging', async () => {
  const images = Array.from({ length: 6 }, (_, i) => ({ file: '', relativePath: `${i}.png` }));
  const checkFile: typeof checkImage = ({ relativePath }) =>
    new Promise((resolve) => {
      setTimeout(resolve, 60, { kind: 'corrupt', relativePath, reason: 'late' });
    });
  const { corrupt } = await checkAll(images, { timeLimit: { looks: 2, everyMs: 20 }, checkFile, concurrency: 1 });
  assert.equal(corrupt.length, 6);
});

test('a pipe named like an image is not waited for, not even behind a link', {
  skip: process.platform === 'win32',
  timeout: 30_000,
}, async (t) => {
  const folder = await datasetOf(t);
  const [pipe, outside] = [join(folder, 'cat', 'x.jpg'), join(folder, 'cat', 'pipe')];
  execFileSync('mkfifo', [pipe, outside]);
  await symlink('pipe', join(folder, 'cat', 'y.jpg'));
  await symlink('pipe', join(folder, 'cat', 'z'));
  await symlink('../cat/pipe', join(folder, 'dog', 'nameless'));
  await writeFile(join(folder, 'dog', 'empty.png'), '');
  const { images, findings } = await prepareDataset({ folder, ...recipe });
  assert.equal(images.length, 10);
  const reasons = findings.flatMap((finding) =>
    finding.kind === 'ignored' ? [`${finding.relativePath}: ${finding.reason}`] : [],
  );
  for (const name of ['cat/x.jpg', 'cat/pipe', 'cat/y.jpg'])
    assert.ok(reasons.includes(`${name}: neither a file nor a folder`), `${name} in ${reasons.join('\n')}`);
  assert.ok(reasons.includes('dog/empty.png: an empty file'));
  await assert.rejects(readImageFile(pipe), UndecodableImage);
});
