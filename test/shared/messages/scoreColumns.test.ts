import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Predictions } from '../../../shared/messages/run.ts';
import { LogitColumns, logitColumns } from '../../../shared/messages/scoreColumns.ts';

test('logitColumns() uses four bytes per number if that loses nothing, else eight', () => {
  const single = [1.5, -0.25, Math.fround(0.1), Math.fround(-3e38)];
  assert.deepEqual(logitColumns(single), Float32Array.from(single));
  // Two probabilities of an old file that differ only in the last digit of a double: their images must not tie.
  const double = [Math.log(0.3), Math.log(0.3 + Number.EPSILON / 4)];
  assert.notEqual(double[0], double[1]);
  assert.deepEqual(logitColumns(double), Float64Array.from(double));
});

test('a page accepts only typed arrays of finite logits with one row per label', () => {
  const good = { epoch: 1, labels: [0, 1], logits: Float32Array.of(1, 2, 3, 4), classCount: 2 };
  // Received as a structured clone.
  assert.deepEqual(Predictions.parse(structuredClone(good)), good);
  const bad: Record<string, object> = {
    'a plain array': { logits: [1, 2, 3, 4] },
    'other numbers': { logits: Int32Array.of(1, 2, 3, 4) },
    'what JSON makes of it': { logits: JSON.parse(JSON.stringify(good.logits)) },
    'a row too few': { logits: Float32Array.of(1, 2) },
    'a row too many': { logits: new Float32Array(6) },
    'a NaN': { logits: Float32Array.of(1, 2, Number.NaN, 4) },
    'an infinite number': { logits: Float64Array.of(1, 2, 3, Number.NEGATIVE_INFINITY) },
    'a label of no class': { labels: [0, 2] },
    'no classes': { classCount: 0, logits: new Float32Array() },
  };
  for (const [what, change] of Object.entries(bad))
    assert.equal(Predictions.safeParse({ ...good, ...change }).success, false, what);
  assert.ok(LogitColumns.safeParse(new Float32Array()).success);
});
