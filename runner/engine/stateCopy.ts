import { Graph } from '../graph/graph.ts';
import { toOnnx } from '../graph/onnx.ts';
import type { ProgramSource } from './engine.ts';

/** A model that copies `current` to `next` unchanged: moves a state from a device's memory to ours. */
export function stateCopyModel(state: ProgramSource['state']): Uint8Array {
  const g = new Graph();
  for (const { current, next, spec } of state) g.output(next, g.input(current, spec.dtype, spec.shape));
  return toOnnx(g, { name: 'copy of the state' });
}
