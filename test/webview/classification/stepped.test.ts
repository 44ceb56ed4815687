import assert from 'node:assert/strict';
import { test } from 'node:test';
import { averagePrecision, precisionRecallCurve } from '../../../shared/metrics/precisionRecall.ts';
import { stepped } from '../../../webview/classification/stepped.ts';
import { scoresOf, twoTest } from '../support/evaluations.ts';

test('the area under the drawn steps equals the average precision shown above them', () => {
  const labels = twoTest.labels!;
  const scores = scoresOf(twoTest);
  const { precision, recall } = precisionRecallCurve(labels, scores);
  const path = stepped(recall.map((x, i) => ({ x, y: precision[i]! })));
  const area = path.slice(1).reduce((sum, { x, y }, i) => sum + (path[i]!.x - x) * (path[i]!.y + y) * 0.5, 0);
  assert.ok(Math.abs(area - averagePrecision(labels, scores)!) < 1e-12);
});
