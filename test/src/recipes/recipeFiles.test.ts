import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { officialWeights } from '../../../shared/recipes/officialWeights.ts';
import { resolveRecipe } from '../../../shared/recipes/recipes.ts';
import { isCached } from '../../../src/program/machineCache.ts';
import { bundledNames, newRecipeText, outlineOf } from '../../../src/recipes/recipeFiles.ts';
import { temporaryFolder } from '../support/runs.ts';

const outlines: [name: string, fields: unknown, network: string, weights: string | RegExp][] = [
  ['nothing but a name', { name: 'x' }, 'resnet18', 'IMAGENET1K_V1'],
  ['a base', { base: 'chest-xray' }, 'resnet50', 'IMAGENET1K_V2'],
  ['a base and a network', { base: 'chest-xray', network: 'resnet101' }, 'resnet101', 'IMAGENET1K_V2'],
  ['no weights', { weights: 'none' }, 'resnet18', 'none'],
  ['a relative file', { weights: 'mine/w.pth' }, 'resnet18', /[\\/]mine[\\/]w\.pth$/],
  ['the starter weights', { weights: 'starter' }, 'resnet18', 'starter'],
  ['fields that make no sense', { base: 7, network: 'vgg', weights: [] }, 'resnet18', 'IMAGENET1K_V1'],
  ['no object', [1], 'resnet18', 'IMAGENET1K_V1'],
];
for (const [name, fields, network, weights] of outlines)
  test(`outlineOf() describes a recipe file with ${name} as ${network} from ${weights}`, async (t) => {
    const file = join(await temporaryFolder(t), 'mine.shoulders.json');
    await writeFile(file, JSON.stringify(fields));
    const outline = await outlineOf(file);
    assert.equal(outline.network, network);
    if (typeof weights === 'string') assert.equal(outline.weights, weights);
    else assert.match(outline.weights, weights);
  });

test('outlineOf() agrees with the runner on every sample recipe', async () => {
  for (const recipe of [
    ...bundledNames,
    resolve('samples/recipes/quick.shoulders.json'),
    resolve('samples/recipes/careful.shoulders.json'),
  ]) {
    const { network, weights } = await resolveRecipe({ recipe });
    const outline = await outlineOf(recipe);
    assert.deepEqual([outline.network, outline.weights], [network, weights], recipe);
  }
});

test('outlineOf() refuses a file that is not JSON, or missing, with a sentence', async (t) => {
  const folder = await temporaryFolder(t);
  await writeFile(join(folder, 'bad.shoulders.json'), '{ "name": ');
  await assert.rejects(outlineOf(join(folder, 'bad.shoulders.json')), { code: 'recipeNotJson' });
  await assert.rejects(outlineOf(join(folder, 'gone.shoulders.json')), { code: 'recipeNotFound' });
});

for (const base of bundledNames)
  test(`newRecipeText() over ${base} yields a recipe that the runner accepts, equal to its base except for the name`, async (t) => {
    const file = join(await temporaryFolder(t), 'new.shoulders.json');
    await writeFile(file, newRecipeText(base, 'pets'));
    const { name, ...made } = await resolveRecipe({ recipe: file });
    const { name: _, ...bundled } = await resolveRecipe({ recipe: base });
    assert.equal(name, 'pets');
    assert.deepEqual(made, bundled);
  });

test('isCached() finds official weights where the runner caches them', async (t) => {
  const cache = await temporaryFolder(t);
  const { fileName } = officialWeights('resnet18', 'IMAGENET1K_V1');
  assert.equal(await isCached(fileName, cache), false);
  await mkdir(join(cache, 'weights'));
  await writeFile(join(cache, 'weights', fileName), 'x');
  assert.equal(await isCached(fileName, cache), true);
});
