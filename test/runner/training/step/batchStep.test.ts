// A step in micro-batches equals the step of the whole batch.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { classObjective } from '../../../../runner/classification/objective.ts';
import { createCpuEngine } from '../../../../runner/engine/onnx/onnxEngine.ts';
import { featureShape } from '../../../../runner/network/cut.ts';
import { labelsTensor } from '../../../../runner/programs/labels.ts';
import { trainStepProgram } from '../../../../runner/programs/trainStep.ts';
import { sizeOf, type Tensor } from '../../../../runner/tensor.ts';
import { loadBatchStep, type StepBatch, type StepResult } from '../../../../runner/training/step/batchStep.ts';
import { initialStepState, runScalars, stepScalars } from '../../../../runner/training/step/stepInputs.ts';
import { toHalf } from '../../../../runner/weights/formats/half.ts';
import type { Optimizer } from '../../../../shared/contracts/optimizers.ts';
import type { Unfreeze } from '../../../../shared/contracts/recipe.ts';
import { allClose } from '../../../support/allClose.ts';
import { checkTrainingInRuns, trainingCases, unfreezeOf } from '../../../support/referenceCases.ts';
import { referenceParameters, referenceTensor } from '../../../support/referenceTensors.ts';

const engine = createCpuEngine(2);
after(() => engine.dispose());

const [batch, imageSize, classCount] = [7, 32, 3];
const learningRate = { head: 0.01, backbone: 0.005 };
const sgd: Optimizer = { type: 'sgd', learningRate, weightDecay: 0.01, momentum: 0.9 };
// A larger epsilon than usual: otherwise rounding of a tiny gradient would decide the step.
const adamw: Optimizer = { type: 'adamw', learningRate, weightDecay: 0.01, betas: [0.9, 0.999], epsilon: 1e-3 };

const options = (unfreeze: Unfreeze, optimizer: Optimizer) =>
  ({
    architecture: 'resnet18',
    parameters: referenceParameters('resnet18', classCount),
    unfreeze,
    objective: classObjective('resnet18', classCount),
    batch,
    imageSize,
    featureType: unfreeze === 'all' ? 'uint8' : 'float16',
    optimizer,
  }) as const;

const rates = (momentum = 0.9) => ({
  head: { learningRate: learningRate.head, momentum },
  backbone: { learningRate: learningRate.backbone, momentum },
});

/** Lost images in the middle, and the last batch of an epoch, which is mostly padding. */
const weightsOf: readonly (readonly number[])[] = [
  [0.5, 1, 2, 0.5, 0.5, 2, 1],
  [1, 0, 0.5, 0, 2, 1, 0.5],
  [2, 0.5, 0, 0, 0, 0, 0],
];

function stepBatch(unfreeze: Unfreeze, step: number): StepBatch {
  return {
    inputs: {
      [unfreeze === 'all' ? 'pixels' : 'features']: inputOf(unfreeze, step),
      labels: labelsTensor([0, 1, 2, 0, 0, 2, 1]),
    },
    weights: weightsOf[step - 1]!,
    rates: rates(1 - 0.1 * step),
    step,
  };
}

function inputOf(unfreeze: Unfreeze, step: number): Tensor {
  if (unfreeze === 'all') {
    const shape = [batch, imageSize, imageSize, 3];
    const drawn = referenceTensor(`pixels ${step}`, shape, 0, 256);
    return { dtype: 'uint8', shape, data: Uint8Array.from(drawn.data) };
  }
  const shape = [batch, ...featureShape('resnet18', unfreeze, imageSize)];
  return { dtype: 'float16', shape, data: toHalf(referenceTensor(`features ${step}`, shape, 0, 1).data) };
}

async function threeSteps(unfreeze: Unfreeze, optimizer: Optimizer, imagesAtOnce: number) {
  const trainStep = await loadBatchStep(engine, { ...options(unfreeze, optimizer), imagesAtOnce });
  const results: StepResult[] = [];
  for (const step of [1, 2, 3]) results.push(await trainStep.take(stepBatch(unfreeze, step)));
  const state = await trainStep.readState();
  await trainStep.dispose();
  return { results, state };
}

/** Sums in another order: in single precision, a millionth of the largest entry per step and layer. */
const closeTo = (name: string, found: ArrayLike<number>, expected: ArrayLike<number>, share = 1e-4) =>
  allClose(name, found, expected, {
    absolute: share * Array.from(expected).reduce((most, x) => Math.max(most, Math.abs(x)), 1e-6),
  });

for (const [unfreeze, optimizer, runs] of [
  ['head', sgd, [1, 2, 3, 6]],
  ['head', adamw, [1, 2, 3, 6]],
  ['layer4', sgd, [3]],
  ['layer4', adamw, [3]],
  ['all', sgd, [4]],
] as const)
  test(`a step from ${unfreeze} with ${optimizer.type} in micro-batches of ${runs.join(', ')} equals the whole batch's`, async () => {
    const whole = await threeSteps(unfreeze, optimizer, Number.POSITIVE_INFINITY);
    const parameters = referenceParameters('resnet18', classCount);
    for (const imagesAtOnce of runs) {
      const { results, state } = await threeSteps(unfreeze, optimizer, imagesAtOnce);
      for (const [i, expected] of whole.results.entries()) {
        const { loss, gradientNorm, outputs } = results[i]!;
        closeTo(`loss ${i}`, [loss], [expected.loss]);
        closeTo(`gradientNorm ${i}`, [gradientNorm], [expected.gradientNorm]);
        // Logits of padding belong to no image.
        const real = [...weightsOf[i]!.keys()].filter((row) => weightsOf[i]![row]! > 0);
        const rowsOf = (all: Float32Array) =>
          real.flatMap((row) => [...all.subarray(row * classCount, (row + 1) * classCount)]);
        closeTo(`logits ${i}`, rowsOf(outputs.logits!), rowsOf(expected.outputs.logits!));
      }
      assert.deepEqual([...state.keys()], [...whole.state.keys()]);
      for (const [name, { data }] of whole.state) {
        const before = (parameters.get(name)?.data as Float32Array | undefined) ?? new Float32Array(data.length);
        const changeOf = (tensor: Tensor) => (tensor.data as Float32Array).map((x, at) => x - before[at]!);
        closeTo(`change of ${name}`, changeOf(state.get(name)!), changeOf(whole.state.get(name)!), 1e-3);
      }
    }
  });

for (const each of trainingCases)
  test(`a step in micro-batches of 3 and 1 images equals PyTorch's: ${each.arch}, ${unfreezeOf(each)} with ${each.optimizer}`, () =>
    checkTrainingInRuns(engine, each, 3));

for (const optimizer of [sgd, adamw])
  test(`a micro-batch before the last keeps parameters and moments of ${optimizer.type} bit for bit`, async () => {
    const made = options('layer4', optimizer);
    const source = trainStepProgram({ ...made, accumulates: true });
    const program = await engine.load(source);
    await program.writeState(initialStepState(source, made.parameters));
    const run = (step: number, place: Parameters<typeof runScalars>[0]) =>
      program.run({
        features: inputOf('layer4', step),
        labels: { dtype: 'float32', shape: [batch], data: Float32Array.of(0, 1, 2, 0, 0, 2, 1) },
        shares: { dtype: 'float32', shape: [batch], data: new Float32Array(batch).fill(1 / batch) },
        ...stepScalars(optimizer, rates(), step),
        ...runScalars(place),
      });
    // Moments that are no longer 0.
    await run(1, { isFirst: true, isLast: true });
    const before = await program.readState();
    await run(2, { isFirst: true, isLast: false });
    await run(3, { isFirst: false, isLast: false });
    const after = await program.readState();
    for (const [name, tensor] of before)
      if (name.endsWith('/gradientSum')) assert.notDeepEqual(after.get(name), tensor);
      else assert.deepEqual(bitsOf(after.get(name)!), bitsOf(tensor), name);
    await program.dispose();
  });

const bitsOf = ({ data }: Tensor) => Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('base64');

test('a micro-batch whose samples all have weight 0 adds nothing, not even NaN', async () => {
  const trainStep = await loadBatchStep(engine, { ...options('head', sgd), imagesAtOnce: 1 });
  const { loss, gradientNorm } = await trainStep.take({ ...stepBatch('head', 1), weights: [0, 0, 0, 1, 0, 0, 0] });
  assert.ok(Number.isFinite(loss) && loss > 0 && Number.isFinite(gradientNorm));
  await trainStep.dispose();
});

test('a step with a non-finite micro-batch is rejected and reported', async () => {
  const trainStep = await loadBatchStep(engine, { ...options('head', sgd), imagesAtOnce: 2 });
  await trainStep.take(stepBatch('head', 1));
  const before = await trainStep.readState();
  const poisoned = stepBatch('head', 2);
  const infinity = 0x7c00;
  const { features } = poisoned.inputs;
  (features!.data as Uint16Array)[sizeOf(features!.shape) - 1] = infinity; // of the last image
  const { loss, gradientNorm } = await trainStep.take(poisoned);
  assert.ok(!Number.isFinite(loss) || !Number.isFinite(gradientNorm));
  assert.deepEqual(await trainStep.readState(), before);
  await trainStep.dispose();
});

test('a checkpoint of micro-batch steps continues with whole batches, and vice versa', async () => {
  const { parameters } = options('layer4', adamw);
  const states: ReadonlyMap<string, Tensor>[] = [];
  for (const [first, second] of [
    [2, 7],
    [7, 2],
    [7, 7],
  ] as const) {
    const one = await loadBatchStep(engine, { ...options('layer4', adamw), imagesAtOnce: first });
    await one.take(stepBatch('layer4', 1));
    const state = await one.readState();
    await one.dispose();
    const moved = new Map([...parameters].map(([name, old]) => [name, (state.get(name) as typeof old) ?? old]));
    const other = await loadBatchStep(engine, {
      ...options('layer4', adamw),
      parameters: moved,
      optimizerState: new Map([...state].filter(([name]) => !parameters.has(name))),
      imagesAtOnce: second,
    });
    await other.take(stepBatch('layer4', 2));
    states.push(await other.readState());
    await other.dispose();
  }
  const expected = states.pop()!;
  for (const state of states)
    for (const [name, { data }] of expected)
      closeTo(name, state.get(name)!.data as Float32Array, data as Float32Array, 1e-3);
});
