// Logits of evaluation views: the part of the network above the features as a program, and its outputs row by row.
import type { Architecture } from '../../shared/contracts/architectures.ts';
import { appendAll } from '../../shared/lists.ts';
import type { Engine } from '../engine/engine.ts';
import { type EvaluationViewsOptions, evaluateViews } from '../features/evaluationViews.ts';
import type { FrozenFeatures } from '../features/features.ts';
import { segmentProgram } from '../programs/segment.ts';
import type { Parameters, Tensor } from '../tensor.ts';

export interface LogitsProgramOptions {
  readonly architecture: Architecture;
  readonly parameters: Parameters;
  readonly imageSize: number;
  readonly batchSize: number;
}

/**
 * Program from features to logits with fixed weights, for logitsOf(). The weights are constants of the program, so that the engine can
 * prepack them, which is worth a new session at every epoch.
 */
export async function loadLogitsProgram(
  engine: Engine,
  features: FrozenFeatures,
  { architecture, parameters, imageSize, batchSize }: LogitsProgramOptions,
): Promise<Pick<EvaluationViewsOptions, 'program' | 'features' | 'batchSize' | 'feedsOf'>> {
  const program = await engine.load(
    segmentProgram({
      architecture,
      parameters,
      from: features.cut,
      to: 'logits',
      batch: batchSize,
      imageSize,
      featureType: features.featureType,
    }),
  );
  return { program, features, batchSize, feedsOf: (input: Tensor) => ({ [features.inputName]: input }) };
}

export interface Scored {
  /** In the order of the rows. */
  readonly images: readonly number[];
  /** [N, K] row-major. */
  readonly logits: readonly number[];
}

/** @returns undefined: stopped on request */
export async function logitsOf(options: Omit<EvaluationViewsOptions, 'onImage'>): Promise<Scored | undefined> {
  const images: number[] = [];
  const logits: number[] = [];
  const isWhole = await evaluateViews({
    ...options,
    onImage(image, outputs) {
      images.push(image);
      appendAll(logits, outputs.logits as Float32Array);
    },
  });
  return isWhole ? { images, logits } : undefined;
}
