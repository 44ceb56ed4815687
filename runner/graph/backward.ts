// Reverse-mode differentiation: a tape of applied operations and the walk back over it. Each operation supplies its own
// gradients; none is named here.
import type { Graph, Value } from './graph.ts';
import type { Gradient, Op } from './op.ts';
import { add } from './primitives.ts';

interface Entry {
  readonly inputs: readonly Value[];
  readonly output: Value;
  readonly backward: (dy: Value) => readonly Gradient[];
}

/** Applies operations to a graph and records them in order. */
export class Tape {
  readonly graph: Graph;
  readonly entries: Entry[] = [];
  readonly #made = new Set<Value>();

  constructor(graph: Graph) {
    this.graph = graph;
  }

  apply<I extends readonly Value[], A>(op: Op<I, A>, inputs: I, attributes: A): Value {
    const output = op.forward(this.graph, inputs, attributes);
    if (inputs.includes(output)) throw new Error(`An operation returned its input ${output.name}`);
    // The graph merges equal nodes: the same operation on the same inputs is one entry, which receives the gradient of all its uses.
    if (this.#made.has(output)) return output;
    this.#made.add(output);
    this.entries.push({
      inputs,
      output,
      backward: (dy) => op.backward(this.graph, inputs, dy, output, attributes) as readonly Gradient[],
    });
    return output;
  }
}

/**
 * d target / d wanted for each wanted value. Only operations between the two are differentiated. Contributions of several uses are
 * added in the order of the walk, so the graph, and with it the rounding of sums, is always the same.
 *
 * @param seed  d loss / d target; 1 for a scalar loss
 */
export function gradients(tape: Tape, target: Value, seed: Value, wanted: readonly Value[]): ReadonlyMap<Value, Value> {
  const needed = new Set(wanted);
  for (const { inputs, output } of tape.entries) if (inputs.some((input) => needed.has(input))) needed.add(output);
  const found = new Map<Value, Value>([[target, seed]]);
  for (const { inputs, output, backward } of tape.entries.toReversed()) {
    const dy = found.get(output);
    if (!dy || !needed.has(output)) continue;
    backward(dy).forEach((gradient, i) => {
      const input = inputs[i]!;
      if (!gradient || !needed.has(input)) return;
      const earlier = found.get(input);
      const value = gradient();
      found.set(input, earlier ? add(tape.graph, earlier, value) : value);
    });
  }
  return new Map(
    wanted.map((value) => {
      const gradient = found.get(value);
      if (!gradient) throw new Error(`${value.name} does not reach ${target.name}`);
      return [value, gradient];
    }),
  );
}
