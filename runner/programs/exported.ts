// The whole network as the model.onnx of a run folder.
import type { ProgramSource } from '../engine/engine.ts';
import { Graph } from '../graph/graph.ts';
import { inference, type Network } from './inference.ts';
import { programSource } from './source.ts';

export interface ExportOptions extends Network {
  readonly imageSize: number;
  readonly doc: string;
  /** metadata_props of the model: class names, preprocessing, threshold; values as text. */
  readonly metadata: Readonly<Record<string, string>>;
}

/**
 * 'input' float32 [N, 3, S, S], normalised, to 'logits' float32 [N, K]; N is free in the model, the signature is that of one image.
 * BatchNorm is folded into the convolutions.
 */
export function exportedProgram(options: ExportOptions): ProgramSource {
  const { architecture, imageSize, doc, metadata } = options;
  const g = new Graph();
  const x = g.input('input', 'float32', [1, 3, imageSize, imageSize]);
  g.output('logits', inference(g, options, x, 'all', ['logits']).get('logits')!);
  return programSource(g, { name: architecture, doc, metadata, freeBatch: true });
}
