// From a finished graph to what an engine loads.
import type { ProgramSource, TensorSpec } from '../engine/engine.ts';
import type { Graph, Value } from '../graph/graph.ts';
import { type ModelOptions, toOnnx } from '../graph/onnx.ts';
import type { Tensor } from '../tensor.ts';

/** State: the graph's input `current`, replaced after a run by its output `next`. */
export interface StateNames {
  readonly current: string;
  readonly next: string;
}

export function programSource(
  graph: Graph,
  options: ModelOptions,
  { state = [], guards = [] }: { state?: readonly StateNames[]; guards?: readonly string[] } = {},
): ProgramSource {
  const specs = (values: readonly (readonly [string, Value])[]) =>
    new Map(values.map(([name, value]) => [name, specOf(value)]));
  const inputs = specs(graph.inputs.map((value) => [value.name, value]));
  const outputs = specs(graph.outputs.map(({ name, value }) => [name, value]));
  const withSpecs = state.map(({ current, next }) => ({ current, next, spec: inputs.get(current)! }));
  for (const { current, next } of state) {
    inputs.delete(current);
    outputs.delete(next);
  }
  return {
    name: options.name,
    model: toOnnx(graph, options),
    inputs: Object.fromEntries(inputs),
    outputs: Object.fromEntries(outputs),
    state: withSpecs,
    guards,
  };
}

function specOf({ name, dtype, shape }: Value): TensorSpec {
  if (dtype === 'bool') throw new Error(`${name} is bool, which does not cross an engine's border`);
  return { dtype: dtype satisfies Tensor['dtype'], shape };
}
