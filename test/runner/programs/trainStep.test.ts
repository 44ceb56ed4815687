// Four training steps against PyTorch 2.15: losses, logits, every gradient of the first step, every weight after the last.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Architecture, Unfreeze } from '../../../runner/contracts/recipe.ts';
import { partOf } from '../../../runner/network/parameters.ts';
import { labelsTensor } from '../../../runner/programs/labels.ts';
import { trainStepProgram } from '../../../runner/programs/trainStep.ts';
import { trunkProgram } from '../../../runner/programs/trunk.ts';
import { type Parameters, sizeOf, type Tensor } from '../../../runner/tensor.ts';
import { allClose, matchesDigest } from '../../support/allClose.ts';
import { type Digest, readReference, referenceParameters, referenceTensor } from '../../support/referenceTensors.ts';
import { runOnce, runProgram } from '../../support/runProgram.ts';

interface TrainingCase {
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
const { cases } = readReference<{ cases: readonly TrainingCase[] }>('training');
const batch = 4;
const imageSize = 224;

for (const each of cases) {
  const unfreeze = (each.unfrozen[0] === 'conv1' ? 'all' : each.unfrozen[0]) as Unfreeze;
  test(`trainStepProgram() equals PyTorch: ${each.arch}, ${unfreeze} with ${each.optimizer}`, async () => {
    const { arch: architecture, classes: classCount } = each;
    const parameters = referenceParameters(architecture, classCount);
    const optimizer =
      each.optimizer === 'sgd'
        ? ({ type: 'sgd' } as const)
        : ({ type: 'adamw', betas: each.betas, epsilon: each.eps } as const);
    const common = { architecture, parameters, batch, imageSize, featureType: 'float32' } as const;
    const source = trainStepProgram({ ...common, unfreeze, classCount, optimizer, exposeGradients: true });
    const step = await runProgram(source);
    const trunk =
      unfreeze === 'all'
        ? undefined
        : await runProgram(trunkProgram({ ...common, cuts: [unfreeze], input: 'normalized' }));
    let state = initialState(source.state, parameters);
    for (const [i, expected] of each.steps.entries()) {
      const input = referenceTensor(`batch${i}`, [batch, 3, imageSize, imageSize], -2, 2);
      const features = trunk ? (await trunk.run({ input }))[unfreeze]! : input;
      const out = await step.run({ features, ...labelled(expected.labels, each), ...scalarsOf(each, i + 1), ...state });
      allClose(`loss ${i}`, floats(out.loss), [expected.loss], { relative: 1e-3 });
      allClose(`logits ${i}`, floats(out.logits), expected.logits.flat(), { relative: 1e-3, absolute: 1e-4 });
      if (expected.gradients) checkGradients(out, expected.gradients);
      state = Object.fromEntries(source.state.map(({ current, next }) => [current, out[next]!]));
    }
    for (const [name, digest] of Object.entries(each.after))
      matchesDigest(name, state[name]!, digest, 1e-3, slackOf(each, name));
    await Promise.all([step.release(), trunk?.release()]);
  });
}

/**
 * AdamW divides a gradient by its own size: an entry whose gradient is rounding noise may move by a rate in any direction, and
 * nothing can be said of it. All other entries have no slack.
 */
function slackOf({ optimizer, steps, lr_head }: TrainingCase, name: string): readonly number[] {
  const gradient = steps[0]!.gradients![name]!;
  const isNoise = (value: number) => Math.abs(value) < 1e-4 * gradient.std;
  return gradient.values.map((value) => (optimizer === 'adamw' && isNoise(value) ? steps.length * lr_head : 0));
}

/**
 * Of the hundred thousands of positions in the lowest parts, a few decide their ReLU or pooling by less than rounding. One that falls
 * otherwise than in PyTorch moves the gradients below it by a whole term of their sums: up to 3 % of the deviation was seen, while
 * everything above agrees to 1e-6.
 */
const shareOf = (name: string) => (['conv1', 'layer1'].includes(partOf(name)) ? 5e-2 : 1e-3);

function checkGradients(out: Readonly<Record<string, Tensor>>, gradients: Readonly<Record<string, Digest>>): void {
  let squares = 0;
  for (const [name, digest] of Object.entries(gradients)) {
    matchesDigest(`gradient of ${name}`, out[`${name}/gradient`]!, digest, shareOf(name));
    squares += sizeOf(digest.shape) * (digest.std ** 2 + digest.mean ** 2);
  }
  allClose('gradientNorm', floats(out.gradientNorm), [Math.sqrt(squares)], { relative: 1e-3 });
}

const initialState = (
  state: ReturnType<typeof trainStepProgram>['state'],
  parameters: Parameters,
): Record<string, Tensor> =>
  Object.fromEntries(
    state.map(({ current, spec }) => [
      current,
      parameters.get(current) ?? { ...spec, data: new Float32Array(sizeOf(spec.shape)) },
    ]),
  );

const labelled = (labels: readonly number[], each: Pick<TrainingCase, 'class_weights'>): Record<string, Tensor> => ({
  labels: labelsTensor(labels),
  sampleWeights: {
    dtype: 'float32',
    shape: [labels.length],
    data: Float32Array.from(labels, (label) => each.class_weights?.[label] ?? 1),
  },
});

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
  return Object.fromEntries(Object.entries(numbers).map(([name, number]) => [name, scalar(number)]));
}

const scalar = (number: number): Tensor => ({ dtype: 'float32', shape: [], data: Float32Array.of(number) });
const floats = (tensor: Tensor | undefined): Float32Array => tensor!.data as Float32Array;

// From here on a small network on small images: what the step promises besides PyTorch's numbers.

const small = {
  architecture: 'resnet18',
  parameters: referenceParameters('resnet18', 2),
  unfreeze: 'fc',
  classCount: 2,
  imageSize: 32,
  featureType: 'float32',
  optimizer: { type: 'sgd' },
} as const;
const rates = {
  learningRateHead: scalar(0.1),
  learningRateBackbone: scalar(0),
  momentum: scalar(0.9),
  weightDecay: scalar(0),
};

async function smallStep(
  features: readonly Float32Array[],
  labels: readonly number[],
  weights: readonly number[],
): Promise<Record<string, Tensor>> {
  const source = trainStepProgram({ ...small, batch: labels.length });
  return runOnce(source, {
    features: {
      dtype: 'float32',
      shape: [labels.length, 512],
      data: Float32Array.from(features.flatMap((row) => [...row])),
    },
    labels: labelsTensor(labels),
    sampleWeights: { dtype: 'float32', shape: [labels.length], data: Float32Array.from(weights) },
    ...rates,
    ...initialState(source.state, small.parameters),
  });
}
const row = (name: string) => referenceTensor(name, [512], 0, 1).data;

test('trainStepProgram() learns nothing from padding of weight 0', async () => {
  const padded = await smallStep([row('a'), row('b'), row('c')], [0, 1, 1], [1, 2, 0]);
  const plain = await smallStep([row('a'), row('b')], [0, 1], [1, 2]);
  allClose('loss', floats(padded.loss), floats(plain.loss), { relative: 1e-6 });
  allClose('fc.weight', floats(padded['fc.weight/next']), floats(plain['fc.weight/next']), { absolute: 1e-6 });
});

for (const poison of [Number.NaN, Number.POSITIVE_INFINITY])
  test(`trainStepProgram() shows a single ${poison} among the features in its guards`, async () => {
    const features = row('a').slice();
    features[17] = poison;
    const { loss, gradientNorm } = await smallStep([features, row('b')], [0, 1], [1, 1]);
    assert.ok(!Number.isFinite(floats(loss)[0]) || !Number.isFinite(floats(gradientNorm)[0]));
    assert.deepEqual(trainStepProgram({ ...small, batch: 2 }).guards, ['loss', 'gradientNorm']);
  });

test('trainStepProgram() keeps the loss finite for logits of 10,000', async () => {
  const { loss, gradientNorm } = await smallStep([row('a').map((x) => x * 1e5), row('b')], [0, 1], [1, 1]);
  assert.ok(Number.isFinite(floats(loss)[0]) && Number.isFinite(floats(gradientNorm)[0]));
});

test('trainStepProgram() names inputs, outputs and state', () => {
  const source = trainStepProgram({
    ...small,
    unfreeze: 'layer4',
    batch: 2,
    featureType: 'float16',
    optimizer: { type: 'adamw', betas: [0.9, 0.999], epsilon: 1e-8 },
  });
  assert.deepEqual(source.inputs.features, { dtype: 'float16', shape: [2, 256, 2, 2] });
  assert.deepEqual(Object.keys(source.inputs).sort(), [
    'biasCorrection1',
    'biasCorrection2',
    'features',
    'labels',
    'learningRateBackbone',
    'learningRateHead',
    'momentum',
    'sampleWeights',
    'weightDecay',
  ]);
  assert.deepEqual(Object.keys(source.outputs), ['loss', 'logits', 'gradientNorm']);
  assert.deepEqual(source.state.slice(0, 3), [
    {
      current: 'layer4.0.conv1.weight',
      next: 'layer4.0.conv1.weight/next',
      spec: { dtype: 'float32', shape: [512, 256, 3, 3] },
    },
    {
      current: 'layer4.0.conv1.weight/moment1',
      next: 'layer4.0.conv1.weight/moment1/next',
      spec: { dtype: 'float32', shape: [512, 256, 3, 3] },
    },
    {
      current: 'layer4.0.conv1.weight/moment2',
      next: 'layer4.0.conv1.weight/moment2/next',
      spec: { dtype: 'float32', shape: [512, 256, 3, 3] },
    },
  ]);
});

test('trainStepProgram() trains every part from pixels', async () => {
  const parameters = referenceParameters('resnet50', 2);
  const source = trainStepProgram({
    ...small,
    architecture: 'resnet50',
    parameters,
    unfreeze: 'all',
    batch: 2,
    featureType: 'uint8',
  });
  const pixels = Uint8Array.from(referenceTensor('pixels', [2 * 32 * 32 * 3], 0, 256).data);
  const run = await runProgram(source);
  let state = initialState(source.state, parameters);
  const losses: number[] = [];
  for (let i = 0; i < 4; i++) {
    const out = await run.run({
      pixels: { dtype: 'uint8', shape: [2, 32, 32, 3], data: pixels },
      ...labelled([0, 1], { class_weights: null }),
      ...rates,
      learningRateHead: scalar(1e-3),
      learningRateBackbone: scalar(1e-3),
      ...state,
    });
    losses.push(floats(out.loss)[0]!);
    state = Object.fromEntries(source.state.map(({ current, next }) => [current, out[next]!]));
  }
  await run.release();
  assert.ok(
    losses.every((loss, i) => i === 0 || loss < losses[i - 1]!),
    `losses ${losses} do not fall`,
  );
  assert.notDeepEqual(state['conv1.weight']!.data, parameters.get('conv1.weight')!.data);
});
