// Training without pretrained weights: every layer trains, BatchNorm in train mode, and its running statistics start as measured on the
// training images.
import { UserError } from '../../shared/contracts/errors.ts';
import type { Recipe, Stage } from '../../shared/contracts/recipe.ts';
import { shuffled, stream } from '../../shared/random.ts';
import type { Dataset } from '../dataset/dataset.ts';
import { type Engine, EngineKilled, EngineOutOfMemory, type Program } from '../engine/engine.ts';
import { averagedStatistics, batchStatisticsProgram } from '../programs/batchStatistics.ts';
import type { Control } from '../run/control.ts';
import type { Parameters, Tensor } from '../tensor.ts';
import type { PixelSource } from '../views/threads/pixels.ts';
import { lastPositions } from './step/fewestImages.ts';

/** Every stage trains the whole network, BatchNorm included: random weights have nothing to keep. */
export const stagesFromScratch = (stages: readonly Stage[]): Stage[] =>
  stages.map((stage) => ({ ...stage, unfreeze: 'all', batchNorm: 'train' }));

/** Enough for steady statistics; more would only delay the first epoch. */
const measuredImages = 256;

/** With fewer values per channel, a batch's own statistics are useless: normalized, two values become +1 and -1, one has no variance. */
const fewestValues = 16;

/** Number of images that give so many values even on the last maps. */
const fewestMeasured = (recipe: Recipe): number => Math.ceil(fewestValues / lastPositions(recipe));

interface MeasureOptions {
  readonly engine: Engine;
  readonly pixels: PixelSource;
  readonly dataset: Dataset;
  readonly recipe: Recipe;
  readonly parameters: Parameters;
  readonly control: Control;
}

/**
 * BatchNorm statistics of every layer from up to 256 training images, like torch.nn.BatchNorm2d(momentum=None) in train mode.
 * Whole batches only: micro-batches would give different statistics, and so a different run. Vanished images are skipped
 * here; the training itself counts them.
 *
 * @throws UserError outOfMemory, outOfMemoryForStatistics, tooManyVanished
 */
export async function measureStatistics(options: MeasureOptions): Promise<Parameters> {
  const { pixels, dataset, recipe, parameters, control } = options;
  const { imageSize, seed } = recipe;
  const chosen = shuffled(dataset.splits.train, stream(seed, 'statistics')).slice(0, measuredImages);
  const whole = Math.min(Math.max(recipe.batchSize.train, fewestMeasured(recipe)), chosen.length);
  const measured: Record<string, Tensor>[] = [];
  let views: Uint8Array[] = [];
  const lost: number[] = [];
  const measure = async (program: Program) => {
    const data = new Uint8Array(views.length * imageSize * imageSize * 3);
    views.forEach((view, i) => {
      data.set(view, i * imageSize * imageSize * 3);
    });
    const shape = [views.length, imageSize, imageSize, 3];
    views = [];
    measured.push(await program.run({ pixels: { dtype: 'uint8', shape, data } }));
  };
  await withProgram(options, whole, async (program) => {
    for (let start = 0; start < chosen.length; start += whole) {
      await control.turn();
      control.signal.throwIfAborted();
      const some = chosen.slice(start, start + whole);
      for (const [i, view] of (await Promise.all(some.map((image) => pixels.view(image, 0)))).entries()) {
        if (typeof view === 'string') {
          lost.push(some[i]!);
          continue;
        }
        views.push(view);
        // Whole batches only: a partly filled one would include its padding.
        if (views.length === whole) await measure(program);
      }
    }
  });
  if (measured.length === 0) {
    // So many images have vanished that no batch is complete: the rest forms one.
    if (views.length * lastPositions(recipe) < 2)
      throw new UserError('tooManyVanished', {
        count: lost.length,
        relativePath: dataset.images[lost[0]!]!.relativePath,
      });
    await withProgram(options, views.length, measure);
  }
  return averagedStatistics(parameters, measured);
}

async function withProgram(
  { engine, recipe, parameters }: MeasureOptions,
  batch: number,
  use: (program: Program) => Promise<void>,
): Promise<void> {
  const { network: architecture, imageSize } = recipe;
  let program: Program | undefined;
  try {
    program = await engine.load(
      batchStatisticsProgram({ architecture, parameters, batch, imageSize, featureType: 'uint8' }),
    );
    await use(program);
  } catch (error) {
    if (!(error instanceof EngineOutOfMemory) || error instanceof EngineKilled) throw error;
    const suggested = Math.max(fewestMeasured(recipe), batch >> 1);
    throw suggested < batch
      ? new UserError('outOfMemory', { batch, suggested }, { cause: error })
      : new UserError('outOfMemoryForStatistics', { batch, imageSize }, { cause: error });
  } finally {
    await program?.dispose();
  }
}
