// What a training step minimizes, as a task describes it: what is on the backbone, what is wrong with its outputs, and which inputs that
// takes. A task's room implements it; trainStep.ts turns it into a program.
import type { Tape } from '../graph/backward.ts';
import type { Value } from '../graph/graph.ts';
import type { Head } from '../network/head.ts';
import type { DType } from '../tensor.ts';

export interface Objective {
  readonly head: Head;
  /**
   * Views of each image in a step: 1, or more where the loss compares them. The rows of one image follow each other in the features and in
   * what the head makes of them; all other inputs have one row per image.
   */
  readonly viewsPerImage: number;
  /** Inputs of the step beside the features and `shares`. */
  readonly inputs: Readonly<Record<string, ImageInput>>;
  /** Outputs of the head that the step gives back, for what is kept of each image. */
  readonly reads: readonly string[];
  /**
   * Whether the loss of a batch is the sum of what its images lose by themselves, each times its share. Only then a batch may be computed
   * in several runs.
   */
  readonly sumsOverImages: boolean;
  /**
   * The loss of a batch, scalar.
   *
   * @param outputs  of the head, by name
   * @param inputs   by name, [N, ...shape]
   * @param shares   [N]: the weight of each image over the sum of the batch's; 0 for padding, which must not change the loss
   */
  loss(
    tape: Tape,
    outputs: Readonly<Record<string, Value>>,
    inputs: Readonly<Record<string, Value>>,
    shares: Value,
  ): Value;
}

/** What a step reads of one image, by name: the rows that belong to it. */
export type ImageRows = Readonly<Record<string, Float32Array>>;

export interface ImageInput {
  readonly dtype: DType;
  /** Of one image, without the batch. */
  readonly shape: readonly number[];
}
