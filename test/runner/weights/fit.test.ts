import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parametersOf } from '../../../runner/network/parameters.ts';
import { sizeOf, type Tensor } from '../../../runner/tensor.ts';
import { fitBackbone } from '../../../runner/weights/fit.ts';
import type { StoredTensor, TensorGroup } from '../../../runner/weights/formats/weightsFile.ts';
import { type Architecture, architectures } from '../../../shared/contracts/architectures.ts';
import { blank, fileOf, fileOfGroups } from '../../support/weightsFiles.ts';
import { checkRefused } from './checkRefused.ts';

type Rename = (name: string) => string;

/**
 * A network as a tool writes it: tensors are created on reading, and contain the index of their parameter in torchvision's order
 * (plus `offset`), so that a tensor under a wrong name is detected.
 */
function written(network: Architecture, rename: Rename, { offset = 1, classCount = 4, container = '' } = {}) {
  const tensors = new Map<string, StoredTensor>();
  parametersOf(network, classCount).forEach(({ name, shape, role }, i) => {
    const inFile = rename(name);
    tensors.set(inFile, {
      type: role === 'batchCount' ? 'I64' : 'F32',
      shape,
      identity: () => `${offset} ${name}`,
      read: () => ({ dtype: 'float32', shape, data: new Float32Array(sizeOf(shape)).fill(offset + i) }),
    });
  });
  return { container, tensors };
}

const beside = (group: TensorGroup, more: Iterable<readonly [string, StoredTensor]>): TensorGroup => ({
  ...group,
  tensors: new Map([...group.tensors, ...more]),
});

const small = (shape: readonly number[] = [4], type = 'F32'): StoredTensor => ({
  type,
  shape,
  identity: () => '',
  read: () => assert.fail('a tensor that is not needed was read'),
});

/** Every parameter is the one that torchvision's name refers to. */
function checkTaken(network: Architecture, groups: readonly TensorGroup[], offset = 1, path?: string) {
  const { parameters, layout } = fitBackbone('w.pth', network, fileOfGroups(...groups), path);
  const names = parametersOf(network, 4);
  const expected = names.filter(({ name, role }) => role !== 'batchCount' && !name.startsWith('fc.'));
  assert.deepEqual(
    [...parameters.keys()],
    expected.map(({ name }) => name),
  );
  for (const [name, { data }] of parameters) {
    const value = offset + names.findIndex((each) => each.name === name);
    assert.ok(data[0] === value && data.at(-1) === value, `${name} is ${data[0]} instead of ${value}`);
  }
  return layout;
}

// Names as their tools write them: torch 2.15.0, transformers 5.24.0 (whose logits with these names equal torchvision's exactly).
const sequential: Rename = (name) =>
  name.replace(/^(conv1|bn1|layer\d|fc)/, (part) => {
    return { conv1: '0', bn1: '1', layer1: '4', layer2: '5', layer3: '6', layer4: '7', fc: '9' }[part]!;
  });
const stages: Rename = (name) =>
  name
    .replace(/^conv1/, '0.0')
    .replace(/^bn1/, '0.1')
    .replace(/^layer(\d)/, '$1')
    .replace(/^fc/, '5');
const transformers: Rename = (name) => {
  const [first = '', ...rest] = name.split('.');
  const end = rest.at(-1)!;
  if (first === 'conv1') return `resnet.embedder.embedder.convolution.${end}`;
  if (first === 'bn1') return `resnet.embedder.embedder.normalization.${end}`;
  if (first === 'fc') return `classifier.1.${end}`;
  const block = `resnet.encoder.stages.${Number(first.slice(5)) - 1}.layers.${rest[0]}`;
  if (rest[1] === 'downsample') return `${block}.shortcut.${rest[2] === '0' ? 'convolution' : 'normalization'}.${end}`;
  const kind = rest[1]!.startsWith('conv') ? 'convolution' : 'normalization';
  return `${block}.layer.${Number(rest[1]!.at(-1)) - 1}.${kind}.${end}`;
};

test('these tests name parameters as transformers 5.24.0 does', () => {
  assert.deepEqual(
    ['bn1.running_var', 'layer1.0.downsample.0.weight', 'layer4.2.bn3.bias', 'layer3.5.conv2.weight'].map(transformers),
    [
      'resnet.embedder.embedder.normalization.running_var',
      'resnet.encoder.stages.0.layers.0.shortcut.convolution.weight',
      'resnet.encoder.stages.3.layers.2.layer.2.normalization.bias',
      'resnet.encoder.stages.2.layers.5.layer.1.convolution.weight',
    ],
  );
});

const under =
  (prefix: string, rename: Rename = (name) => name): Rename =>
  (name) =>
    prefix + rename(name);

const layouts: readonly (readonly [tool: string, rename: Rename, prefix: string, naming: string, head: string])[] = [
  ['torchvision', (name) => name, '', 'torchvision', 'fc'],
  ['DataParallel', under('module.'), 'module.', 'torchvision', 'module.fc'],
  ['torch.compile', under('_orig_mod.'), '', 'torchvision', 'fc'],
  ['DataParallel of torch.compile', under('module._orig_mod.'), 'module.', 'torchvision', 'module.fc'],
  [
    'torch.compile of one layer and one block',
    (name) => name.replace(/^layer2\./, 'layer2._orig_mod.').replace(/^layer3\.0\./, 'layer3.0._orig_mod.'),
    '',
    'torchvision',
    'fc',
  ],
  ['Lightning', under('model.'), 'model.', 'torchvision', 'model.fc'],
  ['Lightning around a wrapper', under('net.backbone.'), 'net.backbone.', 'torchvision', 'net.backbone.fc'],
  ['segmentation_models_pytorch', under('encoder.'), 'encoder.', 'torchvision', 'encoder.fc'],
  ['VISSL', under('_feature_blocks.'), '_feature_blocks.', 'torchvision', '_feature_blocks.fc'],
  ['a Sequential of its children', sequential, '', 'children', '9'],
  ['lightly', under('backbone.', sequential), 'backbone.', 'children', 'backbone.9'],
  ['fastai', under('0.', sequential), '0.', 'children', '0.9'],
  ['a Sequential of stem and layers', under('features.', stages), 'features.', 'stages', 'features.5'],
  ['transformers', transformers, 'resnet.', 'transformers', 'classifier'],
  ['transformers’ bare model', (name) => transformers(name).replace(/^resnet\./, ''), '', 'transformers', 'classifier'],
];
for (const [tool, rename, prefix, naming, head] of layouts)
  test(`fitBackbone() reads a network as ${tool} names it, and reports what it skipped`, () => {
    for (const network of ['resnet18', 'resnet50'] as const) {
      const layout = checkTaken(network, [written(network, rename)]);
      assert.equal(layout.prefix, prefix);
      assert.equal(layout.naming, naming);
      assert.deepEqual(layout.passedOver, [{ name: head, tensors: 2 }]);
      assert.deepEqual(layout.alternatives, []);
    }
  });

test('fitBackbone() skips and counts losses, heads and foreign types without reading them', () => {
  const group = beside(written('resnet18', under('model.backbone.'), { container: 'state_dict' }), [
    ['criterion.weight', small()],
    ['model.head.0.weight', small()],
    ['model.head.0.bias', small()],
    ['model.mask', small([4], 'F8_E4M3')],
    ['n_averaged', small([], 'I64')],
  ]);
  const other: TensorGroup = { container: 'callbacks.EarlyStopping', tensors: new Map([['best', small()]]) };
  const layout = checkTaken('resnet18', [group, other]);
  assert.deepEqual(layout, {
    tool: null,
    container: 'state_dict',
    prefix: 'model.backbone.',
    naming: 'torchvision',
    passedOver: [
      { name: 'model.backbone.fc', tensors: 2 },
      { name: 'criterion', tensors: 1 },
      { name: 'model.head', tensors: 2 },
      { name: 'model.mask', tensors: 1 },
      { name: 'n_averaged', tensors: 1 },
      { name: 'callbacks', tensors: 1 },
    ],
    otherParts: 0,
    alternatives: [],
  });
});

test('fitBackbone() lists eight skipped parts and counts the rest', () => {
  const parts = Array.from({ length: 20 }, (_, i) => [`part${i}.weight`, small()] as const);
  const { passedOver, otherParts } = checkTaken('resnet18', [beside(written('resnet18', under('model.')), parts)]);
  assert.equal(passedOver.length, 8);
  assert.equal(otherParts, 13);
});

const pairs: readonly (readonly [tool: string, taken: string, other: string])[] = [
  ['MoCo’s query', 'module.encoder_q.', 'module.encoder_k.'],
  ['MoCo v3’s base', 'module.base_encoder.', 'module.momentum_encoder.'],
  ['solo-learn’s backbone', 'backbone.', 'momentum_backbone.'],
  ['lightly’s backbone', 'backbone.', 'key_backbone.'],
  ['BYOL’s online network', 'online_encoder.', 'target_encoder.'],
  ['DINO’s teacher', 'teacher.backbone.', 'student.backbone.'],
  ['the moving average', 'ema_model.module.', 'model.'],
];
for (const [tool, taken, other] of pairs)
  test(`fitBackbone() uses ${tool} and reports that there is another`, () => {
    const group = beside(written('resnet18', under(other), { offset: 500 }), written('resnet18', under(taken)).tensors);
    const layout = checkTaken('resnet18', [group]);
    assert.equal(layout.prefix, taken);
    assert.deepEqual(layout.alternatives, [other]);
    const chosen = checkTaken('resnet18', [group], 500, other);
    assert.equal(chosen.prefix, other);
    assert.deepEqual(chosen.alternatives, []);
  });

for (const [plain, averaged] of [
  ['model', 'model_ema'],
  ['state_dict', 'state_dict_ema'],
  ['current_model_state', 'state_dict'],
] as const)
  test(`fitBackbone() prefers ${averaged} over ${plain}, as timm and Lightning do`, () => {
    const groups = [
      written('resnet18', (name) => name, { container: plain, offset: 500 }),
      written('resnet18', under('module.'), { container: averaged }),
    ];
    assert.deepEqual(checkTaken('resnet18', groups).alternatives, [`${plain}.`]);
    checkTaken('resnet18', groups, 500, plain);
    checkTaken('resnet18', groups, 1, `${averaged}.module.`);
    checkTaken('resnet18', groups, 1, 'module');
  });

test('fitBackbone() treats one network under two names as one', () => {
  const group = beside(written('resnet18', under('model.')), written('resnet18', under('metric.net.')).tensors);
  assert.deepEqual(checkTaken('resnet18', [group]).alternatives, []);
});

test('fitBackbone() uses the network that fits when the file contains others, too', () => {
  const group = beside(written('resnet50', under('large.')), written('resnet18', under('small.')).tensors);
  assert.equal(checkTaken('resnet18', [group]).prefix, 'small.');
  assert.equal(checkTaken('resnet50', [group]).prefix, 'large.');
});

test('fitBackbone() asks which of two networks to use when nothing decides', async () => {
  const group = beside(
    written('resnet18', under('frontal.')),
    written('resnet18', under('lateral.'), { offset: 500 }).tensors,
  );
  const file = fileOfGroups(group);
  await checkRefused(
    () => fitBackbone('w.pth', 'resnet18', file),
    'weightsSeveral',
    /\("frontal\.", "lateral\."\): choose one with --weights-prefix .* for example frontal\.$/,
  );
  checkTaken('resnet18', [group], 500, 'lateral');
  await checkRefused(
    () => fitBackbone('w.pth', 'resnet18', file, 'oblique.'),
    'weightsNoPrefix',
    /under the prefix "oblique\." \(found under: "frontal\.", "lateral\."\): choose one of these/,
  );
});

test('fitBackbone() skips heads and counters of any kind', () => {
  const tensors: Map<string, Tensor> = blank('resnet18');
  tensors.delete('fc.weight');
  tensors.set('fc.1.weight', { dtype: 'float32', shape: [2, 9], data: new Float32Array(18).fill(NaN) });
  tensors.set('bn1.num_batches_tracked', { dtype: 'int64', shape: [], data: new BigInt64Array(1) });
  assert.equal(fitBackbone('w', 'resnet18', fileOf(tensors)).parameters.size, 100);
});

test('fitBackbone() names the network that the file resembles', async () => {
  for (const network of architectures) {
    const asked = network === 'resnet18' ? 'resnet50' : 'resnet18';
    const { tensors } = written(network, under('model.'));
    await checkRefused(
      () => fitBackbone('w.pth', asked, fileOfGroups({ container: '', tensors })),
      'weightsWrongDepth',
      new RegExp(`they look like ${network}\\.`),
    );
    for (let i = 0; i < 8; i++) tensors.set(`model.layer2.${i}.conv1.weight`, small());
    for (let i = 0; i < 36; i++) tensors.set(`model.layer3.${i}.conv1.weight`, small());
    await checkRefused(
      () => fitBackbone('w.pth', asked, fileOfGroups({ container: '', tensors })),
      'weightsWrongDepth',
      /a ResNet with \d-8-36-\d \w+ blocks/,
    );
  }
});

const strangers: readonly (readonly [what: string, names: readonly string[], words: RegExp])[] = [
  ['no tensors', [], /they contain 0 tensors/],
  ['a ResNet-D', ['conv1.0.weight', 'layer1.0.conv1.weight'], /3 tensors .*a stem of three 3x3 convolutions/],
  ['mmpretrain’s V1c', ['backbone.stem.0.weight', 'backbone.layer1.0.conv1.weight'], /stem of three 3x3/],
  ['a pruned network', ['conv1.weight_orig', 'layer1.0.conv1.weight'], /torch\.nn\.utils\.prune\.remove/],
  ['a vision transformer', ['cls_token', 'patch_embed.proj.weight'], /a vision transformer/],
  ['a ConvNeXt', ['stem.0.weight', 'stages.0.blocks.0.norm.weight'], /another family/],
  ['an EfficientNet', ['conv_stem.weight', 'blocks.0.0.conv_dw.weight'], /EfficientNet/],
  ['a linear model', ['weight'], /names like "weight", "x"\. Choose/],
];
for (const [what, names, words] of strangers)
  test(`fitBackbone() describes what it found in ${what}`, () => {
    const tensors = new Map(names.length === 0 ? [] : [...names, 'x'].map((name) => [name, small()]));
    const file = fileOfGroups({ container: '', tensors });
    return checkRefused(() => fitBackbone('w.pth', 'resnet18', file), 'weightsNoNetwork', words);
  });

type Change = (tensors: Map<string, StoredTensor>) => unknown;
const relatives: readonly (readonly [what: string, network: Architecture, change: Change, words: RegExp])[] = [
  [
    'a ResNet for CIFAR',
    'resnet18',
    (t) => t.set('conv1.weight', small([64, 3, 3, 3])),
    /look like a ResNet for small images.*"conv1\.weight" is \[64, 3, 3, 3\] instead of \[64, 3, 7, 7\]/,
  ],
  [
    'a ResNet for one channel',
    'resnet50',
    (t) => t.set('conv1.weight', small([64, 1, 7, 7])),
    /look like a ResNet for images of one channel/,
  ],
  [
    'a ResNeXt',
    'resnet50',
    (t) => {
      t.set('layer1.0.conv1.weight', small([128, 64, 1, 1]));
      t.set('layer1.0.conv2.weight', small([128, 4, 3, 3]));
    },
    /look like a ResNeXt/,
  ],
  [
    'a wide ResNet',
    'resnet50',
    (t) => {
      t.set('layer1.0.conv1.weight', small([128, 64, 1, 1]));
      t.set('layer1.0.conv2.weight', small([128, 128, 3, 3]));
    },
    /look like a wide ResNet \(128 channels/,
  ],
  [
    'squeeze and excitation',
    'resnet50',
    (t) => t.set('layer1.0.se.fc1.weight', small()),
    /attention to channels.*"layer1\.0\.se\.fc1\.weight" is unknown/,
  ],
  [
    'GroupNorm',
    'resnet50',
    (t) => {
      for (const name of [...t.keys()]) if (name.includes('running')) t.delete(name);
    },
    /without the statistics of BatchNorm/,
  ],
  ['CLIP', 'resnet50', (t) => t.set('conv2.weight', small()), /CLIP’s ResNet.*"conv2\.weight" is unknown/],
  ['an anti-aliased ResNet', 'resnet18', (t) => t.set('layer2.0.conv2.0.filt', small()), /an anti-aliased ResNet/],
];
for (const [what, network, change, words] of relatives)
  test(`fitBackbone() distinguishes ${what} from a plain ResNet`, () => {
    const { tensors } = written(network, (name) => name);
    change(tensors);
    const file = fileOfGroups({ container: '', tensors });
    return checkRefused(() => fitBackbone('w.pth', network, file), 'weightsMismatch', words);
  });

test('fitBackbone() lists parameters that are missing, unknown, of a wrong shape or of an unsupported type', async () => {
  const check = (change: Change, words: RegExp) => {
    const { tensors } = written('resnet18', (name) => name);
    change(tensors);
    const file = fileOfGroups({ container: '', tensors });
    return checkRefused(() => fitBackbone('w.pth', 'resnet18', file), 'weightsMismatch', words);
  };
  await check((t) => t.delete('bn1.running_var'), /: "bn1\.running_var" is missing\./);
  await check((t) => t.set('conv1.bias', small()), /: "conv1\.bias" is unknown\./);
  await check((t) => t.set('layer5.0.conv1.weight', small()), /: "layer5\.0\.conv1\.weight" is unknown\./);
  await check(
    (t) => t.set('layer1.0.conv2.weight', small([64])),
    /: "layer1\.0\.conv2\.weight" is \[64\] instead of \[64, 64, 3, 3\]\./,
  );
  for (const type of ['I64', 'U8', 'F8_E4M3', 'C64', 'BOOL', 'torch.float4_e2m1fn_x2', 'numpy.ndarray'])
    await check((t) => t.set('bn1.bias', small([64], type)), new RegExp(`"bn1\\.bias" is of the type "${type}"`));
  await check((t) => {
    for (const name of [...t.keys()]) if (/layer[34].*running/.test(name)) t.delete(name);
  }, /"layer3\.0\.bn1\.running_mean" is missing, "layer3\.0\.bn1\.running_var" is missing, .* and 17 more like these\./);
});

test('fitBackbone() refuses NaN, infinity and a negative variance wherever they are', async () => {
  for (const [value, index] of [
    [NaN, 0],
    [Infinity, 500],
    [-Infinity, -1],
  ] as const) {
    const tensors = blank('resnet18');
    tensors.get('layer4.1.conv2.weight')!.data.set([value], index < 0 ? 512 * 512 * 9 - 1 : index);
    await checkRefused(
      () => fitBackbone('w.pth', 'resnet18', fileOf(tensors)),
      'weightsNotFinite',
      /\(layer4\.1\.conv2\.weight\)/,
    );
  }
  const tensors = blank('resnet18');
  tensors.get('layer2.0.bn2.running_var')!.data[3] = -1e-9;
  await checkRefused(
    () => fitBackbone('w.pth', 'resnet18', fileOf(tensors)),
    'weightsBroken',
    /layer2\.0\.bn2\.running_var is negative/,
  );
});
