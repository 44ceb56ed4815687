import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cuts, featureShape, isBelow, partsBetween } from '../../../runner/network/cut.ts';

test('featureShape() gives what torchvision layers put out at 224 pixels', () => {
  const shapesOf = (architecture: 'resnet34' | 'resnet50') =>
    Object.fromEntries(cuts.map((cut) => [cut, featureShape(architecture, cut, 224)]));
  assert.deepEqual(shapesOf('resnet34'), {
    fc: [512],
    layer4: [256, 14, 14],
    layer3: [128, 28, 28],
    layer2: [64, 56, 56],
    layer1: [64, 56, 56],
    all: [3, 224, 224],
  });
  assert.deepEqual(shapesOf('resnet50'), {
    fc: [2048],
    layer4: [1024, 14, 14],
    layer3: [512, 28, 28],
    layer2: [256, 56, 56],
    layer1: [64, 56, 56],
    all: [3, 224, 224],
  });
});

test('featureShape() follows the image size', () => {
  assert.deepEqual(featureShape('resnet18', 'layer4', 32), [256, 2, 2]);
  assert.deepEqual(featureShape('resnet18', 'layer2', 288), [64, 72, 72]);
});

test('partsBetween() lists the parts between two cuts', () => {
  assert.deepEqual(partsBetween('all', 'layer2'), ['conv1', 'layer1']);
  assert.deepEqual(partsBetween('layer4'), ['layer4', 'fc']);
  assert.deepEqual(partsBetween('layer4', 'fc'), ['layer4']);
  assert.ok(isBelow('all', 'layer1') && isBelow('layer4', 'fc') && !isBelow('fc', 'fc'));
});
