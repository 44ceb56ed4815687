// Networks so confident that their probabilities are exactly 0 and 1: ranks, thresholds and temperature use log-odds.
// Constants: scikit-learn 1.9.1 and SciPy 1.17.1 (minimize_scalar of the negative log-likelihood over log T), of the same numbers.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { logOddsOf, logOddsRows, softmaxRows } from '../../../shared/contracts/scores.ts';
import { fitDecision } from '../../../shared/metrics/fitDecision.ts';
import { evaluateSplit } from '../../../shared/metrics/metrics.ts';
import { nearestToThreshold, outcomesOf, topLosses } from '../../../shared/metrics/perImage.ts';
import { aurocOneVsRest } from '../../../shared/metrics/roc.ts';
import { fitTemperature } from '../../../shared/metrics/temperature.ts';
import { assertProperty } from '../../support/property.ts';

const logOdds = [-61.5, -52.25, -47, -44.5, -41, -38.75, -12.5, 4.25, 39.5, 43.75, 48, -42.5, -39.25, -3, 37.5, 40.25, 41.5, 44.25, 46, 50.75, 55, 63.5]; // biome-ignore format: a row
const labels = logOdds.map((_, i) => (i < 11 ? 0 : 1));
const logits = logOdds.flatMap((value) => [-value / 2, value / 2]);
const close = (actual: number | null, expected: number, tolerance = 1e-12) =>
  assert.ok(actual !== null && Math.abs(actual - expected) <= tolerance, `${actual} here, ${expected} expected`);

const evaluated = (positiveLabel: 0 | 1) => {
  const { threshold, temperature } = fitDecision(labels, logits, 2, positiveLabel);
  const options = { labels, logits, loss: 1, classNames: ['a', 'b'], positiveLabel, threshold };
  return { threshold, temperature, split: evaluateSplit({ ...options, temperature: temperature.temperature }) };
};

test('AUROC and AUPRC of very confident images equal scikit-learn’s on the log-odds, whichever class is positive', () => {
  const [one, other] = [evaluated(1).split, evaluated(0).split];
  close(one.auroc, 0.7851239669421488);
  assert.equal(other.auroc, one.auroc);
  close(one.auprc, 0.8015275128911492);
  close(other.auprc, 0.8167853544647803);
});

test('the temperature of very confident images equals SciPy’s, and the calibrated probabilities are softmax(logits / T)', () => {
  const { temperature, split } = evaluated(1);
  assert.ok(temperature.reason === null);
  close(temperature.temperature / 40.93261263252965, 1, 1e-6);
  close(temperature.lossBefore, 10.014216115234158);
  close(temperature.lossAfter, 0.5735165325751592);
  const calibrated = softmaxRows(logits, 2, temperature.temperature);
  close(calibrated[2 * 8 + 1]!, 0.7241219113745554, 1e-7);
  const brier = labels.reduce<number>((sum, y, i) => sum + (1 / (1 + Math.exp(-logOdds[i]! / temperature.temperature)) - y) ** 2, 0); // biome-ignore format: a sum
  close(split.calibration!.scaled!.brier, brier / labels.length);
});

test('a threshold separates images whose probabilities are both 1', () => {
  const { threshold, split } = evaluated(1);
  assert.equal(threshold!.logOdds, 37.5); // numpy.argmax(tpr - fpr) over sklearn.metrics.roc_curve
  assert.equal(threshold!.probability, 1);
  assert.deepEqual(split.byThreshold!.confusionMatrix, [
    [8, 3],
    [3, 8],
  ]);
  const kept = JSON.parse(JSON.stringify(threshold)) as typeof threshold;
  const outcomes = outcomesOf(labels, logits, 2, { positiveLabel: 1, threshold: kept! });
  assert.deepEqual(
    outcomes.map(({ predicted }) => predicted),
    logOdds.map((value) => (value >= 37.5 ? 1 : 0)),
  );
});

test('the lists of images order images whose probabilities are equal', () => {
  const { threshold } = evaluated(1);
  const outcomes = outcomesOf(labels, logits, 2, { positiveLabel: 1, threshold: threshold! });
  const wrong = topLosses(outcomes).slice(0, 5);
  assert.deepEqual(
    wrong.map(({ index }) => logOdds[index]),
    [48, 43.75, -42.5, 39.5, -39.25],
  );
  assert.deepEqual(
    nearestToThreshold(outcomes, 3).map(({ index }) => logOdds[index]),
    [37.5, 39.5, 40.25],
  );
});

test('three very confident classes: AUROC and AUPRC equal scikit-learn’s, the temperature SciPy’s', () => {
  const three = [60, 5, 1, 48, 50, 2, 55, 10, 54, 1, 70, 3, 44, 40, 0, 3, 4, 62, 2, 51, 49, 45, 0, 47, 0, 66, 41];
  const own = [0, 0, 0, 1, 1, 1, 2, 2, 2];
  close(aurocOneVsRest(own, logOddsRows(three, 3), 3)!, 0.6944444444444445);
  const fit = fitTemperature(own, three, 3);
  assert.ok(fit.reason === null);
  close(fit.temperature / 34.23840198451695, 1, 1e-6);
  close(fit.lossAfter, 0.8831534607325713);
});

/**
 * Gaps from a ten thousandth to twenty thousand. With far smaller ones beside large ones, rounding alone decides the minimum of the
 * loss where they cancel out.
 */
const drawn = fc
  .array(
    fc.record({ label: fc.nat(1), gap: fc.integer({ min: -10_000, max: 10_000 }).map((n) => Math.fround(n / 10_000)) }),
    { minLength: 4, maxLength: 40 },
  )
  .filter((rows) => new Set(rows.map(({ label }) => label)).size === 2);
const scale = fc.integer({ min: -4, max: 4 }).map((power) => 10 ** power);

test('AUROC is identical to the last digit whichever class is positive, at any size of the logits', () =>
  assertProperty(
    fc.property(drawn, scale, (rows, by) => {
      const own = rows.map(({ label }) => label);
      const scaled = rows.flatMap(({ gap }) => [Math.fround(-gap * by), Math.fround(gap * by)]);
      const of = (positiveLabel: number) =>
        evaluateSplit({ labels: own, logits: scaled, loss: 0, classNames: ['a', 'b'], positiveLabel, threshold: null });
      assert.equal(of(0).auroc, of(1).auroc);
      let right = 0;
      const scores = logOddsOf(scaled, 2, 1);
      own.forEach((a, i) => {
        own.forEach((b, j) => {
          if (a === 1 && b === 0) right += scores[i]! > scores[j]! ? 1 : scores[i] === scores[j] ? 0.5 : 0;
        });
      });
      const positives = own.filter((label) => label === 1).length;
      close(of(1).auroc, right / (positives * (own.length - positives)));
    }),
  ));

test('the temperature scales with the logits, at any size', () =>
  assertProperty(
    fc.property(drawn, scale, (rows, by) => {
      const own = rows.map(({ label }) => label);
      const fitOf = (factor: number) =>
        fitTemperature(
          own,
          rows.flatMap(({ gap }) => [0, gap * factor]),
          2,
        );
      const [plain, scaled] = [fitOf(1), fitOf(by)];
      assert.equal(scaled.reason, plain.reason);
      // A flat minimum leaves fewer digits.
      if (plain.temperature !== null && plain.temperature < 100)
        assert.ok(Math.abs(scaled.temperature! / by / plain.temperature - 1) < 1e-6);
    }),
  ));
