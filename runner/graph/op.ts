// What a differentiable operation is. ops/ holds them, one a file: forward and gradient are neighbours.
import type { Graph, Value } from './graph.ts';

/** The gradient of an input, made when somebody needs it; `null` where there is none to give (labels, constants). */
export type Gradient = (() => Value) | null;

/**
 * An operation with one output.
 *
 * @template I  the inputs, as a tuple of values
 * @template A  attributes that shape the operation: kernel, stride, constants
 */
export interface Op<I extends readonly Value[], A = undefined> {
  forward(g: Graph, inputs: I, attributes: A): Value;
  /** d loss / d input for each input, from `dy` = d loss / d output (same shape as `y`). */
  backward(g: Graph, inputs: I, dy: Value, y: Value, attributes: A): { readonly [K in keyof I]: Gradient };
}
