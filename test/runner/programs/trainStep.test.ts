// Four training steps against PyTorch 2.15: losses, logits, every gradient of the first step, every weight after the last.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { classObjective } from '../../../runner/classification/objective.ts';
import { createCpuEngine } from '../../../runner/engine/onnx/onnxEngine.ts';
import { labelsTensor } from '../../../runner/programs/labels.ts';
import { trainStepProgram } from '../../../runner/programs/trainStep.ts';
import { type Parameters, sizeOf, type Tensor } from '../../../runner/tensor.ts';
import { allClose } from '../../support/allClose.ts';
import { checkTraining, sharesOf, trainingCases, unfreezeOf } from '../../support/referenceCases.ts';
import { referenceParameters, referenceTensor } from '../../support/referenceTensors.ts';
import { runOnce, runProgram } from '../../support/runProgram.ts';

const engine = createCpuEngine(2);
after(() => engine.dispose());

for (const each of trainingCases)
  test(`trainStepProgram() equals PyTorch: ${each.arch}, ${unfreezeOf(each)} with ${each.optimizer}`, () =>
    checkTraining(engine, each));

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

const scalar = (number: number): Tensor => ({ dtype: 'float32', shape: [], data: Float32Array.of(number) });
const floats = (tensor: Tensor | undefined): Float32Array => tensor!.data as Float32Array;

// From here on, a small network on small images: properties of the step besides PyTorch's numbers.

const small = {
  architecture: 'resnet18',
  parameters: referenceParameters('resnet18', 2),
  unfreeze: 'head',
  objective: classObjective('resnet18', 2),
  imageSize: 32,
  featureType: 'float32',
  optimizer: { type: 'sgd', learningRate: { head: 0.1 }, weightDecay: 0, momentum: 0.9 },
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
    shares: sharesOf(weights),
    ...rates,
    ...initialState(source.state, small.parameters),
  });
}
const row = (name: string) => referenceTensor(name, [512], 0, 1).data;

test('trainStepProgram() ignores padding of weight 0', async () => {
  const padded = await smallStep([row('a'), row('b'), row('c')], [0, 1, 1], [1, 2, 0]);
  const plain = await smallStep([row('a'), row('b')], [0, 1], [1, 2]);
  allClose('loss', floats(padded.loss), floats(plain.loss), { relative: 1e-6 });
  allClose('fc.weight', floats(padded['fc.weight/next']), floats(plain['fc.weight/next']), { absolute: 1e-6 });
});

for (const poison of [Number.NaN, Number.POSITIVE_INFINITY])
  test(`trainStepProgram() reports a single ${poison} among the features through its guards`, async () => {
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
    optimizer: { type: 'adamw', learningRate: { head: 0.1 }, weightDecay: 0, betas: [0.9, 0.999], epsilon: 1e-8 },
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
    'shares',
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
    objective: classObjective('resnet50', 2),
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
      labels: labelsTensor([0, 1]),
      shares: sharesOf([1, 1]),
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
