// BatchNorm in train mode: ten steps against torch.nn.BatchNorm2d in float64, and its rules about absent images.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { classObjective } from '../../../runner/classification/objective.ts';
import { createCpuEngine } from '../../../runner/engine/onnx/onnxEngine.ts';
import { labelsTensor } from '../../../runner/programs/labels.ts';
import { segmentProgram } from '../../../runner/programs/segment.ts';
import { isMoment, trainStepProgram } from '../../../runner/programs/trainStep.ts';
import { trunkProgram } from '../../../runner/programs/trunk.ts';
import type { FloatTensor, Parameters, Tensor } from '../../../runner/tensor.ts';
import { initialStepState, stepScalars } from '../../../runner/training/step/stepInputs.ts';
import { stateDict } from '../../../runner/weights/encodeModel.ts';
import { allClose, matchesDigest } from '../../support/allClose.ts';
import { sharesOf, type TrainingCase, unfreezeOf } from '../../support/referenceCases.ts';
import { readReference, referenceParameters, referenceTensor } from '../../support/referenceTensors.ts';

interface Case extends Pick<TrainingCase, 'arch' | 'classes' | 'unfrozen' | 'weight_decay' | 'steps' | 'after'> {
  readonly side: number;
  readonly batch: number;
  readonly rate: number;
  /** BatchNorm’s; the optimizer’s is 0.9. */
  readonly momentum: number;
  readonly counts: Readonly<Record<string, number>>;
  readonly evaluated: readonly (readonly number[])[];
}
const { cases } = readReference<{ cases: readonly Case[] }>('batchnorm');

const engine = createCpuEngine(2);
after(() => engine.dispose());
const floats = (tensor: Tensor | undefined): Float32Array => tensor!.data as Float32Array;

for (const each of cases) {
  const { arch: architecture, classes, side, batch } = each;
  const unfreeze = unfreezeOf(each);

  test(`ten steps of ${architecture} from ${unfreeze} with BatchNorm in train mode equal PyTorch’s`, async () => {
    const parameters = referenceParameters(architecture, classes);
    const optimizer = {
      type: 'sgd',
      learningRate: { head: each.rate },
      weightDecay: each.weight_decay,
      momentum: 0.9,
    } as const;
    const rates = { learningRate: each.rate, momentum: 0.9 };
    const common = { architecture, parameters, batch, imageSize: side, featureType: 'float32' } as const;
    const source = trainStepProgram({
      ...common,
      unfreeze,
      objective: classObjective(architecture, classes),
      optimizer,
      batchNorm: { momentum: each.momentum },
      exposeGradients: true,
    });
    const step = await engine.load(source);
    const trunk =
      unfreeze === 'all'
        ? undefined
        : await engine.load(trunkProgram({ ...common, cuts: [unfreeze], input: 'normalized' }));
    await step.writeState(initialStepState(source, parameters));
    for (const [i, expected] of each.steps.entries()) {
      const input = referenceTensor(`batchNorm${i}`, [batch, 3, side, side], -2, 2);
      const count = expected.labels.length;
      // The rows past the end hold an image that must not count.
      const padding = Array<number>(batch - count).fill(0);
      const out = await step.run({
        features: trunk ? (await trunk.run({ input }))[unfreeze]! : input,
        labels: labelsTensor([...expected.labels, ...padding]),
        shares: sharesOf([...expected.labels.map(() => 1), ...padding]),
        ...stepScalars(optimizer, { head: rates, backbone: rates }, i + 1),
      });
      allClose(`loss ${i}`, floats(out.loss), [expected.loss], { relative: 1e-3 });
      const logits = floats(out.logits).subarray(0, count * classes);
      allClose(`logits ${i}`, logits, expected.logits.flat(), { relative: 1e-3, absolute: 1e-3 });
      for (const [name, digest] of Object.entries(expected.gradients ?? {}))
        matchesDigest(`gradient ${i} of ${name}`, out[`${name}/gradient`]!, digest, 1e-3);
    }
    const state = await step.readState();
    for (const [name, digest] of Object.entries(each.after)) matchesDigest(name, state.get(name)!, digest, 1e-3);

    // Evaluation folds the new running statistics.
    const trained: Parameters = new Map([
      ...parameters,
      ...[...state].filter(([name]) => !isMoment(name)).map(([name, tensor]) => [name, tensor as FloatTensor] as const),
    ]);
    const whole = await engine.load(
      segmentProgram({ ...common, parameters: trained, batch: 2, from: 'all', to: 'logits' }),
    );
    const features = referenceTensor('batchNorm evaluation', [2, 3, side, side], -2, 2);
    const { logits } = await whole.run({ features });
    allClose('logits in eval mode', floats(logits), each.evaluated.flat(), { relative: 2e-3, absolute: 2e-3 });

    const written = new Map(stateDict(architecture, trained, classes));
    for (const [name, count] of Object.entries(each.counts))
      assert.deepEqual(written.get(name), { dtype: 'int64', shape: [], data: BigInt64Array.of(BigInt(count)) }, name);
    await Promise.all([step, trunk, whole].map((program) => program?.dispose()));
  });
}

const tiny = {
  architecture: 'resnet18',
  parameters: referenceParameters('resnet18', 2),
  unfreeze: 'layer4',
  objective: classObjective('resnet18', 2),
  imageSize: 64,
  featureType: 'float32',
  optimizer: { type: 'sgd', learningRate: { head: 0.1 }, weightDecay: 0, momentum: 0.9 },
  batchNorm: { momentum: 0.1 },
} as const;

/** State after one step over these images, of which those of weight 0 are absent. */
async function stateAfter(images: readonly FloatTensor[], weights: readonly number[]) {
  const batch = images.length;
  const source = trainStepProgram({ ...tiny, batch });
  const program = await engine.load(source);
  await program.writeState(initialStepState(source, tiny.parameters));
  const rates = { learningRate: 0.1, momentum: 0.9 };
  await program.run({
    features: {
      dtype: 'float32',
      shape: [batch, ...images[0]!.shape],
      data: Float32Array.from(images.flatMap(({ data }) => [...data])),
    },
    labels: labelsTensor(images.map((_, i) => i % 2)),
    shares: sharesOf(weights),
    ...stepScalars(tiny.optimizer, { head: rates, backbone: rates }, 1),
  });
  const state = await program.readState();
  await program.dispose();
  return state;
}
const features = (name: string, scale = 1) => referenceTensor(name, [256, 4, 4], 0, scale);

for (const present of [1, 2])
  test(`a batch of ${present} trains the same with any images in the rows past its end`, async () => {
    const some = [features('a'), features('b')].slice(0, present);
    const whole = await stateAfter(
      some,
      some.map(() => 1),
    );
    const padded = await stateAfter([...some, features('c', 100)], [...some.map(() => 1), 0]);
    for (const [name, { data }] of whole)
      allClose(name, floats(padded.get(name)), data as Float32Array, { relative: 1e-4, absolute: 1e-5 });
  });

test('class weights change the loss and not the batch’s statistics', async () => {
  const images = [features('a'), features('b')];
  const even = await stateAfter(images, [1, 1]);
  const uneven = await stateAfter(images, [1, 3]);
  // The first BatchNorm: the others see inputs of equal weights, too, since the step comes after the forward pass.
  for (const [name, { data }] of even)
    if (/running_|num_batches/.test(name))
      allClose(name, floats(uneven.get(name)), data as Float32Array, { relative: 1e-6 });
  assert.notDeepEqual(uneven.get('fc.weight')!.data, even.get('fc.weight')!.data);
});

test('the part below the cut keeps its BatchNorm', async () => {
  const names = [...(await stateAfter([features('a'), features('b')], [1, 1])).keys()];
  const tracked = names.filter((name) => name.endsWith('running_mean'));
  assert.equal(tracked.length, 5, 'two blocks of two, and the one of the shortcut');
  assert.ok(
    tracked.every((name) => name.startsWith('layer4.')),
    tracked.join(),
  );
});

test('a step in several runs cannot train BatchNorm', () => {
  assert.throws(() => trainStepProgram({ ...tiny, batch: 2, accumulates: true }), /whole batch in one run/);
});
