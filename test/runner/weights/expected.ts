// The files of test/reference/weights and their numbers according to PyTorch.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Tensor } from '../../../runner/tensor.ts';

export const reference = (name: string): string =>
  fileURLToPath(new URL(`../../reference/weights/${name}`, import.meta.url));

const expected = JSON.parse(readFileSync(reference('expected.json'), 'utf8')) as Record<
  string,
  { shape: number[]; values: number[] }
>;

/** Every tensor is there with PyTorch's shape and, rounded to float32, exactly its values. */
export function checkExpected(tensors: ReadonlyMap<string, Tensor>): void {
  assert.deepEqual([...tensors.keys()].sort(), Object.keys(expected).sort());
  for (const [name, { shape, values }] of Object.entries(expected)) {
    const tensor = tensors.get(name)!;
    assert.deepEqual(tensor.shape, shape, name);
    assert.equal(tensor.dtype, name === 'int64' ? 'int64' : 'float32', name);
    assert.deepEqual([...tensor.data].map(Number), name === 'int64' ? values : values.map(Math.fround), name);
    assert.equal(tensor.data.byteLength, tensor.data.buffer.byteLength, `${name} owns its buffer`);
  }
}
