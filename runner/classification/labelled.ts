// Uses of a run's labels: rows of a predictions file, the positive class, weights in the loss.
import { UserError } from '../../shared/contracts/errors.ts';
import type { Recipe } from '../../shared/contracts/recipe.ts';
import type { ClassDataset } from './classes/classDataset.ts';
import { classWeightsOf } from './classes/classWeights.ts';
import type { Predicted } from './predict.ts';

export function predictionRows(dataset: ClassDataset, predicted: Predicted) {
  return {
    relativePaths: predicted.images.map((image) => dataset.images[image]!.relativePath),
    labels: predicted.labels,
    logits: predicted.logits,
    classNames: dataset.classNames,
  };
}

/** Two classes: the recipe's positive class, or the second by default. More: none. */
export function positiveLabelOf(recipe: Recipe, { classNames }: ClassDataset): number | null {
  if (recipe.positiveClass !== null && !classNames.includes(recipe.positiveClass))
    throw new UserError('positiveClassUnknown', { className: recipe.positiveClass, classNames: classNames.join(', ') });
  if (classNames.length !== 2) return null;
  return recipe.positiveClass === null ? 1 : classNames.indexOf(recipe.positiveClass);
}

export function classWeightsFor(recipe: Recipe, { splits, images, classNames }: ClassDataset): readonly number[] {
  if (!recipe.imbalance.classWeights) return classNames.map(() => 1);
  return classWeightsOf(
    splits.train.map((image) => images[image]!.label),
    classNames.length,
  );
}
