// The whole network as an ONNX file: the model.onnx of a run folder, and the output of `shoulders export`.
import { type Architecture, architectureRow } from '../../shared/contracts/architectures.ts';
import type { Recipe } from '../../shared/contracts/recipe.ts';
import type { ProgramSource } from '../engine/engine.ts';
import { Graph, type Value } from '../graph/graph.ts';
import { div, softmax } from '../graph/primitives.ts';
import { evaluationPixels } from './evaluationPixels.ts';
import { asFloats, asHalves, inference, type Network } from './inference.ts';
import { normalizedChannels } from './preprocess.ts';
import { programSource } from './source.ts';

export interface ExportOptions extends Network {
  readonly imageSize: number;
  readonly doc: string;
  /** metadata_props of the model: class names, preprocessing, threshold; values as text. */
  readonly metadata: Readonly<Record<string, string>>;
  /** float32 when left out. */
  readonly weightType?: 'float32' | 'float16';
}

/**
 * 'input' float32 [N, 3, S, S], normalized, to 'logits' float32 [N, K]; N is free in the model, the signature is that of one image.
 * BatchNorm is folded into the convolutions.
 */
export function exportedProgram(options: ExportOptions): ProgramSource {
  const { architecture, imageSize, doc, metadata } = options;
  const g = new Graph();
  const x = g.input('input', 'float32', [1, 3, imageSize, imageSize]);
  g.output('logits', logitsOf(g, options, x));
  return programSource(g, { name: architecture, doc, metadata, freeBatch: true });
}

/**
 * 'image' uint8 [N, H, W, 3], upright RGB of any size, to 'logits' and 'probabilities' float32 [N, K], softmax(logits / temperature).
 * N, H and W are free. The images of one batch have one size.
 */
export function imageProgram(
  options: ExportOptions & Pick<Recipe, 'color'> & { readonly temperature: number | null },
): ProgramSource {
  const { architecture, imageSize, color, temperature, doc, metadata } = options;
  const g = new Graph();
  const logits = logitsOf(g, options, preparedImage(g, architecture, imageSize, color));
  g.output('logits', logits);
  g.output('probabilities', softmax(g, temperature === null ? logits : div(g, logits, g.scalar(temperature))));
  const source = programSource(g, {
    name: architecture,
    doc,
    metadata,
    freeBatch: true,
    freeAxes: { image: { 1: 'H', 2: 'W' } },
    opset: 18,
  });
  return { ...source, inputs: { image: { dtype: 'uint8', shape: [1, -1, -1, 3] } } };
}

/** The first part of imageProgram(), from a new input 'image' to the network's: float32 [1, 3, S, S]. */
export function preparedImage(g: Graph, architecture: Architecture, imageSize: number, color: Recipe['color']): Value {
  // These lengths are placeholders: evaluationPixels() reads the real ones when the graph runs.
  const image = g.input('image', 'uint8', [1, imageSize, imageSize, 3]);
  return normalizedChannels(g, evaluationPixels(g, image, imageSize, color), architectureRow(architecture).input);
}

const logitsOf = (g: Graph, options: ExportOptions, x: Value): Value =>
  inference(g, options, x, 'all', ['logits'], options.weightType === 'float16' ? asHalves : asFloats).get('logits')!;
