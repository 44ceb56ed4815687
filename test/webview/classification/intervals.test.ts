import assert from 'node:assert/strict';
import { test } from 'node:test';
import { applyRunEvent, initialRunState } from '../../../shared/contracts/runState.ts';
import { aurocInterval, wilsonInterval } from '../../../shared/metrics/intervals.ts';
import {
  areaInterval,
  epochIntervals,
  evaluationInterval,
  intervalText,
  shareInterval,
} from '../../../webview/classification/intervals.ts';
import { animalsRun, chestXrayRun } from '../support/transcripts.ts';

const { runId, events } = chestXrayRun();
const run = events.reduce(applyRunEvent, initialRunState(runId));

test('epochIntervals() are computed from the validation images of each class', () => {
  const row = run.epochs[2]!;
  const { auroc, accuracy } = row.metrics.val;
  assert.deepEqual(epochIntervals(run, row), {
    auroc: aurocInterval(auroc!, 8, 8),
    accuracy: wilsonInterval(Math.round(accuracy! * 16), 16),
  });
});

test('AUROC has no interval with more than two classes, without a value, or without images', () => {
  const animals = animalsRun();
  const many = animals.events.reduce(applyRunEvent, initialRunState(animals.runId));
  assert.equal(epochIntervals(many, many.epochs[0]!).auroc, null);
  assert.equal(evaluationInterval(many.evaluation!.test), null);
  assert.equal(areaInterval(null, [8, 8]), null);
  assert.equal(areaInterval(0.9, [8, 0]), null);
  assert.equal(shareInterval(0.9, 0), null);
});

test('evaluationInterval() is the one in the run, else computed from its report', () => {
  const { test: split } = run.evaluation!;
  assert.deepEqual(evaluationInterval({ ...split, aurocInterval: [0.1, 0.2] }), [0.1, 0.2]);
  assert.deepEqual(evaluationInterval(split), aurocInterval(split.auroc!, 390, 234));
});

test('intervalText() states the confidence level', () => assert.equal(intervalText([0.9123, 1]), '95 %: 0.912–1.000'));
