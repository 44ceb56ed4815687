// Metadata of a trained network.
import { architectureRow } from '../../shared/contracts/architectures.ts';
import type { Depth } from '../../shared/contracts/depth.ts';
import type { WeightsOrigin } from '../../shared/contracts/events.ts';
import type { ModelMetadata, Preprocessing } from '../../shared/contracts/modelMetadata.ts';
import type { Recipe } from '../../shared/contracts/recipe.ts';
import type { Threshold } from '../../shared/contracts/scores.ts';
import { resizeSide } from '../views/evaluationView.ts';
import { sharedOriginWords } from '../words/weights.ts';

export const preprocessingOf = (
  { network, imageSize, color }: Pick<Recipe, 'network' | 'imageSize' | 'color'>,
  depth: Depth,
): Preprocessing => {
  const { colorOrder, interpolation, range, mean, std } = architectureRow(network).input;
  return {
    resizeShortSide: resizeSide(imageSize),
    interpolation,
    centerCrop: imageSize,
    color,
    depth,
    // Programs of older versions, which are still in use beside models, read all others as these.
    ...(colorOrder !== 'rgb' && { colorOrder }),
    ...(range.join() !== '0,1' && { range: [...range] }),
    mean: [...mean],
    std: [...std],
  };
};

export interface Trained {
  readonly runId: string;
  readonly recipe: Recipe;
  /** Bits of 16-bit images that the run uses. */
  readonly depth: Depth;
  readonly classNames: readonly string[];
  readonly positiveClass: string | null;
  /** Youden's threshold on validation; null: none was fitted. */
  readonly threshold: Threshold | null;
  /** Temperature fitted on validation; null: none was fitted. */
  readonly temperature: number | null;
  /** Weights that the training started from; null: not recorded. */
  readonly weights: WeightsOrigin | null;
}

export function modelMetadataOf(
  { runId, recipe, depth, classNames, positiveClass, threshold, temperature, weights }: Trained,
  form: Pick<ModelMetadata, 'input' | 'weightType'> = { input: 'normalized', weightType: 'float32' },
): ModelMetadata {
  return {
    formatVersion: '1',
    task: recipe.task,
    architecture: recipe.network,
    classNames: [...classNames],
    positiveClass,
    threshold: threshold?.probability ?? null,
    thresholdLogOdds: threshold?.logOdds ?? null,
    thresholdMethod: threshold === null ? null : 'youden',
    thresholdFittedOn: threshold === null ? null : 'val',
    temperature,
    preprocessing: preprocessingOf(recipe, depth),
    ...form,
    initialWeights: weights && sharedOriginWords(weights),
    runId,
    recipe: recipe.name,
    notForDiagnosticUse: recipe.medical,
  };
}

export const docOf = ({ name, medical }: Recipe): string =>
  `Fine-tuned by Shoulders with the recipe ${name}.${medical ? ' Not for diagnostic use.' : ''}`;
