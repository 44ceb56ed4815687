import assert from 'node:assert/strict';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Thumbnail } from '../../../shared/contracts/thumbnail.ts';
import { ThumbnailMaker } from '../../../src/datasets/thumbnailMaker.ts';
import { folderWith, images } from '../../support/imageFolder.ts';

const program = fileURLToPath(new URL('../../../runner/cli/main.ts', import.meta.url));

async function makerOf(t: TestContext, over: { program?: string; idleMs?: number } = {}) {
  const dataset = await folderWith(t, images('cat', 3));
  const made: Thumbnail[] = [];
  const maker = new ThumbnailMaker({
    program,
    dataset,
    cacheFolder: await folderWith(t, {}),
    environment: { PATH: process.env.PATH ?? '' },
    made: (thumbnail) => made.push(thumbnail),
    ...over,
  });
  t.after(() => maker.dispose());
  const until = async (count: number) => {
    for (let i = 0; i < 600 && made.length < count; i++) await sleep(50);
    return made.map(({ type, relativePath }) => [type, relativePath]).sort();
  };
  return { maker, made, until, dataset };
}

test('each request is answered once, also after the program was idle', async (t) => {
  const { maker, made, until } = await makerOf(t, { idleMs: 1 });
  maker.want(['cat/0.bmp', 'cat/nothing.bmp']);
  maker.want(['cat/0.bmp']);
  assert.deepEqual(await until(2), [
    ['noThumbnail', 'cat/nothing.bmp'],
    ['thumbnail', 'cat/0.bmp'],
  ]);
  await sleep(500);
  maker.want(['cat/1.bmp']);
  assert.equal((await until(3)).length, 3);
  assert.equal(made.length, 3);
});

test('a program that ends unexpectedly still answers every request, and the next request starts another', async (t) => {
  const { maker, made, until } = await makerOf(t, { program: join('/', 'nowhere', 'cli.js') });
  maker.want(['cat/0.bmp', 'cat/1.bmp']);
  assert.deepEqual(await until(2), [
    ['noThumbnail', 'cat/0.bmp'],
    ['noThumbnail', 'cat/1.bmp'],
  ]);
  maker.want(['cat/0.bmp']);
  assert.equal((await until(3)).length, 3);
  assert.ok(made.every((one) => one.type === 'noThumbnail' && one.reason !== ''));
});
