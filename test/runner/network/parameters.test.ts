import assert from 'node:assert/strict';
import { test } from 'node:test';
import { classCountOf, isOfHead, isTrainable, parametersOf, partOf } from '../../../runner/network/parameters.ts';
import { sizeOf } from '../../../runner/tensor.ts';
import { architectures } from '../../../shared/contracts/architectures.ts';

// num_params in the metadata of torchvision's weights, and len(model.state_dict()).
const torchvision = {
  resnet18: { parameters: 11689512, entries: 122 },
  resnet34: { parameters: 21797672, entries: 218 },
  resnet50: { parameters: 25557032, entries: 320 },
  resnet101: { parameters: 44549160, entries: 626 },
};

for (const architecture of architectures)
  test(`parametersOf() counts the parameters of torchvision's ${architecture}`, () => {
    const specs = parametersOf(architecture, 1000);
    const trained = specs.filter(({ role }) => role === 'weight' || role === 'bias');
    assert.deepEqual(
      { parameters: trained.reduce((sum, { shape }) => sum + sizeOf(shape), 0), entries: specs.length },
      torchvision[architecture],
    );
    assert.equal(new Set(specs.map(({ name }) => name)).size, specs.length);
  });

test('parametersOf() lists names in the order of state_dict()', () => {
  const names = parametersOf('resnet50', 2).map(({ name }) => name);
  assert.deepEqual(names.slice(0, 8), [
    'conv1.weight',
    'bn1.weight',
    'bn1.bias',
    'bn1.running_mean',
    'bn1.running_var',
    'bn1.num_batches_tracked',
    'layer1.0.conv1.weight',
    'layer1.0.bn1.weight',
  ]);
  const first = names.filter((name) => name.startsWith('layer1.0.') && name.endsWith('.weight'));
  assert.deepEqual(first.slice(4), [
    'layer1.0.conv3.weight',
    'layer1.0.bn3.weight',
    'layer1.0.downsample.0.weight',
    'layer1.0.downsample.1.weight',
  ]);
  assert.deepEqual(names.slice(-2), ['fc.weight', 'fc.bias']);
});

test('parametersOf() puts the stride of a bottleneck on its 3x3 convolution and widens by 4', () => {
  const shapes = new Map(parametersOf('resnet50', 2).map(({ name, shape }) => [name, shape]));
  assert.deepEqual(shapes.get('layer4.0.conv1.weight'), [512, 1024, 1, 1]);
  assert.deepEqual(shapes.get('layer4.0.conv2.weight'), [512, 512, 3, 3]);
  assert.deepEqual(shapes.get('layer4.0.conv3.weight'), [2048, 512, 1, 1]);
  assert.deepEqual(shapes.get('layer4.0.downsample.0.weight'), [2048, 1024, 1, 1]);
  assert.deepEqual(shapes.get('fc.weight'), [2, 2048]);
  assert.deepEqual(shapes.get('bn1.num_batches_tracked'), []);
});

test('partOf() assigns bn1 to conv1 and refuses unknown names', () => {
  assert.equal(partOf('resnet34', 'bn1.running_mean'), 'conv1');
  assert.equal(partOf('resnet34', 'layer3.5.bn1.weight'), 'layer3');
  assert.equal(partOf('resnet34', 'fc.bias'), 'head');
  assert.throws(() => partOf('resnet34', 'classifier.weight'), /classifier.weight is no parameter of resnet34/);
});

test('isTrainable() is true for the unfrozen part and everything above, never for statistics', () => {
  assert.equal(isTrainable('resnet34', 'fc.weight', 'head'), true);
  assert.equal(isTrainable('resnet34', 'layer4.1.bn2.bias', 'head'), false);
  assert.equal(isTrainable('resnet34', 'layer4.1.bn2.bias', 'layer3'), true);
  assert.equal(isTrainable('resnet34', 'layer3.0.conv1.weight', 'layer4'), false);
  assert.equal(isTrainable('resnet34', 'bn1.weight', 'layer1'), false);
  assert.equal(isTrainable('resnet34', 'bn1.weight', 'all'), true);
  assert.equal(isTrainable('resnet34', 'layer4.1.bn2.running_var', 'all'), false);
  assert.equal(isTrainable('resnet34', 'bn1.num_batches_tracked', 'all'), false);
});

test("isOfHead() recognises the head's parameters, and classCountOf() counts its classes", () => {
  assert.deepEqual([isOfHead('resnet50', 'fc.bias'), isOfHead('resnet50', 'layer4.2.conv3.weight')], [true, false]);
  const parameters = new Map([
    ['fc.bias', { dtype: 'float32', shape: [5], data: new Float32Array(5) }],
    ['layer4.1.bn2.bias', { dtype: 'float32', shape: [512], data: new Float32Array(512) }],
  ] as const);
  assert.equal(classCountOf('resnet18', parameters), 5);
  assert.throws(() => classCountOf('resnet18', new Map()), /lack fc\.bias/);
});
