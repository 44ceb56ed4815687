import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bundledRecipes } from '../../../shared/contracts/recipes.ts';
import { type FirstWeights, firstRecipe, firstRuns, firstWeights } from '../../../shared/recipes/firstRun.ts';
import { resolveRecipe } from '../../../shared/recipes/recipes.ts';

/** The recipe as `npm start` and the editor build it. */
function recipeOf(from: FirstWeights) {
  const { weights, sets } = firstRuns[from];
  const given = weights === null ? [] : [`weights=${weights}`];
  return resolveRecipe({ recipe: firstRecipe, sets: [...sets, ...given] });
}

for (const [from, weights, imageSize] of [
  ['pretrained', 'IMAGENET1K_V1', 224],
  ['starter', 'starter', 128],
] as const)
  test(`a first run from ${from} weights is the recipe photos at ${imageSize} px`, async () => {
    assert.deepEqual(await recipeOf(from), { ...bundledRecipes.photos, weights, imageSize });
  });

test('a first run from random weights is small, and its first rate suits a whole network instead of a new head', async () => {
  const { stages, ...rest } = await recipeOf('random');
  const { stages: usual, ...photos } = bundledRecipes.photos;
  assert.deepEqual(rest, { ...photos, weights: 'none', imageSize: 96 });
  const [first, ...others] = stages;
  const [usualFirst, ...usualOthers] = usual;
  assert.equal(first!.optimizer.learningRate.head, usualFirst!.optimizer.learningRate.head / 3);
  assert.deepEqual({ ...first, optimizer: usualFirst!.optimizer }, usualFirst);
  assert.deepEqual(others, usualOthers);
});

for (const [hasPretrained, hasStarter, expected] of [
  [true, true, 'pretrained'],
  [true, false, 'pretrained'],
  [false, true, 'starter'],
  [false, false, 'random'],
] as const)
  test(`firstWeights() chooses ${expected} weights ${hasPretrained ? 'with' : 'without'} ImageNet weights at hand, ${hasStarter ? 'with' : 'without'} starter weights`, () => {
    assert.equal(firstWeights(hasPretrained, hasStarter), expected);
  });
