import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cutsAfter } from '../../../runner/features/features.ts';

const stages = (...unfreeze: ('head' | 'layer4' | 'layer3' | 'all')[]) => unfreeze.map((part) => ({ unfreeze: part }));

test('cutsAfter() lists the later cuts below which no stage in between trains', () => {
  assert.deepEqual(cutsAfter('resnet18', stages('head', 'layer4'), 0), ['layer4']);
  assert.deepEqual(cutsAfter('resnet18', stages('head', 'layer4', 'layer3'), 0), ['layer4', 'layer3']);
  assert.deepEqual(cutsAfter('resnet18', stages('layer3', 'head'), 0), []);
  assert.deepEqual(cutsAfter('resnet18', stages('layer4', 'all'), 0), []);
  assert.deepEqual(cutsAfter('resnet18', stages('head', 'layer3', 'layer4'), 0), ['layer3']);
});
