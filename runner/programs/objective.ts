// The objective of a training step, described by a task: the head on the backbone, the loss of its outputs, and the inputs that it
// needs. A task's room implements it; trainStep.ts turns it into a program.
import type { Tape } from '../graph/backward.ts';
import type { Value } from '../graph/graph.ts';
import type { Head } from '../network/head.ts';
import type { DType } from '../tensor.ts';

export interface Objective {
  readonly head: Head;
  /**
   * Views of each image in a step: 1, or more if the loss compares them. The rows of one image are adjacent in the features and in
   * the head's outputs; all other inputs have one row per image.
   */
  readonly viewsPerImage: number;
  /** Inputs of the step beside the features and `shares`. */
  readonly inputs: Readonly<Record<string, ImageInput>>;
  /** Outputs of the head that the step returns, for records of each image. */
  readonly reads: readonly string[];
  /**
   * True if the loss of a batch is the sum of losses of single images, each times its share. Only then a batch can be computed
   * in several runs.
   */
  readonly sumsOverImages: boolean;
  /**
   * The loss of a batch, scalar.
   *
   * @param outputs  outputs of the head, by name
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

/** Outputs of a step for one image, by name: the rows that belong to it. */
export type ImageRows = Readonly<Record<string, Float32Array>>;

export interface ImageInput {
  readonly dtype: DType;
  /** Shape for one image, without the batch. */
  readonly shape: readonly number[];
}
