// The first run on the sample dataset: the recipe photos, from the best weights that need no download, small enough to end within two
// minutes on two cores. Shared by `npm start` and the editor.
import { starterWeightsOf } from '../contracts/architectures.ts';
import { photos } from '../contracts/recipes.ts';
import { starterName } from './officialWeights.ts';

/** Recipe that the settings of a first run apply to. */
export const firstRecipe = 'photos';

/** Origin of the weights of a first run; `pretrained`: ImageNet weights, or a file, that the machine already has. */
export type FirstWeights = 'pretrained' | 'starter' | 'random';

export interface FirstRun {
  /** Replaces the recipe's weights: "starter" or "none". null: the recipe's, or what the user chose. */
  readonly weights: string | null;
  /** Settings over the recipe: key=value. */
  readonly sets: readonly string[];
}

export const firstRuns: Readonly<Record<FirstWeights, FirstRun>> = {
  pretrained: { weights: null, sets: [] },
  starter: { weights: starterName, sets: ['imageSize=128'] },
  // A fifth of the arithmetic of 224 px. The recipe's first rate suits a new head; a whole network of random weights learns at a third of it.
  random: { weights: 'none', sets: ['imageSize=96', 'stages.0.optimizer.learningRate.head=0.001'] },
};

/**
 * Weights for a first run that downloads nothing.
 *
 * @param hasPretrained  ImageNet weights or a file of the user are on this machine
 * @param hasStarter  starter weights ship for the recipe's network
 */
export function firstWeights(
  hasPretrained: boolean,
  hasStarter = starterWeightsOf(photos.network) !== undefined,
): FirstWeights {
  if (hasPretrained) return 'pretrained';
  return hasStarter ? 'starter' : 'random';
}
