// Ingredients of class activation maps: the activations of a layer, and the gradient of each image's target with respect to them.
import type { Layer } from '../../shared/contracts/architectures.ts';
import type { ExplanationScore } from '../../shared/contracts/explanation.ts';
import type { ProgramSource } from '../engine/engine.ts';
import { gradients, Tape } from '../graph/backward.ts';
import { Graph, parameterConstant, type Value } from '../graph/graph.ts';
import { softmax } from '../graph/ops/softmax.ts';
import { weightedSum } from '../graph/ops/weightedSum.ts';
import { cast, equal, greater, mul, reduceMax, reshape, where } from '../graph/primitives.ts';
import { aboveLayer, upToLayer } from '../network/layerOutput.ts';
import { classCountOf } from '../network/parameters.ts';
import { foldBatchNorm } from './folding.ts';
import { type Folded, foldedOperations, inputAt, type Network, whole } from './inference.ts';
import { labelsInput } from './labels.ts';
import { channelsLast } from './preprocess.ts';
import { programSource } from './source.ts';
import { differentiableOperations, type FiltersOf, foldedConvolution } from './tail.ts';

export interface GradCamOptions extends Network {
  /** Layer whose output is mapped. */
  readonly layer: Layer;
  /** Probability: after the softmax over all classes. */
  readonly of: ExplanationScore;
  readonly batch: number;
  readonly imageSize: number;
  /** 'uint8': input 'pixels' [N, S, S, 3]; 'float32': input 'features', the normalized image [N, 3, S, S]. */
  readonly featureType: 'uint8' | 'float32';
}

/** A label that means the class with the largest logit, the first among ties. */
export const predictedClass = -1;

/**
 * Inputs: the images and 'labels' [N] (labelsTensor), the class to explain for each, or `predictedClass`.
 *
 * Outputs: 'logits' [N, K], 'activations' [N, h, w, C] of the layer and 'gradients' [N, h, w, C] of each image's target with respect to
 * them. Images do not affect each other (BatchNorm runs in eval mode), so the gradient of the sum of all targets contains each image's own.
 */
export function gradCamProgram(options: GradCamOptions): ProgramSource {
  const { architecture, parameters, layer, of, batch } = options;
  const g = new Graph();
  const image = inputAt(g, architecture, 'all', options);
  const labels = labelsInput(g, batch);
  const output = whole(upToLayer<Folded>(foldedOperations(g, parameters), architecture, layer, image));

  const tape = new Tape(g);
  const activations = channelsLast(g, output);
  const operations = differentiableOperations(tape, foldedConvolution(tape, foldedFilters(g, options)), (name) =>
    parameterConstant(g, parameters, name),
  );
  const classCount = classCountOf(architecture, parameters);
  const logits = whole(aboveLayer<Folded>(operations, architecture, layer, activations, classCount));
  const scores = of === 'logit' ? logits : tape.apply(softmax, [logits], undefined);
  const target = tape.apply(weightedSum, [scores, chosenClasses(g, labels, logits)], undefined);

  g.output('logits', logits);
  g.output('activations', activations);
  g.output('gradients', gradients(tape, target, g.scalar(1), [activations]).get(activations)!);
  return programSource(g, { name: `${architecture} gradient of the ${of} at ${layer}` });
}

/** Filters as constants: only activations have a gradient here. */
function foldedFilters(g: Graph, { parameters }: Network): FiltersOf {
  return (conv, batchNorm) => {
    const { weight, bias } = foldBatchNorm(parameters, conv, batchNorm);
    return [g.constant(`${conv}.weight`, weight), g.constant(`${conv}.bias`, bias)];
  };
}

/** [N, K] float32: 1 in the column of the label, or of the first largest logit if the label is `predictedClass`. */
function chosenClasses(g: Graph, labels: Value, logits: Value): Value {
  const [n = 1, k = 1] = logits.shape;
  const row = (entry: (label: number) => number) =>
    g.floats(
      Float32Array.from({ length: k }, (_, i) => entry(i)),
      [1, k],
    );
  const label = reshape(g, labels, [n, 1]);
  const named = equal(
    g,
    label,
    row((i) => i),
  );
  // Among several largest the first: each gets a rank by its column, the others none.
  const isLargest = cast(g, equal(g, logits, reduceMax(g, logits, [1], { keep: true })), 'float32');
  const ranks = mul(
    g,
    isLargest,
    row((i) => k - i),
  );
  const predicted = equal(g, ranks, reduceMax(g, ranks, [1], { keep: true }));
  const isNamed = greater(g, label, g.scalar(predictedClass / 2));
  return where(g, isNamed, cast(g, named, 'float32'), cast(g, predicted, 'float32'));
}
