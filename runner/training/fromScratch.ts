// Without pretrained weights: every layer trains, and BatchNorm's statistics, which stay fixed during training, are measured on the
// training images first.
import { UserError } from '../contracts/errors.ts';
import type { Optimizer, Recipe } from '../contracts/recipe.ts';
import type { Dataset } from '../dataset/dataset.ts';
import { type Engine, EngineOutOfMemory, type Program } from '../engine/engine.ts';
import { averagedStatistics, batchStatisticsProgram } from '../programs/batchStatistics.ts';
import { shuffled, stream } from '../random.ts';
import type { Control } from '../run/control.ts';
import type { Parameters, Tensor } from '../tensor.ts';
import type { PixelSource } from '../views/pixels.ts';

/**
 * Highest rates for random weights. BatchNorm's statistics stand still while the weights under them move: at the recipes' rates,
 * meant for a new head on steady features, the first epochs blow up (a training loss of 2,400 in photos; 1.2 with these).
 */
const highestRates = { adamw: { head: 1e-3, backbone: 1e-4 }, sgd: { head: 1e-2, backbone: 1e-3 } } as const;

/** The recipe with every stage training the whole network, at rates that random weights bear. */
export function fromScratch(recipe: Recipe): Recipe {
  const calmed = (optimizer: Optimizer): Optimizer => {
    const { head, backbone = head } = optimizer.learningRate;
    const highest = highestRates[optimizer.type];
    return {
      ...optimizer,
      learningRate: { head: Math.min(head, highest.head), backbone: Math.min(backbone, highest.backbone) },
    };
  };
  return {
    ...recipe,
    stages: recipe.stages.map((stage) => ({ ...stage, unfreeze: 'all', optimizer: calmed(stage.optimizer) })),
  };
}

/** Enough for steady statistics; more would only delay the first epoch. */
const measuredImages = 256;

/**
 * BatchNorm statistics of every layer from up to 256 training images, as torch.nn.BatchNorm2d(momentum=None) in train mode has them.
 * They are those of whole batches: fewer images at once would give others, and another run.
 * @throws UserError outOfMemory
 */
export async function measureStatistics(options: {
  readonly engine: Engine;
  readonly pixels: PixelSource;
  readonly dataset: Dataset;
  readonly recipe: Recipe;
  readonly parameters: Parameters;
  readonly control: Control;
}): Promise<Parameters> {
  const { engine, pixels, dataset, recipe, parameters, control } = options;
  const { imageSize, seed } = recipe;
  const chosen = shuffled(dataset.splits.train, stream(seed, 'statistics')).slice(0, measuredImages);
  const batch = Math.min(recipe.batchSize.train, chosen.length);
  let program: Program | undefined;
  try {
    program = await engine.load(
      batchStatisticsProgram({
        architecture: recipe.network,
        parameters,
        batch,
        imageSize,
        featureType: 'uint8',
      }),
    );
    const measured: Record<string, Tensor>[] = [];
    // Whole batches only: a part-filled one would count its padding.
    for (let start = 0; start + batch <= chosen.length; start += batch) {
      await control.turn();
      control.signal.throwIfAborted();
      const views = await Promise.all(chosen.slice(start, start + batch).map((image) => pixels.view(image, 0)));
      if (views.some((view) => typeof view === 'string')) continue; // the training itself counts lost images
      const data = new Uint8Array(batch * imageSize * imageSize * 3);
      views.forEach((view, i) => {
        data.set(view as Uint8Array, i * imageSize * imageSize * 3);
      });
      measured.push(await program.run({ pixels: { dtype: 'uint8', shape: [batch, imageSize, imageSize, 3], data } }));
    }
    return averagedStatistics(parameters, measured);
  } catch (error) {
    if (!(error instanceof EngineOutOfMemory)) throw error;
    throw new UserError('outOfMemory', { batch, suggested: Math.max(1, batch >> 1) }, { cause: error });
  } finally {
    await program?.dispose();
  }
}
