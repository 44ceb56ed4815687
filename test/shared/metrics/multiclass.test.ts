import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { atProbability, logitsFrom } from '../../../shared/contracts/scores.ts';
import { classificationReport } from '../../../shared/metrics/classificationReport.ts';
import {
  areasOneVsRest,
  figuresPerClass,
  meansOverClasses,
  mostConfused,
  normalizedMatrix,
} from '../../../shared/metrics/multiclass.ts';
import { nearestToThreshold, outcomesOf, topLosses } from '../../../shared/metrics/perImage.ts';
import { assertProperty } from '../../support/property.ts';

const matrices = fc
  .integer({ min: 2, max: 5 })
  .chain((k) => fc.array(fc.array(fc.nat(9), { minLength: k, maxLength: k }), { minLength: k, maxLength: k }));

test('figuresPerClass() and normalizedMatrix() stay in [0, 1] for any matrix; figures of empty classes are missing', () =>
  assertProperty(
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

test('mostConfused() lists every confusion once, the most frequent pair first', () => {
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

test('means over classes omit a missing class, and report how many they cover', () => {
  const probabilities = [0.7, 0.2, 0.1, 0.2, 0.7, 0.1, 0.4, 0.5, 0.1, 0.6, 0.3, 0.1];
  const { rows, means, classes } = areasOneVsRest([0, 1, 1, 0], probabilities, 3);
  assert.deepEqual(
    rows.map(({ auroc }) => auroc.missing),
    [null, null, 'noPositives'],
  );
  assert.deepEqual([means.macro.auroc.value, means.weighted.averagePrecision.value, classes], [1, 1, 2]);
});

test('means over classes are missing, with the reason, with images of one class only, a non-finite number, or no images', () => {
  const meansOf = (labels: number[], probabilities: number[]) => areasOneVsRest(labels, probabilities, 3).means.macro;
  assert.equal(meansOf([1, 1], [0.7, 0.2, 0.1, 0.2, 0.7, 0.1]).auroc.missing, 'oneClassOnly');
  assert.equal(meansOf([0, 1], [0.7, Number.NaN, 0.1, 0.2, 0.7, 0.1]).averagePrecision.missing, 'notFinite');
  assert.equal(meansOf([], []).auroc.missing, 'noImages');
  assert.equal(meansOverClasses([[0, 0], [0, 0]]).macro.f1.missing, 'noImages'); // biome-ignore format: a matrix
});

test('meansOverClasses() equals the report’s means, inside an interval in [0, 1] of positive width', () =>
  assertProperty(
    fc.property(
      matrices.filter((matrix) => matrix.flat().some((count) => count > 0)),
      (matrix) => {
        const means = meansOverClasses(matrix);
        const names = matrix.map((_, k) => String(k));
        const { macroAverage, weightedAverage } = classificationReport(matrix, names);
        for (const key of ['precision', 'recall', 'f1'] as const)
          for (const [figure, value] of [
            [means.macro[key], macroAverage[key]],
            [means.weighted[key], weightedAverage[key]],
          ] as const) {
            assert.ok(Math.abs(figure.value! - value) < 1e-12);
            const [low, high] = figure.interval!;
            assert.ok(0 <= low && low <= value + 1e-12 && value <= high + 1e-12 && high <= 1 && low < high);
          }
      },
    ),
  ));

test('areasOneVsRest() gives means inside intervals in [0, 1], whatever the ties', () =>
  assertProperty(
    fc.property(fc.array(fc.tuple(fc.nat(2), fc.nat(4), fc.nat(4)), { minLength: 1, maxLength: 20 }), (drawn) => {
      const labels = drawn.map(([label]) => label);
      const probabilities = drawn.flatMap(([, a, b]) => [a / 8, b / 8, 1 - (a + b) / 8]);
      const { rows, means, classes } = areasOneVsRest(labels, probabilities, 3);
      for (const average of ['macro', 'weighted'] as const)
        for (const key of ['auroc', 'averagePrecision'] as const) {
          const { value, interval } = means[average][key];
          assert.equal(value === null, classes < 2);
          if (value === null) continue;
          const weights = rows.map(({ support }) => (average === 'macro' ? Math.min(1, support) : support));
          const sum = rows.reduce((total, row, k) => total + (row[key].value ?? 0) * weights[k]!, 0);
          assert.ok(Math.abs(value - sum / weights.reduce((a, b) => a + b)) < 1e-12);
          assert.ok(0 <= interval![0] && interval![0] <= value + 1e-9 && value <= interval![1] + 1e-9);
          assert.ok(interval![1] <= 1 && interval![0] < interval![1]);
        }
    }),
  ));

test('topLosses() sorts the most confident mistake first, nearestToThreshold() the closest call', () => {
  const labels = [1, 0, 1, 0];
  const probabilities = [0.9, 0.1, 0.6, 0.4, 0.45, 0.55, 0.01, 0.99];
  const decision = { positiveLabel: 1, threshold: atProbability(0.5) };
  const outcomes = outcomesOf(labels, logitsFrom(probabilities), 2, decision);
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

test('outcomesOf() gives null for NaN and a finite loss for a confident mistake, and sorts both without throwing', () => {
  const outcomes = outcomesOf([0, 0, 1], [Number.NaN, 0.5, 0, 3e38, -2, 0.2], 2, null);
  assert.deepEqual(outcomes[0], { index: 0, label: 0, predicted: null, correct: null, loss: null, distance: null });
  assert.equal(outcomes[1]!.loss, 3e38);
  assert.deepEqual(
    topLosses(outcomes).map(({ index }) => index),
    [1, 2],
  );
  assert.equal(JSON.stringify(outcomes).includes('Infinity'), false);
});

test('without a threshold the distance is the margin of the highest logit', () => {
  const [outcome] = outcomesOf([2], [0.2, 0.3, 0.5], 3, null);
  assert.equal(outcome!.predicted, 2);
  assert.ok(Math.abs(outcome!.distance! - 0.2) < 1e-12);
});
