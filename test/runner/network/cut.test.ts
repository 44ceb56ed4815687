import assert from 'node:assert/strict';
import { test } from 'node:test';
import { networkOf } from '../../../runner/network/architecture.ts';
import { cutBelow, featureShape, isBelow, partsBetween } from '../../../runner/network/cut.ts';
import { multiplyAddsByPart, shapeOperations } from '../../../runner/network/shapes.ts';
import { architectureRow, architectures, cutsOf } from '../../../shared/contracts/architectures.ts';

test('featureShape() matches the output shapes of torchvision layers at 224 pixels', () => {
  const shapesOf = (architecture: 'resnet34' | 'resnet50') =>
    Object.fromEntries(cutsOf(architecture).map((cut) => [cut, featureShape(architecture, cut, 224)]));
  assert.deepEqual(shapesOf('resnet34'), {
    head: [512],
    layer4: [256, 14, 14],
    layer3: [128, 28, 28],
    layer2: [64, 56, 56],
    layer1: [64, 56, 56],
    all: [3, 224, 224],
  });
  assert.deepEqual(shapesOf('resnet50'), {
    head: [2048],
    layer4: [1024, 14, 14],
    layer3: [512, 28, 28],
    layer2: [256, 56, 56],
    layer1: [64, 56, 56],
    all: [3, 224, 224],
  });
});

test('featureShape() scales with the image size', () => {
  assert.deepEqual(featureShape('resnet18', 'layer4', 32), [256, 2, 2]);
  assert.deepEqual(featureShape('resnet18', 'layer2', 288), [64, 72, 72]);
});

test('partsBetween() lists the parts between two cuts', () => {
  assert.deepEqual(partsBetween('resnet18', 'all', 'layer2'), ['conv1', 'layer1']);
  assert.deepEqual(partsBetween('resnet18', 'layer4'), ['layer4', 'head']);
  assert.deepEqual(partsBetween('resnet18', 'layer4', 'head'), ['layer4']);
  assert.ok(
    isBelow('resnet18', 'all', 'layer1') &&
      isBelow('resnet18', 'layer4', 'head') &&
      !isBelow('resnet18', 'head', 'head'),
  );
});

for (const architecture of architectures)
  test(`the output sizes in the table for ${architecture} match its arithmetic`, () => {
    const { parts } = architectureRow(architecture);
    const { apply } = networkOf(architecture);
    for (const imageSize of [32, 100, 224]) {
      let shape: readonly number[] = [3, imageSize, imageSize];
      for (const part of parts) {
        assert.deepEqual(featureShape(architecture, cutBelow(architecture, part), imageSize), shape, part);
        shape = apply(shapeOperations(), part, shape, 7);
      }
      assert.deepEqual(shape, [7]);
    }
  });

// "_ops" in the metadata of torchvision's weights (torchvision 0.29): 10^9 multiply-adds of one image of 224 pixels.
for (const [architecture, billions] of [
  ['resnet18', 1.814],
  ['resnet34', 3.664],
  ['resnet50', 4.089],
  ['resnet101', 7.801],
] as const)
  test(`multiplyAddsByPart() sums to the count that torchvision publishes for ${architecture}`, () => {
    const all = [...multiplyAddsByPart(architecture, 224, 1000).values()].reduce((sum, part) => sum + part, 0);
    assert.equal((all / 1e9).toFixed(3), billions.toFixed(3));
  });
