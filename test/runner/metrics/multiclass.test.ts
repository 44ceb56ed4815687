import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  areasOneVsRest,
  figuresPerClass,
  meanOverClasses,
  mostConfused,
  normalizedMatrix,
} from '../../../runner/metrics/multiclass.ts';
import { nearestToThreshold, outcomesOf, topLosses } from '../../../runner/metrics/perImage.ts';

const matrices = fc
  .integer({ min: 2, max: 5 })
  .chain((k) => fc.array(fc.array(fc.nat(9), { minLength: k, maxLength: k }), { minLength: k, maxLength: k }));

test('figuresPerClass() and normalizedMatrix() stay in [0, 1] whatever the matrix; empty classes are missing', () =>
  fc.assert(
    fc.property(matrices, (matrix) => {
      for (const { support, precision, recall, f1 } of figuresPerClass(matrix)) {
        assert.equal(recall.value === null, support === 0);
        for (const { value, interval } of [precision, recall, f1])
          if (value !== null) assert.ok(interval![0] <= value + 1e-12 && value <= interval![1] + 1e-12);
      }
      for (const over of ['true', 'predicted', 'all'] as const)
        for (const share of normalizedMatrix(matrix, over).flat()) assert.ok(share >= 0 && share <= 1);
      for (const [k, row] of normalizedMatrix(matrix, 'true').entries()) {
        const total = row.reduce((sum, share) => sum + share, 0);
        assert.ok(Math.abs(total - (matrix[k]!.some((count) => count > 0) ? 1 : 0)) < 1e-12);
      }
    }),
  ));

test('mostConfused() tells every mistake once, the most frequent pair first', () => {
  const matrix = [
    [5, 2, 0],
    [3, 9, 2],
    [0, 0, 0],
  ];
  assert.deepEqual(
    mostConfused(matrix).map(({ trueLabel, predictedLabel, count }) => [trueLabel, predictedLabel, count]),
    [
      [1, 0, 3],
      [0, 1, 2],
      [1, 2, 2],
    ],
  );
  assert.equal(mostConfused(matrix, 1)[0]!.share.value, 3 / 14);
});

test('means over classes leave a missing class out, and say how many there were', () => {
  const probabilities = [0.7, 0.2, 0.1, 0.2, 0.7, 0.1, 0.4, 0.5, 0.1, 0.6, 0.3, 0.1];
  const areas = areasOneVsRest([0, 1, 1, 0], probabilities, 3);
  assert.deepEqual(
    areas.map(({ auroc }) => auroc.missing),
    [null, null, 'oneClassOnly'],
  );
  const rows = areas.map(({ support, auroc }) => ({ support, figure: auroc }));
  assert.deepEqual(meanOverClasses(rows, 'macro'), { value: 1, classes: 2 });
  assert.deepEqual(meanOverClasses(rows.slice(2), 'weighted'), { value: null, classes: 0 });
});

test('topLosses() puts the most confident mistake first, nearestToThreshold() the closest call', () => {
  const labels = [1, 0, 1, 0];
  const probabilities = [0.9, 0.1, 0.6, 0.4, 0.45, 0.55, 0.01, 0.99];
  const outcomes = outcomesOf(labels, probabilities, 2, { positiveLabel: 1, threshold: 0.5 });
  assert.deepEqual(
    topLosses(outcomes).map(({ index }) => index),
    [3, 0, 2, 1],
  );
  assert.deepEqual(
    nearestToThreshold(outcomes, 2).map(({ index }) => index),
    [2, 1],
  );
  assert.deepEqual(
    outcomes.map(({ correct }) => correct),
    [false, true, true, false],
  );
});

test('outcomesOf() of what is no number is null, of a certain mistake finite; neither throws nor sorts wrong', () => {
  const outcomes = outcomesOf([0, 0, 1], [Number.NaN, 0.5, 0, 1, 0.1, 0.9], 2, null);
  assert.deepEqual(outcomes[0], { index: 0, label: 0, predicted: null, correct: null, loss: null, distance: null });
  assert.ok(Math.abs(outcomes[1]!.loss! - 36.0437) < 1e-4);
  assert.deepEqual(
    topLosses(outcomes).map(({ index }) => index),
    [1, 2],
  );
  assert.equal(JSON.stringify(outcomes).includes('Infinity'), false);
});

test('without a threshold the distance is the lead of the most probable class', () => {
  const [outcome] = outcomesOf([2], [0.2, 0.3, 0.5], 3, null);
  assert.equal(outcome!.predicted, 2);
  assert.ok(Math.abs(outcome!.distance! - 0.2) < 1e-12);
});
