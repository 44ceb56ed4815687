import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  classHead,
  type Head,
  levelsAbove,
  multiplyAddsOfHead,
  parametersOfHead,
} from '../../../runner/network/head.ts';
import { parametersOf } from '../../../runner/network/parameters.ts';
import { multiplyAddsByPart, shapeOperations } from '../../../runner/network/shapes.ts';
import { architectures } from '../../../shared/contracts/architectures.ts';

const image = [3, 64, 64];

test('levelsAbove() returns the features at every cut, and the last ones before their pooling', () => {
  const asked: string[] = [];
  const levels = levelsAbove(shapeOperations(), 'resnet50', 'layer2', [256, 16, 16], (cut) => {
    asked.push(cut);
    return [64, 16, 16];
  });
  assert.deepEqual((['layer2', 'layer3', 'layer4', 'head'] as const).map(levels.at), [
    [256, 16, 16],
    [512, 8, 8],
    [1024, 4, 4],
    [2048],
  ]);
  assert.deepEqual(levels.unpooled(), [2048, 2, 2]);
  assert.deepEqual([levels.at('layer1'), asked], [[64, 16, 16], ['layer1']]);
});

test('levelsAbove() has no unpooled features when the features are pooled already', () => {
  const levels = levelsAbove(shapeOperations(), 'resnet18', 'head', [512], () => image);
  assert.deepEqual(levels.at('head'), [512]);
  assert.throws(levels.unpooled, /Features at head are pooled/);
});

test('classHead() equals the last part of every network', () => {
  for (const architecture of architectures) {
    const head = classHead(architecture, 5);
    const own = parametersOf(architecture, 5).filter(({ part }) => part === 'head');
    assert.deepEqual(
      parametersOfHead(head),
      own.map(({ part, ...spec }) => spec),
    );
    assert.equal(multiplyAddsOfHead(head, architecture, 64), multiplyAddsByPart(architecture, 64, 5).get('head'));
  }
});

test('the parameters and multiply-adds of a head are those of its operations', () => {
  const head: Head = {
    apply(o, levels) {
      const fine = o.conv(levels.at('layer3'), 'fine', {
        inChannels: 128,
        outChannels: 4,
        kernel: 3,
        stride: 1,
        padding: 1,
      });
      return {
        fine: o.batchNorm(fine, 'norm', 4),
        coarse: o.linear(o.globalAveragePool(levels.unpooled()), 'coarse', 512, 2),
      };
    },
  };
  assert.deepEqual(
    parametersOfHead(head).map(({ name, shape }) => [name, ...shape]),
    [
      ['fine.weight', 4, 128, 3, 3],
      ['norm.weight', 4],
      ['norm.bias', 4],
      ['norm.running_mean', 4],
      ['norm.running_var', 4],
      ['norm.num_batches_tracked'],
      ['coarse.weight', 2, 512],
      ['coarse.bias', 2],
    ],
  );
  // The output of layer2 of an image of 64 px has 8 x 8 positions.
  assert.equal(multiplyAddsOfHead(head, 'resnet18', 64), 8 * 8 * 4 * 128 * 3 * 3 + 512 * 2);
});
