// Metadata of an exported model, as text and back.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  encodeModelMetadata,
  type ModelMetadata,
  parseModelMetadata,
} from '../../../shared/contracts/modelMetadata.ts';

const metadata: ModelMetadata = {
  formatVersion: '1',
  task: 'classification',
  architecture: 'resnet18',
  classNames: ['cat', 'dög, "the" 🐕'],
  positiveClass: 'cat',
  threshold: 0.4312345678901234,
  thresholdLogOdds: -0.2768159201743866,
  thresholdMethod: 'youden',
  thresholdFittedOn: 'val',
  temperature: 1.37,
  preprocessing: {
    resizeShortSide: 257,
    interpolation: 'bilinear, antialiased',
    centerCrop: 224,
    color: 'grayscale',
    depth: 12,
    mean: [0.485, 0.456, 0.406],
    std: [0.229, 0.224, 0.225],
  },
  input: 'image',
  weightType: 'float16',
  initialWeights: 'starter weights (learned from drawings)',
  runId: '20261124-101500-pets-resnet18-00ff',
  recipe: 'photos',
  notForDiagnosticUse: true,
};
const parsed = (entries: Record<string, string>) => parseModelMetadata(Object.entries(entries), 'resnet18');

test('metadata round-trip unchanged, to the last digit of the threshold', () => {
  const entries = encodeModelMetadata(metadata);
  assert.deepEqual(parsed(entries), metadata);
  assert.equal(entries.threshold, '0.4312345678901234');
  assert.ok(Object.values(entries).every((value) => typeof value === 'string'));
});

test('unknown metadata are written as an empty text and read as null', () => {
  const bare: ModelMetadata = {
    ...metadata,
    positiveClass: null,
    threshold: null,
    thresholdLogOdds: null,
    thresholdMethod: null,
    thresholdFittedOn: null,
    temperature: null,
    initialWeights: null,
  };
  assert.equal(encodeModelMetadata(bare).threshold, '');
  assert.deepEqual(parsed(encodeModelMetadata(bare)), bare);
});

test('the model.onnx of an older version is readable: its graph is named after the architecture', () => {
  const { resizeShortSide, interpolation, centerCrop, color, mean, std } = metadata.preprocessing;
  const old = {
    classNames: '["cat","dog"]',
    positiveClass: 'dog',
    threshold: '0.25',
    preprocessing: JSON.stringify({ resizeShortSide, interpolation, centerCrop, color, mean, std }),
    runId: 'r',
    recipe: 'photos',
    notForDiagnosticUse: 'false',
  };
  const read = parseModelMetadata(Object.entries(old), 'resnet50');
  assert.deepEqual([read.architecture, read.task], ['resnet50', 'classification']);
  assert.deepEqual([read.threshold, read.thresholdMethod, read.temperature], [0.25, 'youden', null]);
  assert.deepEqual([read.input, read.weightType], ['normalized', 'float32']);
});

test('contradictory metadata are refused by the name of the field', () => {
  const entries = encodeModelMetadata(metadata);
  const refusals: [Record<string, string>, RegExp][] = [
    [{ classNames: '["cat","cat"]' }, /classNames.*twice/],
    [{ classNames: '["cat"]' }, /classNames/],
    [{ classNames: 'cat, dog' }, /classNames.*not JSON/],
    [{ positiveClass: 'cow' }, /positiveClass.*not one of the classes/],
    [{ positiveClass: '' }, /threshold.*requires a positive class/],
    [{ threshold: '1.5' }, /threshold/],
    [{ threshold: 'high' }, /threshold/],
    [{ temperature: '0' }, /temperature/],
    [{ temperature: 'Infinity' }, /temperature/],
    [{ preprocessing: entries.preprocessing!.replace('257', '200') }, /preprocessing.*crops more/],
    [{ architecture: 'vgg16' }, /architecture/],
    [{ formatVersion: '2' }, /newer version/],
    [{ task: 'segmentation' }, /^Error: its task is "segmentation", and this version reads classification$/],
    [{ notForDiagnosticUse: 'yes' }, /notForDiagnosticUse/],
  ];
  for (const [change, sentence] of refusals) assert.throws(() => parsed({ ...entries, ...change }), sentence);
  const { classNames: _, ...without } = entries;
  assert.throws(() => parsed(without as Record<string, string>), /classNames/);
});

test('unknown keys, such as those of another tool, are ignored', () => {
  assert.deepEqual(parsed({ ...encodeModelMetadata(metadata), author: 'me', __proto__: 'x' } as never), metadata);
});
