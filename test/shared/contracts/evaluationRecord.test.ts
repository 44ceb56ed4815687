import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseEvaluationRecord } from '../../../shared/contracts/classification/evaluationRecord.ts';
import { datedId, isRunId } from '../../../shared/contracts/run.ts';
import { record } from '../../support/anEvaluation.ts';

test('parseEvaluationRecord() returns what was written', () => {
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

test("datedId() combines the time with the folder's last name", () => {
  const id = datedId('/data/Ward B/', [], new Date(2026, 2, 4, 5, 6, 7), 255);
  assert.equal(id, '20260304-050607-ward-b-00ff');
  assert.ok(isRunId(id));
});
