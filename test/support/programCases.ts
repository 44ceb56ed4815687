// Every kind of program at a size that any engine computes in seconds, and comparisons of two engines.

import { classObjective } from '../../runner/classification/objective.ts';
import type { Engine, ProgramSource } from '../../runner/engine/engine.ts';
import { batchStatisticsProgram } from '../../runner/programs/batchStatistics.ts';
import { gradCamProgram } from '../../runner/programs/gradCam.ts';
import { labelsTensor } from '../../runner/programs/labels.ts';
import { segmentProgram } from '../../runner/programs/segment.ts';
import { type TrainStepOptions, trainStepProgram } from '../../runner/programs/trainStep.ts';
import { trunkProgram } from '../../runner/programs/trunk.ts';
import type { Tensor } from '../../runner/tensor.ts';
import { initialStepState } from '../../runner/training/step/stepInputs.ts';
import { fromHalf, toHalf } from '../../runner/weights/formats/half.ts';
import type { Architecture } from '../../shared/contracts/architectures.ts';
import type { Optimizer } from '../../shared/contracts/optimizers.ts';
import type { Unfreeze } from '../../shared/contracts/recipe.ts';
import { allClose } from './allClose.ts';
import { type OpCase, runCase } from './opCases.ts';
import { referenceParameters, referenceTensor } from './referenceTensors.ts';

const batch = 2;
const network = (architecture: Architecture) => ({
  architecture,
  parameters: referenceParameters(architecture, 3),
  batch,
  imageSize: 32,
});
const learningRate = { head: 1e-3 };
export const sgd: Optimizer = { type: 'sgd', learningRate, weightDecay: 0.01, momentum: 0.9 };
// With a small epsilon AdamW's first steps are the signs of the gradients, which rounding flips for tiny gradients.
export const adamw: Optimizer = { type: 'adamw', learningRate, weightDecay: 0.01, betas: [0.9, 0.999], epsilon: 1e-3 };

export function stepCase(
  architecture: Architecture,
  unfreeze: Unfreeze,
  optimizer: TrainStepOptions['optimizer'],
  accumulates = false,
): ProgramSource {
  const objective = classObjective(architecture, 3);
  const options = { ...network(architecture), unfreeze, objective, optimizer, accumulates };
  return trainStepProgram({ ...options, featureType: unfreeze === 'all' ? 'uint8' : 'float16' });
}

export const programCases: Readonly<Record<string, () => ProgramSource>> = {
  'the trunk of ResNet-50': () =>
    trunkProgram({ ...network('resnet50'), cuts: ['layer2', 'layer3'], input: 'pixels', featureType: 'float16' }),
  'a training step of the head, AdamW': () => stepCase('resnet50', 'head', adamw),
  'a training step of every part, SGD': () => stepCase('resnet18', 'all', sgd),
  'a training step of the head in two runs, AdamW': () => stepCase('resnet18', 'head', adamw, true),
  'a training step of the head in two runs, SGD': () => stepCase('resnet18', 'head', sgd, true),
  'an evaluation from features': () =>
    segmentProgram({ ...network('resnet18'), from: 'layer4', to: 'logits', featureType: 'float16' }),
  'an evaluation from pixels': () =>
    segmentProgram({ ...network('resnet18'), from: 'all', to: 'logits', featureType: 'uint8' }),
  'Grad-CAM': () =>
    gradCamProgram({ ...network('resnet18'), layer: 'layer3', of: 'probability', featureType: 'uint8' }),
  'the statistics of a batch': () => batchStatisticsProgram({ ...network('resnet18'), featureType: 'uint8' }),
};

/** Random weights, moments at 0. */
export const stateOf = (source: ProgramSource): Map<string, Tensor> =>
  initialStepState(source, referenceParameters(source.name.startsWith('resnet50') ? 'resnet50' : 'resnet18', 3));

const scalars: Readonly<Record<string, number>> = {
  learningRateHead: 0.01,
  learningRateBackbone: 0.005,
  momentum: 0.9,
  weightDecay: 0.01,
  biasCorrection1: 0.1,
  biasCorrection2: 0.001,
};

export function feedsOf({ inputs }: ProgramSource, seed: number): Record<string, Tensor> {
  return Object.fromEntries(
    Object.entries(inputs).map(([name, { dtype, shape }]): [string, Tensor] => {
      const drawn = referenceTensor(`${name} ${seed}`, shape, 0, 1);
      if (name === 'labels') return [name, labelsTensor([2, 0])];
      if (name === 'shares') return [name, { ...drawn, data: Float32Array.of(2 / 3, 1 / 3) }];
      // Of two micro-batches the first starts a step, the second takes it.
      if (name === 'continues' || name === 'applies') return [name, { ...drawn, data: Float32Array.of(seed - 1) }];
      if (name in scalars) return [name, { ...drawn, data: Float32Array.of(scalars[name]!) }];
      if (dtype === 'uint8') return [name, { dtype, shape, data: Uint8Array.from(drawn.data, (x) => 256 * x) }];
      return [name, { dtype: 'float16', shape, data: toHalf(drawn.data) }];
    }),
  );
}

/** A feed with which the loss is NaN. */
export const poisonedFeedsOf = (source: ProgramSource): Record<string, Tensor> => ({
  ...feedsOf(source, 2),
  shares: { dtype: 'float32', shape: [batch], data: new Float32Array(batch).fill(Number.NaN) },
});

/** Outputs of some runs, and the resulting state, by name. */
export async function outcomeOf(
  engine: Pick<Engine, 'load'>,
  source: ProgramSource,
  runs = 2,
): Promise<ReadonlyMap<string, Float32Array>> {
  const program = await engine.load(source);
  const start = source.state.length > 0 ? stateOf(source) : new Map<string, Tensor>();
  if (source.state.length > 0) await program.writeState(start);
  const found = new Map<string, Float32Array>();
  for (let run = 1; run <= runs; run++)
    for (const [name, tensor] of Object.entries(await program.run(feedsOf(source, run))))
      found.set(`${name} of run ${run}`, floatsOf(tensor));
  for (const [name, tensor] of await program.readState()) {
    const before = floatsOf(start.get(name)!);
    found.set(
      `change of ${name}`,
      floatsOf(tensor).map((x, i) => x - before[i]!),
    );
  }
  await program.dispose();
  return found;
}

/** A thousandth of the largest entry: the engines sum in different orders. */
export const checkClose = (name: string, found: Float32Array, expected: Float32Array, share = 1e-3): void =>
  allClose(name, found, expected, {
    absolute: share * expected.reduce((most, x) => Math.max(most, Math.abs(x)), 1e-6),
  });

export const floatsOf = ({ dtype, data }: Tensor): Float32Array =>
  dtype === 'float16' ? fromHalf(data as Uint16Array) : (data as Float32Array);

/** An operator and its gradients, against ONNX Runtime in this thread. */
export async function checkOperator(each: OpCase, engine: Pick<Engine, 'load'>, share?: number): Promise<void> {
  const inEngine = async (source: ProgramSource) => {
    const program = await engine.load(source);
    return { run: program.run, release: program.dispose };
  };
  const [expected, found] = [await runCase(each), await runCase(each, inEngine)];
  const [a, b] = [await expected.run(each.inputs), await found.run(each.inputs)];
  checkClose('y', b.y, a.y, share);
  for (const [i, gradient] of a.gradients.entries()) checkClose(`gradient ${i}`, b.gradients[i]!, gradient, share);
  await Promise.all([expected.release(), found.release()]);
}
