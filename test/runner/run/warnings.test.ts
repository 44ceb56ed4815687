import assert from 'node:assert/strict';
import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { warningsOf } from '../../../runner/run/warnings.ts';
import { sentenceOf } from '../../../shared/contracts/errors.ts';
import type { Recipe } from '../../../shared/contracts/recipe.ts';
import { bundledRecipes } from '../../../shared/contracts/recipes.ts';
import { folderWith, images } from '../../support/imageFolder.ts';
import { prepareDataset } from '../../support/prepareDataset.ts';
import { ramp, sixteenBitPng } from '../../support/sixteenBits.ts';

async function textsFor(folder: string, depth: Recipe['depth'] = 'auto'): Promise<string[]> {
  const dataset = await prepareDataset({
    folder,
    groupPattern: null,
    split: { train: 0.7, val: 0.15, test: 0.15 },
    seed: 1,
    depth,
  });
  return warningsOf(bundledRecipes.photos, dataset).map(({ problem }) => sentenceOf(problem.code, problem.params));
}

test('warningsOf() lists skipped images, but not notes about them', async (t) => {
  const text = Buffer.from('x');
  const beside = { 'a/notes.txt': text, 'b/labels.json': text, 'b/Thumbs.db': text };
  const folder = await folderWith(t, { ...images('a', 4), ...images('b', 4), ...beside });
  const about = (texts: readonly string[]) => texts.filter((each) => each.includes('skipped'));
  assert.deepEqual(about(await textsFor(folder)), []);
  const outside = await folderWith(t, images('c', 1));
  await symlink(join(outside, 'c', '0.bmp'), join(folder, 'a', 'linked.bmp'));
  await symlink(join(outside, 'c', 'gone.png'), join(folder, 'b', 'lost.bmp'));
  const [said] = about(await textsFor(folder));
  assert.match(
    said!,
    /^Only 8 images of this dataset are used.*1 x a symbolic link out of the dataset .*a\/linked\.bmp/,
  );
  assert.match(said!, /1 x a broken symbolic link .*b\/lost\.bmp/);
});

test('warningsOf() warns that one bright image makes all others dark, unless the recipe names the depth', async (t) => {
  const files = Object.fromEntries(
    Array.from({ length: 10 }, (_, i) => [`${i % 2 === 0 ? 'a' : 'b'}/${i}.png`, sixteenBitPng(ramp(3000 + 50 * i))]),
  );
  const folder = await folderWith(t, { ...files, 'a/bright.png': sixteenBitPng(ramp(65_000)) });
  const about = (texts: readonly string[]) => texts.filter((each) => each.includes('look dark'));
  assert.match(
    about(await textsFor(folder))[0] ?? '',
    /^Most of the 11 16-bit images fit into 12 bits, but some do not \(1, up to 65000 in "a\/bright\.png"\)/,
  );
  assert.deepEqual(about(await textsFor(folder, 16)), []);
});
