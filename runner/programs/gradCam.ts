// Where the network looked: gradient-weighted class activation maps (Selvaraju et al. 2017, https://arxiv.org/abs/1610.02391).
import type { ProgramSource } from '../engine/engine.ts';
import { gradients, Tape } from '../graph/backward.ts';
import { Graph, parameterConstant, parameterOf, type Value } from '../graph/graph.ts';
import { mul, reduceMean, reduceSum, relu, reshape, softmax, sub } from '../graph/primitives.ts';
import type { Cut } from '../network/cut.ts';

import { inference, inputAt, type Network } from './inference.ts';
import { channelsLast } from './preprocess.ts';
import { programSource } from './source.ts';
import { applyTail } from './tail.ts';

export interface GradCamOptions extends Network {
  /** The layer whose output is looked at. */
  readonly layer: 'layer1' | 'layer2' | 'layer3' | 'layer4';
  /** What is differentiated: the probability or the logit of the chosen class. */
  readonly of: 'probability' | 'logit';
  readonly batch: number;
  readonly imageSize: number;
  /** 'uint8': input 'pixels' [N, S, S, 3]; 'float32': input 'features', the normalised image [N, 3, S, S]. */
  readonly featureType: 'uint8' | 'float32';
}

/**
 * Inputs: the image and 'target' float32 [N, K], 1 at the class to explain, 0 elsewhere.
 * Outputs: 'logits' [N, K] and 'cam' [N, h, w] = ReLU(Σ over channels of mean(gradient)·activation), not scaled: divide by its
 * largest value for a picture.
 */
export function gradCamProgram(options: GradCamOptions): ProgramSource {
  const { architecture, parameters, layer, batch } = options;
  const g = new Graph();
  const image = inputAt(g, architecture, 'all', options);
  const classCount = parameterOf(parameters, 'fc.bias').shape[0]!;
  const target = g.input('target', 'float32', [batch, classCount]);
  const cut = cutFor[layer];
  const x = channelsLast(g, inference(g, options, image, 'all', [cut]).get(cut)!);

  const tape = new Tape(g);
  // Convolutions of the inference part have names of their own: the tail's are apart from them.
  const constants = new Map<string, Value>();
  const parameterIn = (name: string) => {
    const value = constants.get(name) ?? parameterConstant(g, parameters, name);
    constants.set(name, value);
    return value;
  };
  const { logits, beforePooling } = applyTail(tape, architecture, cut, x, parameterIn, parameters, classCount);
  const activation = layer === 'layer4' ? beforePooling! : x;
  const seed = options.of === 'logit' ? target : probabilityGradient(g, logits, target);
  const gradient = gradients(tape, logits, seed, [activation]).get(activation)!;
  const importance = reduceMean(g, gradient, [1, 2], { keep: true });
  g.output('logits', logits);
  g.output('cam', relu(g, reduceSum(g, mul(g, activation, importance), [3])));
  return programSource(g, { name: `${architecture} Grad-CAM at ${layer}` });
}

/** The cut below which nothing has to be differentiated. */
const cutFor = { layer1: 'layer2', layer2: 'layer3', layer3: 'layer4', layer4: 'layer4' } as const satisfies Record<
  string,
  Cut
>;

/** d pₜ / d z = pₜ·(onehot(t) − p), [N, K]. */
function probabilityGradient(g: Graph, logits: Value, target: Value): Value {
  const p = softmax(g, logits);
  const chosen = reshape(g, reduceSum(g, mul(g, p, target), [1]), [logits.shape[0]!, 1]);
  return mul(g, chosen, sub(g, target, p));
}
