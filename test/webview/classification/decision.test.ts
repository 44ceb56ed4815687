import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { applyRunEvent, initialRunState } from '../../../shared/contracts/runState.ts';
import { logitsFrom } from '../../../shared/contracts/scores.ts';
import type { Predictions } from '../../../shared/messages/run.ts';
import { logitColumns } from '../../../shared/messages/scoreColumns.ts';
import { binaryOf, decisionOf, isSmall, positiveLabel, rocOf } from '../../../webview/classification/decision.ts';
import { assertProperty } from '../../support/property.ts';
import { countDecisions, largestYouden, pairwiseAuroc } from '../support/bruteForce.ts';
import { animalsRun, chestXrayRun } from '../support/transcripts.ts';

/** Few distinct scores, so that ties are common. */
const binary = fc
  .array(fc.record({ label: fc.integer({ min: 0, max: 1 }), score: fc.integer({ min: 0, max: 12 }) }), {
    minLength: 2,
    maxLength: 30,
  })
  .filter((rows) => new Set(rows.map((row) => row.label)).size === 2)
  .map((rows) =>
    binaryOf(
      twoClasses(
        rows.map((row) => row.label),
        rows.map((row) => row.score / 12),
      ),
      1,
    ),
  );

const twoClasses = (labels: number[], scores: number[]): Predictions => ({
  epoch: 1,
  labels,
  logits: logitColumns(scores.flatMap((score) => [0, score])),
  classCount: 2,
});

test('decisionOf() agrees with brute force at any threshold, ties included', () => {
  assertProperty(
    fc.property(binary, fc.integer({ min: 0, max: 24 }), (columns, twentyFourths) => {
      const threshold = twentyFourths / 24;
      const { tp, fp, fn, tn } = countDecisions(columns.labels, columns.scores, threshold);
      assert.deepEqual(decisionOf(columns, threshold), {
        truePositives: tp,
        falsePositives: fp,
        falseNegatives: fn,
        trueNegatives: tn,
        sensitivity: tp / (tp + fn),
        specificity: tn / (tn + fp),
        precision: tp + fp === 0 ? null : tp / (tp + fp),
      });
    }),
  );
});

test('rocOf() has the AUROC of all pairs, and its optimum has the largest J if that beats chance', () => {
  assertProperty(
    fc.property(binary, (columns) => {
      const roc = rocOf(columns)!;
      assert.ok(Math.abs(roc.auroc - pairwiseAuroc(columns.labels, columns.scores)) < 1e-12);
      const largest = largestYouden(columns.labels, columns.scores);
      // Predicting nothing positive has J = 0: a threshold no better than that is no optimum.
      if (largest < 1e-12) assert.equal(roc.optimum, null);
      else assert.ok(Math.abs(roc.optimum!.j - largest) < 1e-12, `${roc.optimum!.j}, brute force ${largest}`);
    }),
  );
});

test("rocOf() runs from (0, 0) to (1, 1), and each point matches its threshold's decisions", () => {
  assertProperty(
    fc.property(binary, (columns) => {
      const { points } = rocOf(columns)!;
      assert.deepEqual([points[0]!.falsePositiveRate, points[0]!.truePositiveRate], [0, 0]);
      assert.deepEqual([points.at(-1)!.falsePositiveRate, points.at(-1)!.truePositiveRate], [1, 1]);
      for (const { threshold, falsePositiveRate, truePositiveRate } of points.slice(1)) {
        const { tp, fn, fp, tn } = countDecisions(columns.labels, columns.scores, threshold);
        assert.ok(Math.abs(truePositiveRate - tp / (tp + fn)) < 1e-12);
        assert.ok(Math.abs(falsePositiveRate - fp / (fp + tn)) < 1e-12);
      }
    }),
  );
});

test('rocOf() is null when a class has no images', () => {
  assert.equal(rocOf(binaryOf(twoClasses([1, 1], [0.2, 0.9]), 1)), null);
  assert.equal(rocOf(binaryOf(twoClasses([0, 0], [0.2, 0.9]), 1)), null);
});

test('binaryOf() compares one class with the rest', () => {
  const three: Predictions = {
    epoch: null,
    labels: [2, 0, 1],
    logits: logitColumns(logitsFrom([0.1, 0.2, 0.7, 0.5, 0.3, 0.2, 0.3, 0.3, 0.4])),
    classCount: 3,
  };
  const { scores, ...counted } = binaryOf(three, 2);
  assert.deepEqual(counted, { labels: [1, 0, 0], positives: 1, negatives: 2 });
  [0.7, 0.2, 0.4].forEach((p, i) => {
    assert.ok(Math.abs(scores[i]! - Math.log(p / (1 - p))) < 1e-12);
  });
});

test('isSmall() is true below 100 images and below 30 of a class', () => {
  const of = (positives: number, negatives: number) => isSmall({ labels: [], scores: [], positives, negatives });
  assert.deepEqual(
    [of(8, 8), of(50, 49), of(29, 200), of(200, 29), of(30, 70), of(500, 500)],
    [true, true, true, true, false, false],
  );
});

test('positiveLabel() is the evaluated class, else the recipe’s, else the second; with more than two, the picked one', () => {
  const { runId, events } = chestXrayRun();
  const checked = events.slice(0, 3).reduce(applyRunEvent, initialRunState(runId));
  assert.equal(positiveLabel(checked, 0), 1);
  assert.equal(positiveLabel({ ...checked, recipe: { ...checked.recipe!, positiveClass: 'NORMAL' } }, 1), 0);
  assert.equal(positiveLabel({ ...checked, recipe: { ...checked.recipe!, positiveClass: 'unheard of' } }, 0), 1);
  const many = animalsRun();
  assert.equal(positiveLabel(many.events.slice(0, 3).reduce(applyRunEvent, initialRunState(many.runId)), 3), 3);
});
