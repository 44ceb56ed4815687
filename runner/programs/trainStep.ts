// One training step as one graph: forward, loss, gradients, optimizer. Weights and optimizer state go in and come out as state. Absent: the
// task; it supplies the objective.
import type { Architecture, Cut } from '../../shared/contracts/architectures.ts';
import type { Optimizer } from '../../shared/contracts/optimizers.ts';
import type { ProgramSource } from '../engine/engine.ts';
import { gradients, Tape } from '../graph/backward.ts';
import { Graph, type Value } from '../graph/graph.ts';
import { batchMoments, type Moments } from '../graph/ops/batchNorm.ts';
import type { ConvolutionForm } from '../graph/ops/conv.ts';
import { applied } from '../graph/optimizers/optimizer.ts';
import { optimizerOf } from '../graph/optimizers/optimizers.ts';
import { add, cast, div, expand, greater, mul, reduceSum, reshape, sqrt, sub } from '../graph/primitives.ts';
import { featureShape } from '../network/cut.ts';
import { parametersOfHead } from '../network/head.ts';
import { isOfHead, isTrainable, type ParameterSpec, parametersOf } from '../network/parameters.ts';
import { type Parameters, sizeOf } from '../tensor.ts';
import { type InputType, inputAt } from './inference.ts';
import type { Objective } from './objective.ts';
import { channelsLast } from './preprocess.ts';
import { programSource, type StateNames } from './source.ts';
import { applyTail } from './tail.ts';

/** torch.nn.BatchNorm2d in train mode. */
export interface BatchNormTraining {
  /** Share of a batch's statistics in the new running ones, as in PyTorch. */
  readonly momentum: number;
}

export interface TrainStepOptions {
  readonly architecture: Architecture;
  /** Only the BatchNorm statistics are read, if they stay; the trainable parameters are state, written before the first run. */
  readonly parameters: Parameters;
  /** BatchNorm of the part that trains: undefined keeps its running statistics, otherwise it normalizes by the batch (train mode). */
  readonly batchNorm?: BatchNormTraining | undefined;
  /** The lowest part that trains; the input is the features at this cut. */
  readonly unfreeze: Cut;
  readonly objective: Objective;
  /** Number of images. */
  readonly batch: number;
  readonly imageSize: number;
  /** 'uint8' only if everything trains: the input is then 'pixels' [N, S, S, 3] instead of 'features'. */
  readonly featureType: InputType;
  readonly optimizer: Optimizer;
  /** 'windows' when left out. */
  readonly convolutions?: ConvolutionForm;
  /** Adds an output `<parameter>/gradient` for every trainable parameter. */
  readonly exposeGradients?: boolean;
  /** A step may take several runs, which accumulate gradients: for batches that do not fit into memory. Not with `batchNorm`. */
  readonly accumulates?: boolean;
}

/**
 * Inputs: 'features' or 'pixels' (one row per view), those of the objective, 'shares' float32 [N] (the weight of each image over the sum of
 * those of the whole batch; 0 for padding), and the scalars 'learningRateHead', 'learningRateBackbone' (all but the head) and those of the
 * optimizer (optimizers/optimizer.ts); where the head takes features below the tail, `features/<cut>`.
 *
 * Outputs: 'loss' and the head's outputs that the objective reads, all with the weights before the step, and 'gradientNorm', the
 * Euclidean norm of all gradients, which is not finite when any of them is not. Both scalars guard the state.
 *
 * State: the trainable parameters by name, and `<name>/<moment>` for each of the optimizer's moments, which start at 0. With
 * `batchNorm`, also `<bn>.running_mean`, `.running_var` and `.num_batches_tracked` (float32 []) of every BatchNorm above the cut; only
 * images with a share take part in a batch's statistics. At least two positions must: PyTorch raises an error, too.
 *
 * With `accumulates`, two more scalars: 'continues', 1 when the gradients are added to those of the run before, 0 in a step's first run,
 * and 'applies', 1 in its last run, 0 if parameters and moments must not change. The sums are state, too (isGradientSum), and
 * 'gradientNorm' and `<parameter>/gradient` refer to them; the losses of a step's runs add up to its loss.
 */
export function trainStepProgram(options: TrainStepOptions): ProgramSource {
  const { architecture, unfreeze, objective, batch, batchNorm } = options;
  if (batchNorm && options.accumulates) throw new Error('BatchNorm in train mode needs the whole batch in one run');
  const rows = batch * objective.viewsPerImage;
  const g = new Graph();
  const tape = new Tape(g);
  const features = channelsLast(g, inputAt(g, architecture, unfreeze, { ...options, batch: rows }));
  const inputs = Object.fromEntries(
    Object.entries(objective.inputs).map(([name, { dtype, shape }]) => [name, g.input(name, dtype, [batch, ...shape])]),
  );
  const shares = g.input('shares', 'float32', [batch]);
  const scalar = (name: string) => g.input(name, 'float32', []);
  const rates = { head: scalar('learningRateHead'), backbone: scalar('learningRateBackbone') };
  const accumulation = options.accumulates ? { continues: scalar('continues'), applies: scalar('applies') } : undefined;
  const optimizer = optimizerOf(options.optimizer);
  const update = optimizer.updates(g, scalar, accumulation?.applies);

  const { ofBackbone, ofHead } = trainableOf(architecture, unfreeze, objective);
  const trained = new Map<string, Value>(
    [...ofBackbone, ...ofHead].map(({ name, shape }) => [name, g.input(name, 'float32', shape)]),
  );
  const levelsBelow = new Map<Cut, Value>();
  const tracked = batchNorm && {
    momentum: batchNorm.momentum,
    present: rowsOf(g, cast(g, greater(g, shares, g.scalar(0)), 'float32'), objective.viewsPerImage),
    inputs: new Map<string, Value>(),
  };
  const outputs = applyTail(tape, features, {
    architecture,
    cut: unfreeze,
    head: objective.head,
    parameterIn: (name) => trained.get(name)!,
    normalization: tracked
      ? { by: 'batch', present: tracked.present, onInput: (name, x) => void tracked.inputs.set(name, x) }
      : { by: 'runningStatistics', statistics: options.parameters },
    levelBelow(cut) {
      const shape = [rows, ...featureShape(architecture, cut, options.imageSize)];
      const level = levelsBelow.get(cut) ?? channelsLast(g, g.input(levelName(cut), 'float32', shape));
      levelsBelow.set(cut, level);
      return level;
    },
    form: options.convolutions,
  });
  const loss = objective.loss(tape, outputs, inputs, shares);
  g.output('loss', loss);
  for (const name of objective.reads) g.output(name, outputs[name]!);

  const gradientOf = gradients(tape, loss, g.scalar(1), [...trained.values()]);
  const state: StateNames[] = [];
  const keep = (current: string, value: Value) => {
    g.output(`${current}/next`, value);
    state.push({ current, next: `${current}/next` });
  };
  const headNames = new Set(ofHead.map(({ name }) => name));
  const squares: Value[] = [];
  for (const [name, parameter] of trained) {
    let gradient = gradientOf.get(parameter)!;
    if (accumulation) {
      const before = g.input(gradientSum(name), 'float32', parameter.shape);
      const sum = add(g, mul(g, flat(g, before), accumulation.continues), flat(g, gradient));
      gradient = reshape(g, sum, parameter.shape);
      keep(gradientSum(name), gradient);
    }
    squares.push(sumOfSquares(g, flat(g, gradient)));
    if (options.exposeGradients) g.output(`${name}/gradient`, gradient);
    const moments = optimizer.moments.map((moment) => g.input(momentOf(name, moment), 'float32', parameter.shape));
    const rate = applied(g, headNames.has(name) ? rates.head : rates.backbone, 0, accumulation?.applies);
    const next = update(
      flat(g, parameter),
      flat(g, gradient),
      moments.map((m) => flat(g, m)),
      rate,
    );
    keep(name, reshape(g, next.parameter, parameter.shape));
    optimizer.moments.forEach((moment, i) => {
      keep(momentOf(name, moment), reshape(g, next.moments[i]!, parameter.shape));
    });
  }
  for (const [name, x] of tracked?.inputs ?? [])
    for (const { current, next } of runningStatistics(g, name, batchMoments(g, x, tracked!.present), tracked!.momentum))
      keep(current, next);
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
    {
      state,
      guards: ['loss', 'gradientNorm'],
      halves: options.featureType === 'float16' ? ['features', ...[...levelsBelow.keys()].map(levelName)] : [],
    },
  );
}

/**
 * Running statistics of one BatchNorm after a batch: (1 − α)·old + α·new with PyTorch's momentum α, and its count of batches plus one.
 * A batch normalizes by its biased variance and leaves the unbiased one behind, as in PyTorch.
 */
function runningStatistics(
  g: Graph,
  batchNorm: string,
  { mean, variance, count }: Moments,
  momentum: number,
): { readonly current: string; readonly next: Value }[] {
  const moved = (name: string, value: Value) => {
    const before = g.input(name, 'float32', value.shape);
    return { current: name, next: add(g, mul(g, before, g.scalar(1 - momentum)), mul(g, value, g.scalar(momentum))) };
  };
  const unbiased = mul(g, variance, div(g, count, sub(g, count, g.scalar(1))));
  const batches = g.input(`${batchNorm}.num_batches_tracked`, 'float32', []);
  return [
    moved(`${batchNorm}.running_mean`, mean),
    moved(`${batchNorm}.running_var`, unbiased),
    { current: batches.name, next: add(g, batches, g.scalar(1)) },
  ];
}

/** One number per image as one per row: [N] to [N·views]. */
const rowsOf = (g: Graph, values: Value, views: number): Value => {
  const [n = 1] = values.shape;
  return reshape(g, expand(g, reshape(g, values, [n, 1]), [n, views]), [n * views]);
};

/** The input of features below the tail. */
const levelName = (cut: Cut): string => `features/${cut}`;

type Trainable = Pick<ParameterSpec, 'name' | 'shape'>;

/** Parameters that a step trains: the backbone above the cut, and the task's head instead of the network's own. */
export function trainableOf(
  architecture: Architecture,
  unfreeze: Cut,
  { head }: Pick<Objective, 'head'>,
): { readonly ofBackbone: readonly Trainable[]; readonly ofHead: readonly Trainable[] } {
  return {
    ofBackbone: parametersOf(architecture, 0).filter(
      ({ name }) => !isOfHead(architecture, name) && isTrainable(architecture, name, unfreeze),
    ),
    ofHead: parametersOfHead(head).filter(({ role }) => role === 'weight' || role === 'bias'),
  };
}

const momentOf = (parameter: string, moment: string): string => `${parameter}/${moment}`;
/** True for state of the optimizer; the rest of the state is parameters, by their names. */
export const isMoment = (state: string): boolean => state.includes('/');

/** State that accumulates the gradients of a step's runs. */
const gradientSum = (parameter: string): string => `${parameter}/gradientSum`;
/** True for state that is meaningless between two steps. */
export const isGradientSum = (state: string): boolean => state.endsWith(gradientSum(''));

// ONNX Runtime multiplies [K, C, 1, 1] by a scalar one entry at a time, 20 times slower than the same numbers in one row.
const flat = (g: Graph, x: Value): Value => reshape(g, x, [sizeOf(x.shape)]);

const sumOfSquares = (g: Graph, x: Value): Value => reduceSum(g, mul(g, x, x), [0]);
