import assert from 'node:assert/strict';
import { test } from 'node:test';
import { initialHead, initialParameters } from '../../../runner/network/initialize.ts';
import { parametersOf } from '../../../runner/network/parameters.ts';

const parameters = initialParameters('resnet18', 3, 1);
const dataOf = (name: string) => parameters.get(name)!.data;
const meanOf = (data: Float32Array) => data.reduce((sum, x) => sum + x, 0) / data.length;
const deviationOf = (data: Float32Array) =>
  Math.sqrt(data.reduce((sum, x) => sum + x * x, 0) / data.length - meanOf(data) ** 2);

test('initialParameters() gives every parameter its shape, without num_batches_tracked', () => {
  const wanted = parametersOf('resnet18', 3).filter(({ role }) => role !== 'batchCount');
  assert.deepEqual(
    [...parameters].map(([name, { shape }]) => [name, shape]),
    wanted.map(({ name, shape }) => [name, shape]),
  );
});

test('initialParameters() draws convolutions like kaiming_normal_ with fan_out', () => {
  // 4.7 million normal draws over the two: the deviation's own error is far below 1 %.
  for (const [name, fanOut] of [
    ['conv1.weight', 64 * 49],
    ['layer4.1.conv2.weight', 512 * 9],
  ] as const) {
    const expected = Math.sqrt(2 / fanOut);
    assert.ok(Math.abs(deviationOf(dataOf(name)) / expected - 1) < 0.02, name);
    assert.ok(Math.abs(meanOf(dataOf(name))) < expected * 0.05, name);
  }
});

test('initialParameters() starts BatchNorm as the identity', () => {
  assert.ok(dataOf('layer2.0.bn1.weight').every((x) => x === 1));
  assert.ok(dataOf('layer2.0.bn1.running_var').every((x) => x === 1));
  assert.ok(dataOf('layer2.0.bn1.bias').every((x) => x === 0));
  assert.ok(dataOf('layer2.0.bn1.running_mean').every((x) => x === 0));
});

test('initialHead() is the head of initialParameters(), uniform in +-1/sqrt(C)', () => {
  const head = initialHead('resnet18', 3, 1);
  assert.deepEqual([...head.keys()], ['fc.weight', 'fc.bias']);
  assert.deepEqual(head.get('fc.weight')!.data, dataOf('fc.weight'));
  const bound = 1 / Math.sqrt(512);
  const { data } = head.get('fc.weight')!;
  assert.ok(data.every((x) => Math.abs(x) <= bound));
  assert.ok(Math.abs(deviationOf(data) / (bound / Math.sqrt(3)) - 1) < 0.05);
});

test('initialHead() draws the same head for the same seed, another for another', () => {
  const weightOf = (seed: number) => initialHead('resnet18', 3, seed).get('fc.weight')!.data;
  assert.deepEqual(weightOf(1), weightOf(1));
  assert.notDeepEqual(weightOf(1), weightOf(2));
});
