import type { Graph, Value } from '../graph.ts';

/**
 * An optimizer's arithmetic for one parameter as nodes: (parameter, gradient, state) -> (parameter', state'). Nothing is
 * remembered; the state goes in and comes out.
 */
export interface Optimizer {
  /** Suffixes of the state's names; each has the parameter's shape and starts at zero. */
  readonly moments: readonly string[];
  update(
    g: Graph,
    parameter: Value,
    gradient: Value,
    moments: readonly Value[],
    learningRate: Value,
  ): { readonly parameter: Value; readonly moments: readonly Value[] };
}
