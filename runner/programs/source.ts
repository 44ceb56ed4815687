// Converts a finished graph into a program for an engine.
import type { ProgramSource, TensorSpec } from '../engine/engine.ts';
import type { Graph, Value } from '../graph/graph.ts';
import { type ModelOptions, toOnnx } from '../graph/onnx.ts';
import type { Tensor } from '../tensor.ts';

/** State: the graph's input `current`, replaced after a run by its output `next`. */
export interface StateNames {
  readonly current: string;
  readonly next: string;
}

interface Border {
  readonly state?: readonly StateNames[];
  readonly guards?: readonly string[];
  /** Float32 inputs and outputs that are transferred as float16. The graph itself contains none: many GPUs do not support it. */
  readonly halves?: readonly string[];
}

export function programSource(
  graph: Graph,
  options: ModelOptions,
  { state = [], guards = [], halves = [] }: Border = {},
): ProgramSource {
  const specs = (values: readonly (readonly [string, Value])[]) =>
    new Map(values.map(([name, value]) => [name, halves.includes(name) ? asHalf(value) : specOf(value)]));
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

function asHalf({ name, dtype, shape }: Value): TensorSpec {
  if (dtype !== 'float32') throw new Error(`${name} is ${dtype}, only float32 can cross as float16`);
  return { dtype: 'float16', shape };
}

function specOf({ name, dtype, shape }: Value): TensorSpec {
  if (dtype === 'bool') throw new Error(`${name} is bool, which does not cross an engine's border`);
  return { dtype: dtype satisfies Tensor['dtype'], shape };
}
