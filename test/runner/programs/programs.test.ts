// Properties of the other programs: preprocessing, half precision, the exported model, measured statistics.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import protobuf from 'protobufjs';
import { attributeTypes, onnxSchema } from '../../../runner/graph/onnxSchema.ts';
import { averagedStatistics, batchStatisticsProgram } from '../../../runner/programs/batchStatistics.ts';
import { exportedProgram, imageProgram } from '../../../runner/programs/exported.ts';
import { segmentProgram } from '../../../runner/programs/segment.ts';
import { trunkProgram } from '../../../runner/programs/trunk.ts';
import type { Tensor } from '../../../runner/tensor.ts';
import { allClose } from '../../support/allClose.ts';
import { InferenceSession } from '../../support/onnxRuntime.ts';
import { programCases } from '../../support/programCases.ts';
import { referenceParameters, referenceTensor } from '../../support/referenceTensors.ts';
import { runOnce, runProgram } from '../../support/runProgram.ts';

const parameters = referenceParameters('resnet18', 3);
const small = { architecture: 'resnet18', parameters, imageSize: 32 } as const;
const pixelTensor = (batch: number): Tensor => ({
  dtype: 'uint8',
  shape: [batch, 32, 32, 3],
  data: Uint8Array.from(referenceTensor('pixels', [batch * 32 * 32 * 3], 0, 256).data),
});
const floats = (tensor: Tensor | undefined): Float32Array => tensor!.data as Float32Array;

/** torchvision's ToTensor and Normalize, from its formula. */
function normalized({ shape, data }: Tensor): Tensor {
  const [batch = 0, side = 0] = shape;
  const [mean, std] = [
    [0.485, 0.456, 0.406],
    [0.229, 0.224, 0.225],
  ];
  const out = new Float32Array(data.length);
  const plane = side * side;
  for (let n = 0; n < batch; n++)
    for (let c = 0; c < 3; c++)
      for (let i = 0; i < plane; i++)
        out[(n * 3 + c) * plane + i] = (Number(data[(n * plane + i) * 3 + c]) / 255 - mean[c]!) / std[c]!;
  return { dtype: 'float32', shape: [batch, 3, side, side], data: out };
}

test('trunkProgram() normalises pixels as torchvision does', async () => {
  const options = { ...small, cuts: ['layer2'], batch: 2, featureType: 'float32' } as const;
  const fromPixels = await runOnce(trunkProgram({ ...options, input: 'pixels' }), { pixels: pixelTensor(2) });
  const fromInput = await runOnce(trunkProgram({ ...options, input: 'normalized' }), {
    input: normalized(pixelTensor(2)),
  });
  allClose('layer2', floats(fromPixels.layer2), floats(fromInput.layer2), { absolute: 1e-4 });
});

test('trunkProgram() outputs float16 values that are the rounded float32 values', async () => {
  const options = { ...small, cuts: ['layer4', 'head'], batch: 2, input: 'pixels' } as const;
  const halves = await runOnce(trunkProgram({ ...options, featureType: 'float16' }), { pixels: pixelTensor(2) });
  const singles = await runOnce(trunkProgram({ ...options, featureType: 'float32' }), { pixels: pixelTensor(2) });
  assert.deepEqual(trunkProgram({ ...options, featureType: 'float16' }).outputs, {
    layer4: { dtype: 'float16', shape: [2, 256, 2, 2] },
    head: { dtype: 'float16', shape: [2, 512] },
  });
  for (const cut of options.cuts) {
    assert.ok(halves[cut]!.data instanceof Uint16Array);
    // Half precision keeps 11 bits: half a unit in the last place is 2^-11 of the value.
    allClose(
      cut,
      Array.from(halves[cut]!.data, (bits) => halfToNumber(Number(bits))),
      floats(singles[cut]),
      { relative: 2 ** -11, absolute: 2 ** -24 },
    );
  }
});

function halfToNumber(bits: number): number {
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  const size = exponent === 0 ? fraction * 2 ** -24 : (1024 + fraction) * 2 ** (exponent - 25);
  return bits >> 15 ? -size : size;
}

test('segmentProgram() accepts float16 features and whole images', async () => {
  const options = { ...small, batch: 2 };
  const whole = segmentProgram({ ...options, from: 'all', to: 'logits', featureType: 'uint8' });
  assert.deepEqual(Object.keys(whole.inputs), ['pixels']);
  const direct = await runOnce(whole, { pixels: pixelTensor(2) });
  const trunk = trunkProgram({ ...options, cuts: ['layer4'], input: 'pixels', featureType: 'float16' });
  const features = (await runOnce(trunk, { pixels: pixelTensor(2) })).layer4!;
  const tail = segmentProgram({ ...options, from: 'layer4', to: 'logits', featureType: 'float16' });
  // Features rounded to 11 bits, averaged by the layers above.
  allClose('logits', floats((await runOnce(tail, { features })).logits), floats(direct.logits), { absolute: 2e-3 });
});

test('segmentProgram() refuses an upper cut that is not above the lower one', () => {
  const options = { ...small, batch: 1, featureType: 'float32' } as const;
  assert.throws(() => segmentProgram({ ...options, from: 'layer4', to: 'layer3' }), /layer3 is not above layer4/);
  assert.throws(() => segmentProgram({ ...options, from: 'head', to: 'head' }), /head is not above head/);
  assert.throws(
    () => segmentProgram({ ...options, from: 'head', to: 'logits', featureType: 'uint8' }),
    /head are no pixels/,
  );
});

test('exportedProgram() accepts any batch size and equals the evaluation graph', async () => {
  const source = exportedProgram({
    ...small,
    doc: 'cats',
    metadata: { classNames: '["a","b","c"]', threshold: '0.5' },
  });
  const session = await InferenceSession.create(source.model);
  assert.deepEqual([session.inputNames, session.outputNames], [['input'], ['logits']]);
  const [input] = session.inputMetadata;
  assert.deepEqual(input?.isTensor && input.shape, ['N', 3, 32, 32]);
  await session.release();
  const { logits } = await runOnce(source, { input: normalized(pixelTensor(3)) });
  assert.deepEqual([...logits!.shape], [3, 3]);
  const evaluation = segmentProgram({ ...small, batch: 3, from: 'all', to: 'logits', featureType: 'uint8' });
  const expected = await runOnce(evaluation, { pixels: pixelTensor(3) });
  allClose('logits', floats(logits), floats(expected.logits), { absolute: 1e-4 });
});

test('exportedProgram() stores its metadata as text', () => {
  const { model } = exportedProgram({ ...small, doc: 'Trained on bees', metadata: { classNames: '["ant","bee"]' } });
  const text = Buffer.from(model).toString('latin1');
  for (const part of ['Trained on bees', 'classNames', '["ant","bee"]']) assert.ok(text.includes(part), part);
});

test('batchStatisticsProgram() computes statistics with which every BatchNorm outputs its weight and bias', async () => {
  const batch = 8;
  const program = await runProgram(batchStatisticsProgram({ ...small, batch, featureType: 'uint8' }));
  const measured = await program.run({ pixels: pixelTensor(batch) });
  await program.release();
  assert.equal(Object.keys(measured).length, 40);
  const settled = averagedStatistics(parameters, [measured]);
  assert.deepEqual([...settled.keys()], [...parameters.keys()]);
  assert.equal(settled.get('conv1.weight'), parameters.get('conv1.weight'));
  // In eval mode under these statistics the first layer must see the same batch normalised: mean bias, deviation |weight|.
  const again = await runOnce(batchStatisticsProgram({ ...small, parameters: settled, batch, featureType: 'uint8' }), {
    pixels: pixelTensor(batch),
  });
  allClose(
    'statistics do not depend on old ones',
    floats(again['layer4.1.bn2.running_var']),
    floats(measured['layer4.1.bn2.running_var']),
    { relative: 1e-6 },
  );
  const evaluation = await runOnce(
    trunkProgram({ ...small, parameters: settled, cuts: ['head'], batch, input: 'pixels', featureType: 'float32' }),
    { pixels: pixelTensor(batch) },
  );
  assert.ok(floats(evaluation.head).every(Number.isFinite));
  const first = meanAndVariance(await convolvedByHand(batch), 64);
  allClose('bn1.running_mean', floats(measured['bn1.running_mean']), first.mean, { absolute: 1e-4 });
  allClose('bn1.running_var', floats(measured['bn1.running_var']), first.unbiasedVariance, { relative: 1e-4 });
});

/** conv1 of the pixels by its definition, [N, 64, 16, 16]. */
async function convolvedByHand(batch: number): Promise<Float32Array> {
  const x = normalized(pixelTensor(batch)).data;
  const W = parameters.get('conv1.weight')!.data;
  const out = new Float32Array(batch * 64 * 256);
  for (let n = 0; n < batch; n++)
    for (let k = 0; k < 64; k++)
      for (let p = 0; p < 256; p++) {
        const [top, left] = [2 * (p >> 4) - 3, 2 * (p & 15) - 3];
        let sum = 0;
        for (let c = 0; c < 3; c++)
          for (let i = Math.max(0, -top); i < Math.min(7, 32 - top); i++)
            for (let j = Math.max(0, -left); j < Math.min(7, 32 - left); j++)
              sum += Number(x[((n * 3 + c) * 32 + top + i) * 32 + left + j]) * W[((k * 3 + c) * 7 + i) * 7 + j]!;
        out[(n * 64 + k) * 256 + p] = sum;
      }
  return out;
}

function meanAndVariance(values: Float32Array, channels: number): { mean: number[]; unbiasedVariance: number[] } {
  const plane = 256;
  const count = values.length / channels;
  const of = (k: number) =>
    Array.from({ length: count }, (_, i) => values[(Math.floor(i / plane) * channels + k) * plane + (i % plane)]!);
  const mean = Array.from({ length: channels }, (_, k) => of(k).reduce((sum, x) => sum + x, 0) / count);
  const unbiasedVariance = mean.map((m, k) => of(k).reduce((sum, x) => sum + (x - m) ** 2, 0) / (count - 1));
  return { mean, unbiasedVariance };
}

test('averagedStatistics() averages batches', () => {
  const batchOf = (value: number) => ({
    'bn1.running_mean': { dtype: 'float32' as const, shape: [64], data: new Float32Array(64).fill(value) },
  });
  const settled = averagedStatistics(parameters, [batchOf(1), batchOf(2), batchOf(6)]);
  assert.deepEqual([...settled.get('bn1.running_mean')!.data], Array(64).fill(3));
  assert.equal(settled.get('bn1.running_var'), parameters.get('bn1.running_var'));
});

test('batchStatisticsProgram() refuses batches with a single value per channel', () => {
  assert.throws(
    () => batchStatisticsProgram({ ...small, batch: 1, featureType: 'uint8' }),
    /layer4.0.bn1 sees one value per channel/,
  );
});

const common = { ...small, doc: '', metadata: {} };
const everyModel = {
  ...programCases,
  'an export': () => exportedProgram(common),
  'an export in halves': () => exportedProgram({ ...common, weightType: 'float16' }),
  'an export that prepares images': () => imageProgram({ ...common, color: 'grayscale', temperature: 2 }),
};
const valueField = new Map<number, string>([
  [attributeTypes.int, 'i'],
  [attributeTypes.float, 'f'],
  [attributeTypes.string, 's'],
  [attributeTypes.ints, 'ints'],
]);

interface Attribute {
  readonly name: string;
  readonly type: number;
}
interface Node {
  readonly opType: string;
  readonly attribute: readonly Attribute[];
}

// OpenCV 4.14 and 5.0 refuse a model that omits an integer attribute's value of 0.
for (const [name, make] of Object.entries(everyModel))
  test(`${name}: every attribute stores its value, 0 included`, () => {
    const model = protobuf.Root.fromJSON(onnxSchema).lookupType('ModelProto').decode(make().model);
    const { node } = (model as unknown as { readonly graph: { readonly node: readonly Node[] } }).graph;
    const attributes = node.flatMap(({ opType, attribute }) => attribute.map((each) => ({ opType, each })));
    assert.ok(attributes.length > 0);
    for (const { opType, each } of attributes)
      assert.ok(Object.hasOwn(each, valueField.get(each.type)!), `${each.name} of ${opType} has no value`);
  });
