// Training from random weights: its stages, and how images are batched for measuring statistics. The numbers: programs.test.ts.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Dataset } from '../../../runner/dataset/dataset.ts';
import type { Engine } from '../../../runner/engine/engine.ts';
import { initialParameters } from '../../../runner/network/initialize.ts';
import { measureStatistics, stagesFromScratch } from '../../../runner/training/fromScratch.ts';
import { UserError } from '../../../shared/contracts/errors.ts';
import { Recipe } from '../../../shared/contracts/recipe.ts';
import { photos } from '../../../shared/contracts/recipes.ts';
import { resolveRecipe } from '../../../shared/recipes/recipes.ts';

const parameters = initialParameters('resnet18', 2, 1);

/** Sizes of the measured batches for `images` images of which the first `gone` are unreadable. */
async function measuredBatches(options: {
  images: number;
  gone?: number;
  side: number;
  batch: number;
}): Promise<number[]> {
  const { images, gone = 0, side, batch } = options;
  const sets = ['network=resnet18', 'weights=none', `imageSize=${side}`, `batchSize.train=${batch}`];
  const recipe = Recipe.parse(await resolveRecipe({ recipe: 'photos', sets }));
  const seen: number[] = [];
  const engine: Pick<Engine, 'load'> = {
    load: async () => ({
      run: async ({ pixels }) => {
        seen.push(pixels!.shape[0]!);
        return { 'bn1.running_mean': { ...parameters.get('bn1.running_mean')!, data: new Float32Array(64).fill(7) } };
      },
      readState: async () => new Map(),
      writeState: async () => {},
      dispose: async () => {},
    }),
  };
  const dataset = {
    splits: { train: Array.from({ length: images }, (_, i) => i) },
    images: Array.from({ length: images }, (_, i) => ({ relativePath: `cat/${i}.png` })),
  };
  const settled = await measureStatistics({
    engine: engine as Engine,
    pixels: {
      view: async (image) => (image < gone ? 'vanished' : new Uint8Array(side * side * 3)),
      dispose: async () => {},
    },
    dataset: dataset as unknown as Dataset,
    recipe,
    parameters,
    control: { signal: new AbortController().signal, turn: async () => {}, nowMs: () => 0 },
  });
  assert.equal(settled.get('bn1.running_mean')!.data[0], 7, 'the measured statistics are the network’s');
  return seen;
}

test('from random weights every stage trains the whole network and its BatchNorm, at the recipe’s rates', () => {
  const stages = stagesFromScratch(photos.stages);
  assert.deepEqual(
    stages.map(({ unfreeze, batchNorm }) => [unfreeze, batchNorm]),
    [
      ['all', 'train'],
      ['all', 'train'],
    ],
  );
  assert.deepEqual(
    stages.map(({ optimizer, epochs }) => [optimizer, epochs]),
    photos.stages.map(({ optimizer, epochs }) => [optimizer, epochs]),
  );
});

test('statistics are measured in whole training batches', async () => {
  assert.deepEqual(await measuredBatches({ images: 100, side: 224, batch: 32 }), [32, 32, 32]);
  assert.deepEqual(await measuredBatches({ images: 20, side: 224, batch: 32 }), [20]);
});

test('statistics of tiny images and batches are measured over enough values for a variance', async () => {
  assert.deepEqual(await measuredBatches({ images: 40, side: 32, batch: 1 }), [16, 16]);
  assert.deepEqual(await measuredBatches({ images: 3, side: 32, batch: 1 }), [3]);
  assert.deepEqual(await measuredBatches({ images: 9, side: 64, batch: 1 }), [4, 4]);
  assert.deepEqual(await measuredBatches({ images: 3, side: 128, batch: 1 }), [1, 1, 1]);
});

test('missing images either leave enough for statistics or fail the run', async () => {
  assert.deepEqual(await measuredBatches({ images: 34, gone: 1, side: 224, batch: 32 }), [32]);
  assert.deepEqual(await measuredBatches({ images: 32, gone: 1, side: 224, batch: 32 }), [31]);
  await assert.rejects(
    measuredBatches({ images: 8, gone: 7, side: 32, batch: 1 }),
    (error) => error instanceof UserError && error.code === 'tooManyVanished' && /^7 images/.test(error.message),
  );
});
