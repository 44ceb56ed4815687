// The gradient graph of explanations: torchvision's numbers, pytorch-grad-cam's, images independent of each other, and difference quotients.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { createCpuEngine } from '../../../runner/engine/onnx/onnxEngine.ts';
import { classMap } from '../../../runner/explain/classMaps.ts';
import { gradCamProgram, predictedClass } from '../../../runner/programs/gradCam.ts';
import { labelsTensor } from '../../../runner/programs/labels.ts';
import type { Tensor } from '../../../runner/tensor.ts';
import type { Architecture } from '../../../shared/contracts/architectures.ts';
import {
  type ExplanationLayer,
  type ExplanationMethod,
  type ExplanationScore,
  explanationLayers,
  explanationScores,
} from '../../../shared/contracts/explanation.ts';
import { allClose } from '../../support/allClose.ts';
import { checkGradCam, gradCamCases, layerOf } from '../../support/referenceCases.ts';
import { readReference, referenceParameters, referenceTensor } from '../../support/referenceTensors.ts';
import { runOnce, runProgram } from '../../support/runProgram.ts';

const labelsOf = (...labels: readonly number[]): Tensor => labelsTensor(labels);
const floats = (tensor: Tensor | undefined): Float32Array => tensor!.data as Float32Array;

const engine = createCpuEngine(2);
after(() => engine.dispose());

for (const each of gradCamCases)
  test(`Grad-CAM of the ${each.target} equals PyTorch's on ${each.arch} at 224 px`, () => checkGradCam(engine, each));

interface CamCase {
  readonly arch: Architecture;
  readonly layer: ExplanationLayer;
  readonly of: ExplanationScore;
  readonly method: ExplanationMethod;
  readonly step: number;
  readonly raw_maximum: readonly number[];
  readonly maps: readonly (readonly number[])[];
}
const cams = readReference<{
  readonly side: number;
  readonly classes: number;
  readonly labels: readonly number[];
  readonly cases: readonly CamCase[];
}>('cams');

for (const architecture of ['resnet18', 'resnet50'] as const)
  for (const layer of explanationLayers)
    test(`every method equals pytorch-grad-cam at ${layer} of ${architecture}, for each image of a batch`, async () => {
      const features = referenceTensor('cams', [2, 3, cams.side, cams.side], -2, 2);
      const parameters = referenceParameters(architecture, cams.classes);
      for (const of of explanationScores) {
        const shared = { architecture, parameters, layer, of, imageSize: cams.side } as const;
        const source = gradCamProgram({ ...shared, batch: 2, featureType: 'float32' });
        const out = await runOnce(source, { features, labels: labelsOf(...cams.labels) });
        const cases = cams.cases.filter((c) => c.arch === architecture && c.layer === layer && c.of === of);
        assert.equal(cases.length, 5);
        for (const { method, step, maps, raw_maximum } of cases)
          maps.forEach((expected, n) => {
            const { values, rawMaximum } = classMap(method, layerOf(out, n));
            const name = `${method} of the ${of}, image ${n}`;
            allClose(`largest value of ${name}`, [rawMaximum], [raw_maximum[n]!], { relative: 1e-3 });
            const seen = values.filter((_, position) => position % step === 0);
            allClose(name, seen, expected, { absolute: 1e-3 });
          });
      }
    });

const small = {
  architecture: 'resnet18',
  parameters: referenceParameters('resnet18', 3),
  imageSize: 64,
  featureType: 'uint8',
} as const;
const pixelsOf = (...names: readonly string[]): Tensor => ({
  dtype: 'uint8',
  shape: [names.length, 64, 64, 3],
  data: Uint8Array.from(names.flatMap((name) => [...referenceTensor(name, [64 * 64 * 3], 0, 256).data])),
});

for (const layer of explanationLayers)
  test(`gradCamProgram() gives an image in a batch at ${layer} the same map as alone, whatever the others explain`, async () => {
    const names = ['a', 'b', 'c'];
    const labels = [2, 0, 1];
    const options = { ...small, layer, of: 'probability' } as const;
    const batch = await runOnce(gradCamProgram({ ...options, batch: 3 }), {
      pixels: pixelsOf(...names),
      labels: labelsOf(...labels),
    });
    const single = await runProgram(gradCamProgram({ ...options, batch: 1 }));
    for (const [n, name] of names.entries()) {
      const alone = await single.run({ pixels: pixelsOf(name), labels: labelsOf(labels[n]!) });
      for (const what of ['activations', 'gradients'] as const) {
        const [one, ofBatch] = [layerOf(alone, 0)[what], layerOf(batch, n)[what]];
        // The same sums in another order: far below the thousandth of the largest value that is visible in a map.
        const largest = one.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
        assert.ok(largest > 0);
        allClose(`${what} of ${name}`, ofBatch, one, { absolute: 1e-4 * largest });
      }
    }
    await single.release();
  });

test('gradCamProgram() explains the predicted class on request, and otherwise the named one', async () => {
  const program = await runProgram(gradCamProgram({ ...small, layer: 'layer4', of: 'logit', batch: 3 }));
  const pixels = pixelsOf('a', 'a', 'a');
  const { logits } = await program.run({ pixels, labels: labelsOf(0, 1, 2) });
  const predicted = floats(logits)
    .subarray(0, 3)
    .indexOf(Math.max(...floats(logits).subarray(0, 3)));
  const other = (predicted + 1) % 3;
  const out = await program.run({ pixels, labels: labelsOf(predictedClass, predicted, other) });
  assert.deepEqual(layerOf(out, 0).gradients, layerOf(out, 1).gradients);
  assert.notDeepEqual(layerOf(out, 0).gradients, layerOf(out, 2).gradients);
  await program.release();
});

test('gradCamProgram() treats the first of equal largest logits as the predicted class', async () => {
  const parameters = new Map(small.parameters);
  const { shape, data } = parameters.get('fc.weight')!;
  const weight = data.slice();
  weight.copyWithin(512, 1024); // classes 1 and 2 share their weights
  parameters.set('fc.weight', { dtype: 'float32', shape, data: weight });
  parameters.set('fc.bias', { dtype: 'float32', shape: [3], data: Float32Array.of(-50, 1, 1) });
  const program = await runProgram(
    gradCamProgram({ ...small, parameters, layer: 'layer4', of: 'probability', batch: 2 }),
  );
  const out = await program.run({ pixels: pixelsOf('a', 'a'), labels: labelsOf(predictedClass, 1) });
  assert.equal(floats(out.logits)[1], floats(out.logits)[2]);
  assert.deepEqual(layerOf(out, 0).gradients, layerOf(out, 1).gradients);
  await program.release();
});

// Grad-CAM's gradient starts above the lower part of the network, so the difference is taken at fc: changing one channel everywhere
// moves the target like a change of the head's bias by the channel's weight.
for (const of of explanationScores)
  test(`the gradient of the ${of} at layer4 equals difference quotients through the head`, async () => {
    const options = { ...small, layer: 'layer4', of, batch: 1 } as const;
    const feeds = () => ({ pixels: pixelsOf('a'), labels: labelsOf(1) });
    const out = await runOnce(gradCamProgram(options), feeds());
    const { gradients, positions, channels } = layerOf(out, 0);
    const weight = small.parameters.get('fc.weight')!.data;
    const logits = Array.from(floats(out.logits));
    const score = (moved: readonly number[]) => {
      if (of === 'logit') return moved[1]!;
      const exponents = moved.map(Math.exp);
      return exponents[1]! / exponents.reduce((a, b) => a + b);
    };
    const step = 1e-4;
    const expected = Float32Array.from(gradients, (_, at) => {
      const movedBy = (change: number) =>
        logits.map((logit, k) => logit + (change * weight[k * channels + (at % channels)]!) / positions);
      return (score(movedBy(step)) - score(movedBy(-step))) / (2 * step);
    });
    allClose('gradients', gradients, expected, { relative: 1e-3, absolute: 1e-7 });
  });
