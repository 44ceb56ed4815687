// Labels as inputs of a program: in float32, since WebGPU has no int64. Exact below 2^24.
import type { Graph, Value } from '../graph/graph.ts';
import type { Tensor } from '../tensor.ts';

/** The input 'labels' [N]. */
export const labelsInput = (g: Graph, batch: number): Value => g.input('labels', 'float32', [batch]);

export const labelsTensor = (labels: readonly number[]): Tensor => ({
  dtype: 'float32',
  shape: [labels.length],
  data: Float32Array.from(labels),
});
