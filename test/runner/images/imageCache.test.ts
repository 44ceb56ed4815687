import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createImageCache } from '../../../runner/images/imageCache.ts';
import type { Raster } from '../../../runner/images/samples/raster.ts';

const image = (bytes: number): Raster => ({ width: bytes, height: 1, channels: 1, data: new Uint8Array(bytes) });

test('createImageCache() evicts the least recently used image first, and never exceeds its limit', async () => {
  const cache = createImageCache(100);
  const loads: string[] = [];
  const get = (key: string) =>
    cache.get(key, async () => {
      loads.push(key);
      return image(40);
    });
  await get('a');
  await get('b');
  await get('a');
  await get('c'); // b goes
  await get('a');
  await get('b');
  assert.deepEqual(loads, ['a', 'b', 'c', 'b']);
  assert.ok(cache.sizeBytes <= 100);
});

test('createImageCache() loads an image once for concurrent callers, and again after a failure', async () => {
  const cache = createImageCache(100);
  let loads = 0;
  const load = async () => {
    loads++;
    if (loads === 1) throw new Error('disk');
    return image(1);
  };
  const outcomes = await Promise.allSettled([cache.get('a', load), cache.get('a', load)]);
  assert.deepEqual(
    outcomes.map(({ status }) => status),
    ['rejected', 'rejected'],
  );
  assert.equal(loads, 1);
  await cache.get('a', load);
  assert.equal(loads, 2);
});

test('createImageCache() returns an image larger than its limit without caching it', async () => {
  const cache = createImageCache(10);
  assert.equal((await cache.get('a', async () => image(11))).width, 11);
  assert.equal(cache.sizeBytes, 0);
});
