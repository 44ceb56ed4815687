// Thresholds, figures and calibration against scikit-learn, statsmodels and SciPy (test/reference/evaluation.json).
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { logitsFrom, logOddsRows, softmaxRows } from '../../../shared/contracts/scores.ts';
import {
  type Binning,
  brierScore,
  brierScoreMulticlass,
  expectedCalibrationError,
  reliabilityCurve,
  topLabel,
} from '../../../shared/metrics/calibration.ts';
import { confusionMatrix, mostProbable } from '../../../shared/metrics/confusion.ts';
import { delongArea } from '../../../shared/metrics/delong.ts';
import { figuresAt } from '../../../shared/metrics/figuresAt.ts';
import { areasOneVsRest, averages, figuresPerClass, normalizedMatrix } from '../../../shared/metrics/multiclass.ts';
import { studentQuantile975 } from '../../../shared/metrics/normal.ts';
import { outcomesOf } from '../../../shared/metrics/perImage.ts';
import { fitTemperature } from '../../../shared/metrics/temperature.ts';
import { thresholdBy } from '../../../shared/metrics/threshold.ts';

const reference = JSON.parse(readFileSync(new URL('../../reference/evaluation.json', import.meta.url), 'utf8'));

// Both sides compute in float64; only the order of the sums differs.
function close(actual: number | null | undefined, expected: number, what: string, tolerance = 1e-10): void {
  assert.ok(
    typeof actual === 'number' && Math.abs(actual - expected) <= tolerance,
    `${what}: ${actual} here, ${expected} in the reference`,
  );
}

function allClose(actual: readonly (number | null)[], expected: readonly number[], what: string): void {
  assert.equal(actual.length, expected.length, `${what}: length`);
  actual.forEach((value, i) => {
    close(value, expected[i]!, `${what}[${i}]`);
  });
}

// biome-ignore lint/suspicious/noExplicitAny: the reference file is plain JSON
function checkCalibration(labels: number[], scores: number[], expected: any): void {
  for (const binning of ['equalWidth', 'equalCount'] satisfies Binning[]) {
    const bins = reliabilityCurve(labels, scores, binning, 10)!.filter(({ share }) => share.n > 0);
    allClose(
      bins.map(({ share }) => share.value),
      expected[binning].share,
      `${binning}, shares`,
    );
    allClose(
      bins.map(({ meanScore }) => meanScore),
      expected[binning].meanScore,
      `${binning}, mean scores`,
    );
  }
  close(expectedCalibrationError(reliabilityCurve(labels, scores, 'equalWidth', 10)), expected.ece, 'ECE');
  close(brierScore(labels, scores), expected.brier, 'Brier');
}

// biome-ignore lint/suspicious/noExplicitAny: the reference file is plain JSON
function checkTemperature(labels: number[], probabilities: number[], classCount: number, expected: any): void {
  // scikit-learn's log_loss takes a probability below 2⁻⁵² for that.
  const logits = logitsFrom(probabilities.map((p) => Math.max(p, Number.EPSILON)));
  const fit = fitTemperature(labels, logits, classCount);
  // SciPy stops where the loss no longer changes in float64: half the digits.
  close(fit.temperature! / expected.temperature, 1, 'temperature, relative', 1e-6);
  assert.ok(fit.reason === null);
  close(fit.lossBefore, expected.lossBefore, 'loss before');
  close(fit.lossAfter, expected.lossAfter, 'loss after');
  const scaled = softmaxRows(logits, classCount, expected.temperature);
  allClose([...scaled.slice(0, classCount)], expected.first, 'first row');
}

for (const { name, labels, scores, ...expected } of reference.binary) {
  test(`thresholdBy() agrees with an exhaustive search over all scores: ${name}`, () => {
    for (const rule of ['sensitivity', 'specificity'] as const)
      for (const [atLeast, threshold] of Object.entries(expected.thresholds[rule]))
        assert.equal(thresholdBy({ rule, atLeast: Number(atLeast) }, labels, scores).threshold, threshold, atLeast);
    for (const { threshold, prevalence, ...costs } of expected.thresholds.costs) {
      const rule = { rule: 'costs', ...costs, ...(prevalence === null ? {} : { prevalence }) } as const;
      assert.equal(thresholdBy(rule, labels, scores).threshold, threshold, JSON.stringify(rule));
    }
  });
  test(`figuresAt() equals scikit-learn and statsmodels: ${name}`, () => {
    for (const { threshold, f1, balancedAccuracy, ...shares } of expected.figures) {
      const figures = figuresAt(labels, scores, threshold);
      close(figures.f1.value, f1, 'F1');
      close(figures.balancedAccuracy.value, balancedAccuracy, 'balanced accuracy');
      for (const key of ['sensitivity', 'specificity', 'ppv', 'npv', 'accuracy'] as const) {
        close(figures[key].value, shares[key].value, key);
        allClose([...figures[key].interval!], shares[key].interval, `${key}, interval`);
      }
    }
  });
  test(`the reliability curve, ECE and the Brier score equal scikit-learn: ${name}`, () =>
    checkCalibration(labels, scores, expected.calibration));
  test(`delongArea() equals its definition over all pairs: ${name}`, () => {
    const { area, standardError, interval } = delongArea(labels, scores)!;
    close(area, expected.delong.area, 'area');
    close(standardError, expected.delong.standardError, 'standard error');
    allClose([...interval!], expected.delong.logit, 'interval');
  });
  test(`fitTemperature() finds SciPy's minimum: ${name}`, () => {
    const probabilities = scores.flatMap((score: number) => [1 - score, score]);
    checkTemperature(labels, probabilities, 2, expected.temperature);
  });
}

test('four classes: Brier score, calibration of the most probable class and temperature equal scikit-learn and SciPy', () => {
  const { labels, probabilities, classCount, brier, topLabel: expected, temperature } = reference.multiclass;
  close(brierScoreMulticlass(labels, probabilities, classCount), brier, 'Brier');
  const top = topLabel(labels, probabilities, classCount);
  checkCalibration(top.labels, top.scores, expected);
  checkTemperature(labels, probabilities, classCount, temperature);
});

test('four classes: AUROC, AUPRC, their means and losses equal scikit-learn', () => {
  const { labels, probabilities, classCount, ...expected } = reference.multiclass;
  const { rows, means, classes } = areasOneVsRest(
    labels,
    logOddsRows(logitsFrom(probabilities), classCount),
    classCount,
  );
  assert.equal(classes, 4);
  for (const key of ['auroc', 'averagePrecision'] as const) {
    allClose(
      rows.map((row) => row[key].value),
      expected[key],
      key,
    );
    for (const average of averages)
      close(
        means[average][key].value,
        expected[`${key}${average === 'macro' ? 'Macro' : 'Weighted'}`],
        `${key}, ${average}`,
      );
  }
  allClose(
    outcomesOf(labels, logitsFrom(probabilities), classCount, null).map(({ loss }) => loss),
    expected.losses,
    'losses',
  );
});

test('four classes: normalised confusion matrix and figures per class equal scikit-learn', () => {
  const { labels, probabilities, classCount, ...expected } = reference.multiclass;
  const matrix = confusionMatrix(labels, mostProbable(probabilities, classCount), classCount);
  allClose(normalizedMatrix(matrix, 'true').flat(), expected.byTrue.flat(), 'of the true class');
  allClose(normalizedMatrix(matrix, 'predicted').flat(), expected.byPredicted.flat(), 'of the predicted class');
  allClose(normalizedMatrix(matrix, 'all').flat(), expected.byAll.flat(), 'of all');
  for (const key of ['precision', 'recall', 'f1'] as const)
    allClose(
      figuresPerClass(matrix).map((row) => row[key].value),
      expected[key],
      key,
    );
});

test('studentQuantile975() equals SciPy, to 2e-3 with 3 degrees of freedom and better with more', () => {
  for (const [degrees, quantile] of Object.entries<number>(reference.studentQuantile975))
    close(studentQuantile975(Number(degrees)) / quantile, 1, degrees, Math.min(2e-3, 1e-1 / Number(degrees) ** 4));
});
