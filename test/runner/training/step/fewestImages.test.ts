// BatchNorm in train mode needs two values per channel, as in PyTorch: on maps of one position, two images.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkBatches, fewestImages } from '../../../../runner/training/step/fewestImages.ts';
import { UserError } from '../../../../shared/contracts/errors.ts';
import { photos } from '../../../../shared/contracts/recipes.ts';

const stageOf = (batchNorm: 'frozen' | 'train') => ({ ...photos.stages[0]!, batchNorm });
const recipe = (imageSize: number, train: number) => ({ ...photos, imageSize, batchSize: { train, eval: 64 } });

test('at 32 px, whose last maps have one position, BatchNorm needs two images in a batch; at 64 px one is enough', () => {
  assert.equal(fewestImages(recipe(32, 8), stageOf('train'), 1), 2);
  assert.equal(fewestImages(recipe(64, 8), stageOf('train'), 1), 1);
  assert.equal(fewestImages(recipe(32, 8), stageOf('train'), 2), 1, 'two views are two values');
  assert.equal(fewestImages(recipe(32, 8), stageOf('frozen'), 1), 1);
});

for (const [batch, count] of [
  [1, 20],
  [8, 17],
  [8, 1],
] as const)
  test(`${count} images in batches of ${batch} are refused at 32 px, where one batch has a single image`, () => {
    assert.throws(
      () => checkBatches(recipe(32, batch), [stageOf('frozen'), stageOf('train')], count, 1),
      (error) => error instanceof UserError && error.code === 'batchNormOfOne' && /^Stage 2 /.test(error.message),
    );
    checkBatches(recipe(64, batch), [stageOf('train')], count, 1);
    checkBatches(recipe(32, batch), [stageOf('frozen')], count, 1);
  });

test('batches of two or more are accepted', () => {
  for (const count of [16, 18, 23, 2, 7]) checkBatches(recipe(32, 8), [stageOf('train')], count, 1);
});
