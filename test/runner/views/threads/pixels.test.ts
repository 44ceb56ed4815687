import assert from 'node:assert/strict';
import { rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import sharp from 'sharp';
import type { Dataset } from '../../../../runner/dataset/dataset.ts';
import { decodeImage } from '../../../../runner/images/images.ts';
import { applyView } from '../../../../runner/views/apply.ts';
import { evaluationView } from '../../../../runner/views/evaluationView.ts';
import { createPixelSource, type PixelSourceOptions } from '../../../../runner/views/threads/pixels.ts';
import { viewOf } from '../../../../runner/views/views.ts';
import { imageNetInput } from '../../../../shared/contracts/architectures.ts';
import { photos } from '../../../../shared/contracts/recipes.ts';
import { bitmapOf, folderWith, images } from '../../../support/imageFolder.ts';
import { curves } from '../../../support/pillow.ts';
import { prepareDataset } from '../../../support/prepareDataset.ts';

const size = 64;
const jpeg = await sharp(curves(120, 90).data, { raw: { width: 120, height: 90, channels: 3 } })
  .jpeg()
  .toBuffer();

async function dataset(t: TestContext, more: Readonly<Record<string, Buffer>> = {}): Promise<Dataset> {
  const folder = await folderWith(t, { ...images('a', 3), ...images('b', 4), 'a/photo.jpg': jpeg, ...more });
  return prepareDataset({
    folder,
    groupPattern: null,
    split: { train: 0.7, val: 0.15, test: 0.15 },
    seed: 1,
    depth: 'auto',
  });
}

function source(t: TestContext, { images }: Dataset, more: Partial<PixelSourceOptions> = {}) {
  const pixels = createPixelSource({
    images,
    size,
    color: 'rgb',
    input: imageNetInput,
    depth: 16,
    trainViews: photos.trainViews,
    seed: 9,
    threads: 2,
    ...more,
  });
  t.after(() => pixels.dispose());
  return pixels;
}

const positionOf = ({ images }: Dataset, path: string) => images.findIndex(({ relativePath }) => relativePath === path);

test('createPixelSource() matches decoding and applying the view directly', async (t) => {
  const data = await dataset(t);
  const pixels = source(t, data);
  for (const [i, { file, sha256 }] of data.images.entries()) {
    const { image } = await decodeImage(file);
    assert.deepEqual(await pixels.view(i, 'eval'), evaluationView(image, size, 'rgb'));
    const plan = viewOf(9, sha256, 3, photos.trainViews, image.width, image.height, size);
    assert.deepEqual(await pixels.view(i, 3), applyView(image, plan, size, 'rgb', imageNetInput));
  }
});

test('createPixelSource() makes the evaluation view of the whole image, however large, also from its cache', async (t) => {
  const large = await sharp(curves(1500, 1100).data, { raw: { width: 1500, height: 1100, channels: 3 } })
    .jpeg()
    .toBuffer();
  const data = await dataset(t, { 'b/large.jpg': large });
  const pixels = source(t, data);
  const at = positionOf(data, 'b/large.jpg');
  const expected = evaluationView((await decodeImage(large)).image, size, 'rgb');
  assert.deepEqual(await pixels.view(at, 'eval'), expected);
  assert.deepEqual(await pixels.view(at, 'eval'), expected);
});

test('createPixelSource() yields the same pixels with any number of threads and without a cache', async (t) => {
  const data = await dataset(t);
  const [one, three] = [source(t, data, { threads: 1, memoryBytes: 0 }), source(t, data, { threads: 3 })];
  const views = data.images.flatMap((_, i) => (['eval', 0, 1] as const).map((view) => [i, view] as const));
  const all = (pixels: typeof one) => Promise.all(views.map(([i, view]) => pixels.view(i, view)));
  assert.deepEqual(await all(three), await all(one));
});

test('createPixelSource() reports files that vanished or changed since the check, and serves the others', async (t) => {
  const data = await dataset(t);
  const pixels = source(t, data);
  const at = (path: string) => positionOf(data, path);
  assert.ok((await pixels.view(at('a/0.bmp'), 'eval')) instanceof Uint8Array);
  await rm(join(data.folder, 'a', '0.bmp')); // cached already, but still reported as missing
  await rm(join(data.folder, 'a', '1.bmp'));
  await writeFile(join(data.folder, 'a', '2.bmp'), bitmapOf(5).subarray(0, 100));
  await utimes(join(data.folder, 'b', '0.bmp'), 1, 1);
  assert.equal(await pixels.view(at('a/0.bmp'), 0), 'vanished');
  assert.equal(await pixels.view(at('a/1.bmp'), 'eval'), 'vanished');
  assert.equal(await pixels.view(at('a/2.bmp'), 'eval'), 'changed');
  assert.equal(await pixels.view(at('b/0.bmp'), 'eval'), 'changed');
  assert.ok((await pixels.view(at('b/1.bmp'), 'eval')) instanceof Uint8Array);
});

test('createPixelSource() reports an undecodable file of the same size and time, but other bytes, as changed', async (t) => {
  const data = await dataset(t);
  const record = data.images[positionOf(data, 'a/photo.jpg')]!;
  await writeFile(record.file, Buffer.alloc(record.sizeBytes, 'x'));
  await utimes(record.file, record.modifiedMs / 1000, record.modifiedMs / 1000);
  const images = [{ ...record, modifiedMs: (await stat(record.file)).mtimeMs }];
  const pixels = source(t, { ...data, images });
  assert.equal(await pixels.view(0, 'eval'), 'changed');
});

test('createPixelSource() in grayscale yields three equal channels', async (t) => {
  const data = await dataset(t);
  const view = await source(t, data, { color: 'grayscale' }).view(positionOf(data, 'a/photo.jpg'), 1);
  assert.ok(view instanceof Uint8Array && view.length === size * size * 3);
  for (let i = 0; i < view.length; i += 3) assert.ok(view[i] === view[i + 1] && view[i] === view[i + 2]);
});

test('dispose() settles pending views, and later ones', async (t) => {
  const data = await dataset(t);
  const pixels = source(t, data);
  const awaited = Promise.allSettled(data.images.map((_, i) => pixels.view(i, 'eval')));
  await pixels.dispose();
  await awaited;
  await assert.rejects(pixels.view(0, 'eval'), /thread has ended/);
});

test('a hanging file is abandoned after the time limit, and a new thread serves the others', async (t) => {
  const pixels = source(t, await dataset(t), {
    threads: 1,
    timeLimit: { looks: 5, everyMs: 1000 },
    program: new URL('../../../support/hangingPixels.mjs', import.meta.url),
  });
  const views = await Promise.all([0, 1, 2].map((image) => pixels.view(image, 'eval')));
  assert.deepEqual(views, [Uint8Array.of(0), 'vanished', Uint8Array.of(2)]);
  assert.deepEqual(await pixels.view(3, 'eval'), Uint8Array.of(3));
});
