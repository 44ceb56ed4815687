import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, stat, truncate, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { openFeatureCache } from '../../../runner/features/featureCache.ts';
import { cacheKey } from '../../../runner/store/boundedFolder.ts';

const folder = () => mkdtemp(join(tmpdir(), 'feature-cache-'));
const key = (name: string) => cacheKey([name]);
const bytes = (value: number, length = 1000) => new Uint8Array(length).fill(value);
const files = async (root: string) =>
  (await readdir(root, { recursive: true })).filter((name) => name.endsWith('.bin'));

test('openFeatureCache() reads what another process stored', async () => {
  const root = await folder();
  const writer = await openFeatureCache(root, 1e6);
  await writer.put(key('a'), bytes(1));
  const reader = await openFeatureCache(root, 1e6);
  assert.deepEqual(new Uint8Array((await reader.get(key('a')))!), bytes(1));
  assert.equal(await reader.get(key('b')), undefined);
  assert.deepEqual({ hits: reader.stats.hits, misses: reader.stats.misses }, { hits: 1, misses: 1 });
});

test('a damaged cache entry counts as a miss', async () => {
  const root = await folder();
  const cache = await openFeatureCache(root, 1e6);
  await cache.put(key('a'), bytes(7));
  const [name] = await files(root);
  await writeFile(join(root, name!), new Uint8Array(1004)); // zeros of the right length, as after a power cut
  assert.equal(await (await openFeatureCache(root, 1e6)).get(key('a')), undefined);
  await cache.put(key('b'), bytes(8));
  await truncate(join(root, (await files(root))[0]!), 500);
  assert.equal(await (await openFeatureCache(root, 1e6)).get(key('b')), undefined);
});

test('the cache stays within its limit by evicting the least recently used entries of earlier runs', async () => {
  const root = await folder();
  const first = await openFeatureCache(root, 5000);
  for (const name of ['old', 'older', 'oldest']) await first.put(key(name), bytes(1));
  for (const [name, secondsAgo] of [
    ['old', 10],
    ['older', 20],
    ['oldest', 30],
  ] as const) {
    const time = new Date(Date.now() - secondsAgo * 1000);
    await utimes(join(root, key(name).slice(0, 2), `${key(name)}.bin`), time, time);
  }
  const second = await openFeatureCache(root, 5000);
  for (const name of ['x', 'y', 'z']) await second.put(key(name), bytes(2));
  const third = await openFeatureCache(root, 1e6);
  assert.equal(await third.get(key('oldest')), undefined);
  assert.notEqual(await third.get(key('old')), undefined);
  let total = 0;
  for (const name of await files(root)) total += (await stat(join(root, name))).size;
  assert.ok(total <= 5000 + 5 * 4, `${total} bytes`);
});

test('entries of the running training are never evicted by its own new entries', async () => {
  const root = await folder();
  const cache = await openFeatureCache(root, 2500);
  for (const name of ['a', 'b', 'c']) await cache.put(key(name), bytes(3));
  assert.notEqual(await cache.get(key('a')), undefined);
  assert.notEqual(await cache.get(key('b')), undefined);
  assert.equal(await cache.get(key('c')), undefined);
});

test('an unwritable cache is turned off with its reason, and the run continues', async () => {
  const root = await folder();
  const file = join(root, 'file');
  await writeFile(file, 'not a folder');
  const cache = await openFeatureCache(join(file, 'cache'), 1e6);
  await cache.put(key('a'), bytes(1));
  assert.equal(await cache.get(key('a')), undefined);
  assert.match(cache.stats.disabled ?? '', /ENOTDIR/);
  await rm(root, { recursive: true });
});

test('byte-identical images stored concurrently under one key do not corrupt the cache', async () => {
  const root = await folder();
  const cache = await openFeatureCache(root, 1e6);
  await Promise.all([1, 2, 3, 4].map(() => cache.put(key('twin'), bytes(5))));
  assert.equal(cache.stats.disabled, undefined);
  assert.deepEqual(new Uint8Array((await cache.get(key('twin')))!), bytes(5));
});

test('a cache uses no more of its disk than it may, whatever its limit', async () => {
  const root = await folder();
  await (await openFeatureCache(root, 1e6)).put(key('before'), bytes(1));
  const cache = await openFeatureCache(root, 1e6, 2500);
  for (const name of ['a', 'b', 'c', 'd']) await cache.put(key(name), bytes(2));
  const sizes = await Promise.all((await files(root)).map(async (name) => (await stat(join(root, name))).size));
  const grownBytes = sizes.reduce((sum, size) => sum + size, 0) - 1004;
  assert.ok(grownBytes > 0 && grownBytes <= 2500, `it grew by ${grownBytes} bytes`);
  assert.equal(cache.stats.disabled, undefined);
});

test('cacheKey() distinguishes where one part ends and the next begins', () => {
  assert.notEqual(cacheKey(['ab', 'c']), cacheKey(['a', 'bc']));
});
