// The frozen part of the network, from the image to the features that are cached.
import { architectureRow, type Cut } from '../../shared/contracts/architectures.ts';
import type { ProgramSource } from '../engine/engine.ts';
import { Graph } from '../graph/graph.ts';
import { type FeatureType, inference, type Network } from './inference.ts';
import { normalizedPixels } from './preprocess.ts';
import { programSource } from './source.ts';

export interface TrunkOptions extends Network {
  /** One output each, named after the cut. Not 'all'. */
  readonly cuts: readonly Cut[];
  readonly batch: number;
  readonly imageSize: number;
  /** 'pixels': uint8 [N, S, S, 3], normalized in the graph; 'normalized': 'input', float32 [N, 3, S, S]. */
  readonly input: 'pixels' | 'normalized';
  /** Halves are rounded to nearest and not clamped: features are sums behind BatchNorm, far below the largest half, 65504. */
  readonly featureType: FeatureType;
}

/** Outputs: for each cut the features [N, C, h, w], or [N, C] below the head. */
export function trunkProgram(options: TrunkOptions): ProgramSource {
  const { cuts, batch, imageSize } = options;
  const { input } = architectureRow(options.architecture);
  const g = new Graph();
  const x =
    options.input === 'pixels'
      ? normalizedPixels(g, g.input('pixels', 'uint8', [batch, imageSize, imageSize, 3]), input)
      : g.input('input', 'float32', [batch, 3, imageSize, imageSize]);
  for (const [cut, value] of inference(g, options, x, 'all', cuts)) g.output(cut, value);
  const halves = options.featureType === 'float16' ? cuts : [];
  return programSource(g, { name: `${options.architecture} trunk to ${cuts.join(', ')}` }, { halves });
}
