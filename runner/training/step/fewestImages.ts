// How many images BatchNorm in train mode needs in a batch: one value per channel has no variance, and PyTorch raises an error.
import { architectureRow } from '../../../shared/contracts/architectures.ts';
import { UserError } from '../../../shared/contracts/errors.ts';
import type { Recipe, Stage } from '../../../shared/contracts/recipe.ts';
import { upToLayer } from '../../network/layerOutput.ts';
import { shapeOperations } from '../../network/shapes.ts';

/**
 * Fewest images of a batch that give BatchNorm two values per channel even on the last maps; 1 if it stays frozen.
 * Larger maps have more values, so the last ones decide.
 */
export function fewestImages(
  { network, imageSize }: Pick<Recipe, 'network' | 'imageSize'>,
  { batchNorm }: Pick<Stage, 'batchNorm'>,
  viewsPerImage: number,
): number {
  if (batchNorm === 'frozen') return 1;
  return Math.ceil(2 / (lastPositions({ network, imageSize }) * viewsPerImage));
}

/** Number of positions of an image's last maps, before the pooling. */
export function lastPositions({ network, imageSize }: Pick<Recipe, 'network' | 'imageSize'>): number {
  const { input, layers } = architectureRow(network);
  const image = [input.channels, imageSize, imageSize];
  const [, height = 1, width = 1] = upToLayer(shapeOperations(), network, layers[0]!, image);
  return height * width;
}

/** @throws UserError batchNormOfOne when a batch of some stage, perhaps the epoch's last, has too few images */
export function checkBatches(
  recipe: Pick<Recipe, 'network' | 'imageSize' | 'batchSize'>,
  stages: readonly Stage[],
  trainCount: number,
  viewsPerImage: number,
): void {
  const size = recipe.batchSize.train;
  const last = trainCount % size || Math.min(size, trainCount);
  stages.forEach((stage, i) => {
    if (last >= fewestImages(recipe, stage, viewsPerImage)) return;
    throw new UserError('batchNormOfOne', {
      stage: i + 1,
      imageSize: recipe.imageSize,
      batch: size,
      count: trainCount,
    });
  });
}
