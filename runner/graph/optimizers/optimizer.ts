import type { Graph, Value } from '../graph.ts';
import { add, mul, sub } from '../primitives.ts';

/**
 * One optimizer of the recipe: its state, the scalars of every step, and its arithmetic for one parameter as nodes.
 * Stateless; the state goes in and comes out.
 */
export interface Optimizer {
  /** Suffixes of the state's names; each has the parameter's shape and starts at zero. */
  readonly moments: readonly string[];
  /** Momentum without a schedule that moves it. */
  readonly baseMomentum: number;
  /**
   * The step's scalar inputs except the learning rates, by name, in double precision.
   * @param step      counts from 1 within the stage
   * @param momentum  baseMomentum, or the schedule's value
   */
  scalars(step: number, momentum: number): Readonly<Record<string, number>>;
  /**
   * @param scalar   creates the float32 input of a name in scalars(), once each
   * @param applies  1 in a run that takes the step, 0 in one that only accumulates gradients; undefined: every run does
   */
  updates(g: Graph, scalar: (name: string) => Value, applies: Value | undefined): Update;
}

/** (parameter, gradient, moments, learning rate) -> (parameter', moments'). In a run that does not apply, the rate is 0. */
export type Update = (
  parameter: Value,
  gradient: Value,
  moments: readonly Value[],
  learningRate: Value,
) => { readonly parameter: Value; readonly moments: readonly Value[] };

/**
 * `value` if `applies` is 1, `otherwise` if it is 0. A run that does not apply has rates that change nothing: a learning rate of
 * 0, and moments with a decay of 1 that add 0 of the gradient. Products by 0 and 1 are exact, so choosing between old and new needs no
 * pass over the parameters.
 */
export function applied(g: Graph, value: Value, otherwise: 0 | 1, applies: Value | undefined): Value {
  if (!applies) return value;
  const taken = mul(g, value, applies);
  return otherwise === 0 ? taken : add(g, taken, sub(g, g.scalar(1), applies));
}
