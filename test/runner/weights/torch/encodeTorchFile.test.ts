import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Tensor } from '../../../../runner/tensor.ts';
import { bytesSource } from '../../../../runner/weights/formats/byteSource.ts';
import { encodeTorchFile } from '../../../../runner/weights/torch/encodeTorchFile.ts';
import { readTorchFile } from '../../../../runner/weights/torch/torchFile.ts';
import { readZipEntries } from '../../../../runner/weights/torch/zipEntries.ts';

const tensors: [string, Tensor][] = [
  ['layer1.weight', { dtype: 'float32', shape: [2, 3], data: Float32Array.of(1, -2, 3.5, 1e-30, -0, 6) }],
  ['counter', { dtype: 'int64', shape: [], data: BigInt64Array.of(-(2n ** 60n)) }],
  ['empty', { dtype: 'float32', shape: [0, 4], data: new Float32Array(0) }],
  ['größe', { dtype: 'uint8', shape: [3], data: Uint8Array.of(1, 2, 255) }],
];

test('readTorchFile() returns what encodeTorchFile() was given, in its order', async () => {
  assert.deepEqual([...(await readTorchFile(encodeTorchFile(tensors))).tensors], tensors);
});

test('encodeTorchFile() aligns every storage to a multiple of 64 bytes, as torch.save does', async () => {
  const entries = await readZipEntries(bytesSource(encodeTorchFile(tensors)));
  for (const [name, { offset }] of entries) assert.equal(offset % 64, 0, name);
});

test('encodeTorchFile() writes half precision as torch.HalfStorage', async () => {
  const half: Tensor = { dtype: 'float16', shape: [3], data: Uint16Array.of(0x3c00, 0xc000, 0x7bff) };
  const { tensors } = await readTorchFile(encodeTorchFile([['h', half]]));
  assert.deepEqual([...tensors.get('h')!.data], [1, -2, 65504]);
});
