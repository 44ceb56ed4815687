// A run's kept weights or an exported ONNX model behind one interface: its classes, its decision rule, and its logits.
import type { ThresholdMissing } from '../../../../shared/contracts/classification/evaluation.ts';
import type { Threshold } from '../../../../shared/contracts/scores.ts';
import type { Program } from '../../../engine/engine.ts';
import type { EngineParts, EvaluationModel } from '../../../evaluation/evaluation.ts';
import type { FrozenFeatures } from '../../../features/features.ts';
import type { Tensor } from '../../../tensor.ts';
import type { PixelImage } from '../../../views/threads/pixelContract.ts';

export interface ClassModel extends EvaluationModel {
  readonly classNames: readonly string[];
  readonly positiveClass: string | null;
  /** Fitted on validation; null: none. */
  readonly threshold: Threshold | null;
  /** Reason for a missing threshold with two classes; null: unknown. */
  readonly thresholdMissing: ThresholdMissing | null;
  readonly temperature: number | null;
  /** Class weights of the loss; all 1 if those of the training are unknown. */
  readonly classWeights: readonly number[];
  open(parts: OpenParts): Promise<OpenedModel>;
}

export interface OpenParts extends EngineParts {
  /** The checked images. */
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
