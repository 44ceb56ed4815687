import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { logitsFrom, softmaxRows } from '../../../shared/contracts/scores.ts';
import {
  brierFigure,
  brierFigureMulticlass,
  brierScore,
  brierScoreMulticlass,
  calibrationErrorFigure,
  expectedCalibrationError,
  reliabilityCurve,
} from '../../../shared/metrics/calibration.ts';
import { fitTemperature } from '../../../shared/metrics/temperature.ts';
import { assertProperty } from '../../support/property.ts';

const probability = fc.oneof(fc.constantFrom(0, 0.1, 0.5, 0.7, 1), fc.double({ min: 0, max: 1, noNaN: true }));
const scored = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 1 }), probability), { minLength: 1, maxLength: 40 })
  .map((rows) => ({ labels: rows.map(([label]) => label), scores: rows.map(([, score]) => score) }));
const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

for (const binning of ['equalWidth', 'equalCount'] as const)
  test(`reliabilityCurve() ${binning} puts every image into one bin whose edges enclose its mean score`, () =>
    assertProperty(
      fc.property(scored, fc.integer({ min: 1, max: 15 }), ({ labels, scores }, count) => {
        const bins = reliabilityCurve(labels, scores, binning, count)!;
        assert.equal(sum(bins.map(({ share }) => share.n)), labels.length);
        const positives = sum(bins.map(({ share }) => Math.round((share.value ?? 0) * share.n)));
        assert.equal(positives, sum(labels));
        for (const { low, high, meanScore } of bins)
          if (meanScore !== null) assert.ok(low <= meanScore + 1e-12 && meanScore <= high + 1e-12);
      }),
    ));

test('reliabilityCurve() of equal counts balances the bins when scores are distinct', () => {
  const scores = Array.from({ length: 40 }, (_, i) => (i + 1) / 41);
  const bins = reliabilityCurve(
    scores.map(() => 1),
    scores,
    'equalCount',
    4,
  )!;
  assert.deepEqual(
    bins.map(({ share }) => share.n),
    [10, 10, 10, 10],
  );
});

test('a constant forecast of the base rate has no calibration error, and the Brier score p(1 − p)', () => {
  const labels = [0, 0, 0, 1];
  const scores = labels.map(() => 0.25);
  assert.equal(expectedCalibrationError(reliabilityCurve(labels, scores)), 0);
  assert.equal(brierScore(labels, scores), 0.1875);
});

test('the Brier score of two classes, summed over classes, is twice that of the positive one', () =>
  assertProperty(
    fc.property(scored, ({ labels, scores }) => {
      const both = brierScoreMulticlass(
        labels,
        scores.flatMap((score) => [1 - score, score]),
        2,
      )!;
      assert.ok(Math.abs(both - 2 * brierScore(labels, scores)!) < 1e-12);
    }),
  ));

test('scores that are no probabilities have no curve, no error and no Brier score', () => {
  for (const scores of [
    [0.5, Number.NaN],
    [0.5, 1.01],
    [-0.1, 0.5],
  ]) {
    assert.equal(reliabilityCurve([0, 1], scores), null);
    assert.equal(brierScore([0, 1], scores), null);
    assert.equal(expectedCalibrationError(reliabilityCurve([0, 1], scores)), null);
  }
  assert.equal(reliabilityCurve([], []), null);
});

test('fitTemperature() undoes a temperature: logits divided by T fit the earlier temperature divided by T', () =>
  assertProperty(
    fc.property(scored, fc.double({ min: 0.3, max: 3, noNaN: true }), ({ labels, scores }, by) => {
      // Away from 0 and 1, where float64 has no digits left for the other class.
      const probabilities = scores.map((score) => 0.01 + 0.98 * score).flatMap((score) => [1 - score, score]);
      const before = fitTemperature(labels, logitsFrom(probabilities), 2);
      const after = fitTemperature(labels, logitsFrom(softmaxRows(logitsFrom(probabilities), 2, by)), 2);
      // For images with almost no information, rounding decides whether there is any.
      if (before.temperature === null || before.temperature > 100) return;
      assert.ok(Math.abs((after.temperature! * by) / before.temperature - 1) < 1e-6);
    }),
  ));

test('fitTemperature() never increases the loss, whatever the probabilities', () =>
  assertProperty(
    fc.property(scored, ({ labels, scores }) => {
      const fit = fitTemperature(labels, logitsFrom(scores.flatMap((score) => [1 - score, score])), 2);
      if (fit.reason !== null) return;
      assert.ok(fit.temperature > 0 && Number.isFinite(fit.temperature));
      assert.ok(fit.lossAfter <= fit.lossBefore + 1e-12);
    }),
  ));

test('fitTemperature() of a fully confident mistake is large and finite', () => {
  const fit = fitTemperature([0, 1, 1, 0, 1], logitsFrom([1, 0, 0, 1, 1, 0, 0.9, 0.1, 0.2, 0.8]), 2);
  assert.ok(fit.reason === null && fit.temperature > 5 && Number.isFinite(fit.lossBefore), JSON.stringify(fit));
});

test('fitTemperature() gives a reason when there is no fit', () => {
  const reasonOf = (labels: number[], probabilities: number[]) =>
    fitTemperature(labels, logitsFrom(probabilities), 2).reason;
  assert.equal(reasonOf([], []), 'noImages');
  assert.equal(reasonOf([1, 1], [0.9, 0.1, 0.2, 0.8]), 'oneClassOnly');
  assert.equal(reasonOf([0, 1], [0.9, 0.1, Number.NaN, 0.8]), 'notFinite');
  assert.equal(reasonOf([0, 1], [0.9, 0.1, 0.2, 0.8]), 'noErrors');
  assert.equal(reasonOf([0, 1], [0.1, 0.9, 0.8, 0.2]), 'noBetterThanChance');
});

test('softmaxRows() with a temperature of 1 changes nothing, and any temperature keeps the order of the classes', () =>
  assertProperty(
    fc.property(
      fc.array(probability, { minLength: 4, maxLength: 4 }),
      fc.double({ min: 0.1, max: 20, noNaN: true }),
      (row, T) => {
        const total = sum(row) || 1;
        const probabilities = row.map((p) => (sum(row) === 0 ? 0.25 : p / total));
        const same = softmaxRows(logitsFrom(probabilities), 4, 1);
        const other = softmaxRows(logitsFrom(probabilities), 4, T);
        for (let k = 0; k < 4; k++) {
          assert.ok(Math.abs(same[k]! - probabilities[k]!) < 1e-12);
          for (let j = 0; j < 4; j++) if (probabilities[j]! < probabilities[k]!) assert.ok(other[j]! <= other[k]!);
        }
      },
    ),
  ));

test('calibrationErrorFigure() and brierFigure() have intervals within their range, wider than 0 even for certain scores', () =>
  assertProperty(
    fc.property(scored, ({ labels, scores }) => {
      const { figure, byChance } = calibrationErrorFigure(reliabilityCurve(labels, scores));
      assert.equal(figure.value, expectedCalibrationError(reliabilityCurve(labels, scores)));
      const [low, high] = figure.interval!;
      assert.ok(0 <= low && low <= high && high <= 1, `${low} ${high}`);
      assert.ok(0 <= byChance!.mean && byChance!.mean <= byChance!.high);
      const brier = brierFigure(labels, scores);
      assert.equal(brier.value, brierScore(labels, scores));
      const [best, worst] = brier.interval!;
      assert.ok(0 <= best && best <= brier.value! + 1e-12 && brier.value! <= worst && worst <= 1, `${best} ${worst}`);
      assert.ok(best < worst || brier.value === 1);
      const both = brierFigureMulticlass(labels, scores.flatMap((score) => [1 - score, score]), 2); // biome-ignore format: a line
      both.interval!.forEach((end, i) => {
        assert.ok(Math.abs(end - 2 * brier.interval![i]!) < 1e-9);
      });
    }),
  ));

test('a model that is ten times certain and right does not claim a Brier score of exactly 0', () => {
  const ten = Array<number>(10).fill(1);
  const { value, interval } = brierFigure(ten, ten);
  assert.equal(value, 0);
  assert.ok(interval![0] === 0 && interval![1] > 0.1, String(interval));
});

test('calibration figures are missing, with the reason, without images and without probabilities', () => {
  assert.equal(brierFigure([], []).missing, 'noImages');
  assert.equal(brierFigure([1], [1.5]).missing, 'notFinite');
  assert.deepEqual(calibrationErrorFigure(reliabilityCurve([], [])).figure.missing, 'noImages');
  assert.equal(calibrationErrorFigure(null).byChance, null);
});
