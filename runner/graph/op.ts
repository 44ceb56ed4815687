// The interface of differentiable operations. ops/ contains one per file, with forward and gradient side by side.
import type { Graph, Value } from './graph.ts';

/** The gradient of an input, built on demand; `null` for inputs without one (labels, constants). */
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
