// What is evaluated: a run's kept weights or an exported ONNX model, behind one face.

import type { Architecture } from '../../../../shared/contracts/architectures.ts';
import type { ThresholdMissing } from '../../../../shared/contracts/classification/evaluation.ts';
import type { EvaluatedModel } from '../../../../shared/contracts/classification/evaluationRecord.ts';
import type { Depth } from '../../../../shared/contracts/depth.ts';
import type { Recipe } from '../../../../shared/contracts/recipe.ts';
import type { RunState } from '../../../../shared/contracts/runState.ts';
import type { Threshold } from '../../../../shared/contracts/scores.ts';
import type { Engine, Program } from '../../../engine/engine.ts';
import type { FeatureCache } from '../../../features/featureCache.ts';
import type { FrozenFeatures } from '../../../features/features.ts';
import type { Tensor } from '../../../tensor.ts';
import type { PixelImage } from '../../../views/threads/pixelContract.ts';
import type { PixelSource } from '../../../views/threads/pixels.ts';

export interface EvaluationModel {
  readonly identity: EvaluatedModel;
  readonly network: Architecture;
  /** Its name. */
  readonly recipe: string;
  readonly medical: boolean;
  readonly classNames: readonly string[];
  readonly positiveClass: string | null;
  /** Fitted on validation; null: none. */
  readonly threshold: Threshold | null;
  /** Why there is none for two classes; null: not known. */
  readonly thresholdMissing: ThresholdMissing | null;
  readonly temperature: number | null;
  readonly imageSize: number;
  readonly color: Recipe['color'];
  /** How the training read 16-bit images. */
  readonly depth: Depth;
  /** Class weights of the loss; ones where those of the training are unknown. */
  readonly classWeights: readonly number[];
  /** Absolute; null: the model's run is not here. */
  readonly runFolder: string | null;
  /** null as `runFolder` is. */
  readonly runState: RunState | null;
  /** The log's checksum says that these are the run's weights. false: it has none, as in runs of older versions. */
  readonly isVerified: boolean;
  /** Version of the reading of files into pixels (images/pixelsVersion.ts); null: not known. */
  readonly pixelsVersion: string | null;
  /** Absolute: the dataset that the run trained on; null where it is not known. */
  readonly dataset: string | null;
  open(parts: OpenParts): Promise<OpenedModel>;
}

export interface OpenParts {
  readonly engine: Engine;
  readonly pixels: PixelSource;
  readonly cache: FeatureCache;
  /** Images as checked. */
  readonly images: readonly PixelImage[];
}

/** A model ready for logitsOf(). */
export interface OpenedModel {
  readonly program: Program;
  readonly features: FrozenFeatures;
  readonly batchSize: number;
  feedsOf(features: Tensor): Readonly<Record<string, Tensor>>;
  dispose(): Promise<void>;
}
