import assert from 'node:assert/strict';
import { test } from 'node:test';
import { initialBackbone } from '../../../../runner/network/initialize.ts';
import type { Parameters, Tensor } from '../../../../runner/tensor.ts';
import { fitBackbone } from '../../../../runner/weights/fit.ts';
import { bytesSource } from '../../../../runner/weights/formats/byteSource.ts';
import {
  compactFormat,
  encodeCompact,
  quantizationErrors,
  quantized,
} from '../../../../runner/weights/formats/compact.ts';
import { encodeSafetensors, type Int8Tensor, readSafetensors } from '../../../../runner/weights/formats/safetensors.ts';
import { openWeightsFile } from '../../../../runner/weights/formats/weightsFile.ts';
import { stream } from '../../../../shared/random.ts';
import { checkRefused } from '../checkRefused.ts';

const floats = (shape: number[], data: number[]) =>
  ({ dtype: 'float32', shape, data: Float32Array.from(data) }) as const;

/** Tensors of a file of these bytes, all read. */
async function opened(bytes: Uint8Array): Promise<Map<string, Tensor>> {
  const { groups } = await openWeightsFile(bytesSource(bytes));
  return new Map([...groups[0]!.tensors].map(([name, tensor]) => [name, tensor.read()]));
}

test('quantized() divides each output channel by its own scale', () => {
  // By hand: 1.27 / 127 = 0.01 and 254 / 127 = 2.
  const { values, scales } = quantized(floats([2, 1, 1, 3], [0.5, -1.27, 0.004, 254, -3, 0]));
  assert.deepEqual([...values.data], [50, -127, 0, 127, -1, 0]);
  assert.deepEqual(scales, floats([2], [0.01, 2]));
});

test('a compact file gives back every filter within half a step of its channel, and all else exactly', async () => {
  const random = stream(7, 'test');
  const draw = (count: number, size: number) => Array.from({ length: count }, () => (random() - 0.5) * size);
  const parameters: Parameters = new Map([
    ['conv1.weight', floats([3, 2, 3, 3], [...draw(18, 1e-3), ...draw(18, 1), ...draw(18, 1e4)])],
    ['bn1.running_var', floats([3], [0.1, 1e-12, 3e7])],
  ]);
  const back = await opened(encodeCompact(parameters, {}));
  assert.deepEqual([...back.keys()], [...parameters.keys()]);
  assert.deepEqual(back.get('bn1.running_var'), parameters.get('bn1.running_var'));
  const filter = parameters.get('conv1.weight')!;
  const read = back.get('conv1.weight')!;
  assert.deepEqual(read.shape, [3, 2, 3, 3]);
  for (const k of [0, 1, 2]) {
    const channel = filter.data.subarray(18 * k, 18 * (k + 1));
    const step = Math.max(...channel.map(Math.abs)) / 127;
    channel.forEach((value, i) => {
      const off = Math.abs(value - Number(read.data[18 * k + i]));
      assert.ok(off <= step * 0.500001, `element ${i} of channel ${k}: off by ${off / step} steps`);
    });
  }
});

test('a filter of zeros stays a filter of zeros', async () => {
  const parameters: Parameters = new Map([['conv.weight', floats([2, 1, 1, 2], [0, 0, 0, 5])]]);
  assert.deepEqual((await opened(encodeCompact(parameters, {}))).get('conv.weight'), parameters.get('conv.weight'));
  assert.deepEqual(quantizationErrors(new Map([['zero', floats([1, 1, 1, 2], [0, 0])]])), [
    { name: 'zero', largest: 0, rms: 0 },
  ]);
});

test('quantizationErrors() divides the largest difference by the largest magnitude', () => {
  // By hand: scale 1, 0.25 becomes 0.
  const [error] = quantizationErrors(new Map([['a', floats([1, 1, 1, 2], [127, 0.25])]]));
  assert.equal(error!.largest, 0.25 / 127);
  assert.ok(Math.abs(error!.rms - 0.25 / Math.hypot(127, 0.25)) < 1e-12);
});

test('a compact ResNet-18 takes less than 12 MB and fits the network', async () => {
  const backbone = initialBackbone('resnet18', 3);
  const bytes = encodeCompact(backbone, { classCount: '3' });
  assert.ok(bytes.length < 12e6, `${bytes.length} bytes`);
  const file = await openWeightsFile(bytesSource(bytes));
  const { parameters, layout } = fitBackbone('memory', 'resnet18', file);
  assert.deepEqual([...parameters.keys()], [...backbone.keys()]);
  assert.deepEqual(parameters.get('layer4.1.bn2.weight'), backbone.get('layer4.1.bn2.weight'));
  assert.deepEqual(layout.passedOver, []);
});

const filter: Int8Tensor = { dtype: 'int8', shape: [2, 1, 1, 1], data: Int8Array.of(1, -127) };
const fileOf = (tensors: Record<string, Tensor | Int8Tensor>, format = compactFormat) =>
  encodeSafetensors(Object.entries(tensors), { format });

for (const [what, bytes, words] of [
  ['without a scale', fileOf({ w: filter }), /the scales of "w" are missing/],
  ['with too many scales', fileOf({ w: filter, w_scale: floats([3], [1, 1, 1]) }), /are F32 \[3\], F32 \[2\] expected/],
  ['with scales in two dimensions', fileOf({ w: filter, w_scale: floats([2, 1], [1, 1]) }), /F32 \[2, 1\]/],
  [
    'with scales of another type',
    fileOf({ w: filter, w_scale: { dtype: 'uint8', shape: [2], data: Uint8Array.of(1, 1) } }),
    /are U8 \[2\], F32/,
  ],
  ['with an infinite scale', fileOf({ w: filter, w_scale: floats([2], [1, Infinity]) }), /the scale 1 of "w" is Inf/],
  [
    'with a scale that is no number',
    fileOf({ w: filter, w_scale: floats([2], [NaN, 1]) }),
    /the scale 0 of "w" is NaN/,
  ],
  ['with a negative scale', fileOf({ w: filter, w_scale: floats([2], [1, -1]) }), /the scale 1 of "w" is -1/],
  ['of a newer version', fileOf({}, 'shoulders-compact-2'), /"shoulders-compact-2", and this version reads/],
] as const)
  test(`a compact file ${what} is refused`, () => checkRefused(() => opened(bytes), 'weightsBroken', words));

test('int8 is read in compact files only', async () => {
  const bytes = encodeSafetensors([['w', filter]]);
  await checkRefused(() => readSafetensors(bytes), 'weightsBroken', /has the type "I8"/);
});
