// One training step as one graph: forward, loss, gradients, optimizer. Weights and optimizer state go in and come out as state.
import type { Architecture, Unfreeze } from '../contracts/recipe.ts';
import type { ProgramSource } from '../engine/engine.ts';
import { gradients, Tape } from '../graph/backward.ts';
import { Graph, type Value } from '../graph/graph.ts';
import type { ConvolutionForm } from '../graph/ops/conv.ts';
import { crossEntropy } from '../graph/ops/crossEntropy.ts';
import { adamw } from '../graph/optimizers/adamw.ts';
import type { Optimizer } from '../graph/optimizers/optimizer.ts';
import { sgd } from '../graph/optimizers/sgd.ts';
import { add, mul, reduceSum, reshape, sqrt } from '../graph/primitives.ts';
import { isTrainable, parametersOf, partOf } from '../network/parameters.ts';
import { type Parameters, sizeOf } from '../tensor.ts';
import { type FeatureType, inputAt } from './inference.ts';
import { labelsInput } from './labels.ts';
import { channelsLast } from './preprocess.ts';
import { programSource, type StateNames } from './source.ts';
import { applyTail } from './tail.ts';

export interface TrainStepOptions {
  readonly architecture: Architecture;
  /** Only the BatchNorm statistics are read; the trainable parameters are state, written before the first run. */
  readonly parameters: Parameters;
  /** The lowest part that trains; the input is the features at this cut. */
  readonly unfreeze: Unfreeze;
  readonly classCount: number;
  readonly batch: number;
  readonly imageSize: number;
  /** 'uint8' only where everything trains: then the input is 'pixels' [N, S, S, 3] instead of 'features'. */
  readonly featureType: FeatureType | 'uint8';
  readonly optimizer:
    | { readonly type: 'adamw'; readonly betas: readonly [number, number]; readonly epsilon: number }
    | { readonly type: 'sgd' };
  /** 'windows' when left out. */
  readonly convolutions?: ConvolutionForm;
  /** Adds an output `<parameter>/gradient` for every trainable parameter. */
  readonly exposeGradients?: boolean;
}

/**
 * Inputs: 'features' or 'pixels', 'labels' [N] (labelsTensor), 'sampleWeights' float32 [N] (the class weight of each label; 0 for padding, not
 * all 0), and the scalars 'learningRateHead' (fc), 'learningRateBackbone' (all else), 'momentum' (SGD's momentum or beta1, which
 * schedules move), 'weightDecay' and, for AdamW, 'biasCorrection1' = 1 − beta1^t and 'biasCorrection2' = 1 − beta2^t (t from 1;
 * computed in double precision by the caller).
 *
 * Outputs: 'loss' = Σ wᵢ·ceᵢ / Σ wᵢ and 'logits' [N, K], both of the weights before the step, and 'gradientNorm', the Euclidean norm
 * of all gradients, which is not finite when any of them is not. Both scalars guard the state.
 *
 * State: the trainable parameters by name, and `<name>/moment1`, `<name>/moment2` (AdamW) or `<name>/momentumBuffer` (SGD), which
 * start at 0.
 */
export function trainStepProgram(options: TrainStepOptions): ProgramSource {
  const { architecture, unfreeze, classCount, batch } = options;
  const g = new Graph();
  const tape = new Tape(g);
  const features = channelsLast(g, inputAt(g, architecture, unfreeze, options));
  const labels = labelsInput(g, batch);
  const sampleWeights = g.input('sampleWeights', 'float32', [batch]);
  const scalar = (name: string) => g.input(name, 'float32', []);
  const rates = { head: scalar('learningRateHead'), backbone: scalar('learningRateBackbone') };
  const optimizer = optimizerOf(options.optimizer, scalar);

  const trained = new Map<string, Value>(
    parametersOf(architecture, classCount)
      .filter(({ name }) => isTrainable(name, unfreeze))
      .map(({ name, shape }) => [name, g.input(name, 'float32', shape)]),
  );
  const parameterIn = (name: string) => trained.get(name)!;
  const { parameters, convolutions } = options;
  const logits = applyTail(tape, architecture, unfreeze, features, parameterIn, parameters, classCount, convolutions);
  const loss = tape.apply(crossEntropy, [logits, labels, sampleWeights], undefined);
  g.output('loss', loss);
  g.output('logits', logits);

  const gradientOf = gradients(tape, loss, g.scalar(1), [...trained.values()]);
  const state: StateNames[] = [];
  const keep = (current: string, value: Value) => {
    g.output(`${current}/next`, value);
    state.push({ current, next: `${current}/next` });
  };
  const squares: Value[] = [];
  for (const [name, parameter] of trained) {
    const gradient = gradientOf.get(parameter)!;
    squares.push(sumOfSquares(g, flat(g, gradient)));
    if (options.exposeGradients) g.output(`${name}/gradient`, gradient);
    const moments = optimizer.moments.map((moment) => g.input(`${name}/${moment}`, 'float32', parameter.shape));
    const rate = partOf(name) === 'fc' ? rates.head : rates.backbone;
    const next = optimizer.update(
      g,
      flat(g, parameter),
      flat(g, gradient),
      moments.map((m) => flat(g, m)),
      rate,
    );
    keep(name, reshape(g, next.parameter, parameter.shape));
    optimizer.moments.forEach((moment, i) => {
      keep(`${name}/${moment}`, reshape(g, next.moments[i]!, parameter.shape));
    });
  }
  g.output(
    'gradientNorm',
    sqrt(
      g,
      squares.reduce((sum, square) => add(g, sum, square)),
    ),
  );
  return programSource(
    g,
    { name: `${architecture} training step from ${unfreeze}` },
    { state, guards: ['loss', 'gradientNorm'], halves: options.featureType === 'float16' ? ['features'] : [] },
  );
}

function optimizerOf(options: TrainStepOptions['optimizer'], scalar: (name: string) => Value): Optimizer {
  const momentum = scalar('momentum');
  const weightDecay = scalar('weightDecay');
  if (options.type === 'sgd') return sgd({ momentum, weightDecay });
  const corrections = { biasCorrection1: scalar('biasCorrection1'), biasCorrection2: scalar('biasCorrection2') };
  return adamw({ beta1: momentum, weightDecay, ...corrections }, { beta2: options.betas[1], epsilon: options.epsilon });
}

// ONNX Runtime multiplies [K, C, 1, 1] by a scalar one entry at a time, 20 times slower than the same numbers in one row.
const flat = (g: Graph, x: Value): Value => reshape(g, x, [sizeOf(x.shape)]);

const sumOfSquares = (g: Graph, x: Value): Value => reduceSum(g, mul(g, x, x), [0]);
