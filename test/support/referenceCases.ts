// The numbers of torchvision, PyTorch and pytorch-grad-cam (test/reference/), compared with any engine.

import { classObjective } from '../../runner/classification/objective.ts';
import type { Engine, ProgramSource } from '../../runner/engine/engine.ts';
import { classMap, type LayerGradients } from '../../runner/explain/classMaps.ts';
import { partOf } from '../../runner/network/parameters.ts';
import { gradCamProgram } from '../../runner/programs/gradCam.ts';
import { labelsTensor } from '../../runner/programs/labels.ts';
import { segmentProgram } from '../../runner/programs/segment.ts';
import { trainStepProgram } from '../../runner/programs/trainStep.ts';
import { trunkProgram } from '../../runner/programs/trunk.ts';
import { sizeOf, type Tensor } from '../../runner/tensor.ts';
import { loadBatchStep } from '../../runner/training/step/batchStep.ts';
import { initialStepState } from '../../runner/training/step/stepInputs.ts';
import { type Architecture, currentPartName } from '../../shared/contracts/architectures.ts';
import type { ExplanationScore } from '../../shared/contracts/explanation.ts';
import type { Optimizer } from '../../shared/contracts/optimizers.ts';
import type { Unfreeze } from '../../shared/contracts/recipe.ts';
import { allClose, matchesDigest } from './allClose.ts';
import { type Digest, readReference, referenceParameters, referenceTensor } from './referenceTensors.ts';

type Loads = Pick<Engine, 'load'>;

const imageSize = 224;
const floats = (tensor: Tensor | undefined): Float32Array => tensor!.data as Float32Array;

async function runOnce(engine: Loads, source: ProgramSource, feeds: Readonly<Record<string, Tensor>>) {
  const program = await engine.load(source);
  const out = await program.run(feeds);
  await program.dispose();
  return out;
}

/** Features after each layer, and logits. */
export interface ForwardCase {
  readonly arch: Architecture;
  readonly classes: number;
  readonly input: Digest;
  readonly taps: Readonly<Record<'maxpool' | 'layer1' | 'layer2' | 'layer3' | 'layer4' | 'avgpool', Digest>>;
  readonly logits: readonly (readonly number[])[];
}
export const { cases: forwardCases } = readReference<{ cases: readonly ForwardCase[] }>('forward');

// The cut above a layer contains the layer's output.
const cutAfter = { maxpool: 'layer1', layer1: 'layer2', layer2: 'layer3', layer3: 'layer4' } as const;

export async function checkForward(engine: Loads, each: ForwardCase): Promise<void> {
  const { arch: architecture, classes, taps, logits } = each;
  const input = referenceTensor('input', [2, 3, imageSize, imageSize], -2, 2);
  matchesDigest('input', input, each.input, 1e-6);
  const parameters = referenceParameters(architecture, classes);
  const common = { architecture, parameters, batch: 2, imageSize, featureType: 'float32' } as const;
  const cuts = Object.values(cutAfter);
  const features = await runOnce(engine, trunkProgram({ ...common, cuts, input: 'normalized' }), { input });
  // Float32 in another order of summation, through up to 100 layers: far below a thousandth of a deviation.
  for (const [tap, cut] of Object.entries(cutAfter))
    matchesDigest(tap, features[cut]!, taps[tap as keyof typeof cutAfter], 1e-3);
  const toPooled = segmentProgram({ ...common, from: 'layer4', to: 'head' });
  const { head } = await runOnce(engine, toPooled, { features: features.layer4! });
  const pooled = { ...head!, shape: [...head!.shape, 1, 1] };
  matchesDigest('avgpool', pooled, taps.avgpool, 1e-3);
  const toLogits = segmentProgram({ ...common, from: 'head', to: 'logits' });
  const out = await runOnce(engine, toLogits, { features: head! });
  allClose('logits', floats(out.logits), logits.flat(), { relative: 1e-3, absolute: 1e-5 });
}

/** Losses, logits, every gradient of the first step, every weight after the last. */
export interface TrainingCase {
  readonly arch: Architecture;
  readonly classes: number;
  readonly optimizer: 'adamw' | 'sgd';
  readonly unfrozen: readonly string[];
  readonly class_weights: readonly number[] | null;
  readonly lr_body: number;
  readonly lr_head: number;
  readonly weight_decay: number;
  readonly momentum: number;
  readonly betas: readonly [number, number];
  readonly eps: number;
  readonly steps: readonly {
    readonly labels: readonly number[];
    readonly loss: number;
    readonly logits: readonly (readonly number[])[];
    readonly gradients: Readonly<Record<string, Digest>> | null;
  }[];
  readonly after: Readonly<Record<string, Digest>>;
}
export const { cases: trainingCases } = readReference<{ cases: readonly TrainingCase[] }>('training');

export const unfreezeOf = ({ unfrozen: [lowest] }: Pick<TrainingCase, 'unfrozen'>): Unfreeze =>
  lowest === 'conv1' ? 'all' : (currentPartName(lowest!) as Unfreeze);

export async function checkTraining(engine: Loads, each: TrainingCase): Promise<void> {
  const { arch: architecture, classes: classCount } = each;
  const unfreeze = unfreezeOf(each);
  const parameters = referenceParameters(architecture, classCount);
  const optimizer = optimizerOf(each);
  const common = { architecture, parameters, batch: 4, imageSize, featureType: 'float32' } as const;
  const objective = classObjective(architecture, classCount);
  const source = trainStepProgram({ ...common, unfreeze, objective, optimizer, exposeGradients: true });
  const step = await engine.load(source);
  const trunk =
    unfreeze === 'all'
      ? undefined
      : await engine.load(trunkProgram({ ...common, cuts: [unfreeze], input: 'normalized' }));
  await step.writeState(initialStepState(source, parameters));
  for (const [i, expected] of each.steps.entries()) {
    const input = referenceTensor(`batch${i}`, [common.batch, 3, imageSize, imageSize], -2, 2);
    const features = trunk ? (await trunk.run({ input }))[unfreeze]! : input;
    const out = await step.run({ features, ...labelled(expected.labels, each), ...scalarsOf(each, i + 1) });
    allClose(`loss ${i}`, floats(out.loss), [expected.loss], { relative: 1e-3 });
    allClose(`logits ${i}`, floats(out.logits), expected.logits.flat(), { relative: 1e-3, absolute: 1e-4 });
    if (expected.gradients) checkGradients(each.arch, out, expected.gradients);
  }
  const state = await step.readState();
  for (const [name, digest] of Object.entries(each.after))
    matchesDigest(name, state.get(name)!, digest, 1e-3, slackOf(each, name));
  await Promise.all([step.dispose(), trunk?.dispose()]);
}

/** The same steps in micro-batches of the given number of their four images. */
export async function checkTrainingInRuns(engine: Engine, each: TrainingCase, imagesAtOnce: number): Promise<void> {
  const { arch: architecture, classes: classCount } = each;
  const unfreeze = unfreezeOf(each);
  const parameters = referenceParameters(architecture, classCount);
  const common = { architecture, parameters, batch: 4, imageSize, featureType: 'float32' } as const;
  const trunk =
    unfreeze === 'all'
      ? undefined
      : await engine.load(trunkProgram({ ...common, cuts: [unfreeze], input: 'normalized' }));
  const optimizer = optimizerOf(each);
  const objective = classObjective(architecture, classCount);
  const trainStep = await loadBatchStep(engine, { ...common, unfreeze, objective, optimizer, imagesAtOnce });
  const momentum = each.optimizer === 'sgd' ? each.momentum : each.betas[0];
  for (const [i, { labels, loss, logits }] of each.steps.entries()) {
    const images = referenceTensor(`batch${i}`, [common.batch, 3, imageSize, imageSize], -2, 2);
    const found = await trainStep.take({
      inputs: {
        features: trunk ? (await trunk.run({ input: images }))[unfreeze]! : images,
        labels: labelsTensor(labels),
      },
      weights: weightsOf(labels, each),
      rates: { head: { learningRate: each.lr_head, momentum }, backbone: { learningRate: each.lr_body, momentum } },
      step: i + 1,
    });
    allClose(`loss ${i}`, [found.loss], [loss], { relative: 1e-3 });
    allClose(`logits ${i}`, found.outputs.logits!, logits.flat(), { relative: 1e-3, absolute: 1e-4 });
  }
  const state = await trainStep.readState();
  for (const [name, digest] of Object.entries(each.after))
    matchesDigest(name, state.get(name)!, digest, 1e-3, slackOf(each, name));
  await Promise.all([trainStep.dispose(), trunk?.dispose()]);
}

function optimizerOf(each: TrainingCase): Optimizer {
  const common = { learningRate: { head: each.lr_head, backbone: each.lr_body }, weightDecay: each.weight_decay };
  return each.optimizer === 'sgd'
    ? { type: 'sgd', ...common, momentum: each.momentum }
    : { type: 'adamw', ...common, betas: [...each.betas], epsilon: each.eps };
}

/**
 * AdamW divides a gradient by its own size: an entry whose gradient is rounding noise may move by a rate in any direction, so nothing
 * can be asserted about it. All other entries have no slack.
 */
function slackOf({ optimizer, steps, lr_head }: TrainingCase, name: string): readonly number[] {
  const gradient = steps[0]!.gradients![name]!;
  const isNoise = (value: number) => Math.abs(value) < 1e-4 * gradient.std;
  return gradient.values.map((value) => (optimizer === 'adamw' && isNoise(value) ? steps.length * lr_head : 0));
}

/**
 * Among the hundreds of thousands of positions in the lowest parts, rounding decides the ReLU or pooling of a few. One that differs
 * from PyTorch changes the gradients below it by a whole term of their sums: up to 3 % of the deviation was observed, while
 * everything above agrees to 1e-6.
 */
const shareOf = (architecture: Architecture, name: string) =>
  ['conv1', 'layer1'].includes(partOf(architecture, name)) ? 5e-2 : 1e-3;

function checkGradients(
  architecture: Architecture,
  out: Readonly<Record<string, Tensor>>,
  gradients: Readonly<Record<string, Digest>>,
): void {
  let squares = 0;
  for (const [name, digest] of Object.entries(gradients)) {
    matchesDigest(`gradient of ${name}`, out[`${name}/gradient`]!, digest, shareOf(architecture, name));
    squares += sizeOf(digest.shape) * (digest.std ** 2 + digest.mean ** 2);
  }
  allClose('gradientNorm', floats(out.gradientNorm), [Math.sqrt(squares)], { relative: 1e-3 });
}

const labelled = (labels: readonly number[], each: TrainingCase): Record<string, Tensor> => ({
  labels: labelsTensor(labels),
  shares: sharesOf(weightsOf(labels, each)),
});

const weightsOf = (labels: readonly number[], { class_weights }: TrainingCase): number[] =>
  labels.map((label) => class_weights?.[label] ?? 1);

/** The training step's input: each sample's weight divided by the sum of all. */
export function sharesOf(weights: readonly number[]): Tensor {
  const sum = weights.reduce((total, weight) => total + weight);
  return { dtype: 'float32', shape: [weights.length], data: Float32Array.from(weights, (weight) => weight / sum) };
}

function scalarsOf(each: TrainingCase, t: number): Record<string, Tensor> {
  const numbers: Record<string, number> = {
    learningRateHead: each.lr_head,
    learningRateBackbone: each.lr_body,
    weightDecay: each.weight_decay,
    momentum: each.optimizer === 'sgd' ? each.momentum : each.betas[0],
  };
  if (each.optimizer === 'adamw') {
    numbers.biasCorrection1 = 1 - each.betas[0] ** t;
    numbers.biasCorrection2 = 1 - each.betas[1] ** t;
  }
  return Object.fromEntries(
    Object.entries(numbers).map(([name, number]): [string, Tensor] => [
      name,
      { dtype: 'float32', shape: [], data: Float32Array.of(number) },
    ]),
  );
}

/** Grad-CAM of one image at 224 px, at layer4. */
export interface GradCamCase {
  readonly arch: Architecture;
  readonly target: ExplanationScore;
  readonly class_index: number;
  readonly logits: readonly number[];
  readonly cam: readonly (readonly number[])[];
}
export const { cases: gradCamCases } = readReference<{ cases: readonly GradCamCase[] }>('gradcam');

export async function checkGradCam(engine: Loads, each: GradCamCase): Promise<void> {
  const source = gradCamProgram({
    architecture: each.arch,
    parameters: referenceParameters(each.arch, 2),
    layer: 'layer4',
    of: each.target,
    batch: 1,
    imageSize,
    featureType: 'float32',
  });
  const features = referenceTensor('cam', [1, 3, imageSize, imageSize], -2, 2);
  const out = await runOnce(engine, source, { features, labels: labelsTensor([each.class_index]) });
  allClose('logits', floats(out.logits), each.logits, { relative: 1e-3, absolute: 1e-5 });
  allClose('map', classMap('grad-cam', layerOf(out, 0)).values, each.cam.flat(), { absolute: 1e-3 });
}

/** Output of Grad-CAM's program for image `n`. */
export function layerOf({ activations, gradients }: Record<string, Tensor>, n: number): LayerGradients {
  const [, height = 0, width = 0, channels = 0] = activations!.shape;
  const positions = height * width;
  const own = (tensor: Tensor | undefined) =>
    floats(tensor).subarray(n * positions * channels, (n + 1) * positions * channels);
  return { positions, channels, activations: own(activations), gradients: own(gradients) };
}
