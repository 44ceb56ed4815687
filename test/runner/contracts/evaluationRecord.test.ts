import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type EvaluationRecord, parseEvaluationRecord } from '../../../runner/contracts/evaluationRecord.ts';
import { datedId, isRunId } from '../../../runner/contracts/run.ts';

const record: EvaluationRecord = {
  version: 1,
  id: '20260304-050607-ward-b-00ff',
  createdAt: '2026-03-04T05:06:07.008Z',
  model: { kind: 'onnx', file: '/models/model.onnx', sha256: 'ab'.repeat(32), runId: null },
  network: 'resnet18',
  recipe: 'photos',
  medical: false,
  classNames: ['ants', 'bees'],
  positiveClass: 'bees',
  data: {
    folder: '/data/ward-b',
    origin: 'folder',
    split: null,
    labelled: false,
    fingerprint: 'cd'.repeat(32),
    imageCount: 2,
    counts: null,
    classMapping: [],
    missingClasses: [],
    ignoredClasses: [],
  },
  skipped: [{ relativePath: '3.jpg', reason: 'cannot be decoded' }],
  threshold: { value: 0.4, from: 'val' },
  temperature: null,
  overlap: null,
  warnings: [],
  metrics: null,
  device: 'CPU',
  imagesPerSecond: 12.5,
  elapsedMs: 160,
  versions: { shoulders: '0.1.0' },
};

test('parseEvaluationRecord() gives back what was written', () => {
  assert.deepEqual(parseEvaluationRecord(JSON.stringify(record)), record);
});

for (const [what, text, message] of [
  ['what is not JSON', '{', /JSON/],
  ['a newer version', JSON.stringify({ ...record, version: 2 }), /version 2, which is newer/],
  [
    'another shape, with the place',
    JSON.stringify({ ...record, data: { ...record.data, imageCount: 0.5 } }),
    /imageCount/,
  ],
] as const)
  test(`parseEvaluationRecord() refuses ${what}`, () => assert.throws(() => parseEvaluationRecord(text), message));

test("datedId() names an evaluation by time and the folder's last name", () => {
  const id = datedId('/data/Ward B/', [], new Date(2026, 2, 4, 5, 6, 7), 255);
  assert.equal(id, '20260304-050607-ward-b-00ff');
  assert.ok(isRunId(id));
});
