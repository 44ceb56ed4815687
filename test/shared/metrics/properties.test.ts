import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { SplitEvaluation } from '../../../shared/contracts/classification/evaluation.ts';
import { atProbability, logitsFrom } from '../../../shared/contracts/scores.ts';
import { epochMetrics, evaluateSplit } from '../../../shared/metrics/metrics.ts';
import { averagePrecision } from '../../../shared/metrics/precisionRecall.ts';
import { auroc, rocCurve } from '../../../shared/metrics/roc.ts';
import { decisionsAt, youdenThreshold } from '../../../shared/metrics/threshold.ts';
import { assertProperty } from '../../support/property.ts';

/** Few distinct scores, so that ties are common; both classes present. */
const scored = fc
  .array(
    fc.record({ label: fc.integer({ min: 0, max: 1 }), score: fc.integer({ min: 0, max: 12 }).map((n) => n / 12) }),
    { minLength: 2, maxLength: 60 },
  )
  .filter((rows) => new Set(rows.map((row) => row.label)).size === 2)
  .map((rows) => ({ labels: rows.map((row) => row.label), scores: rows.map((row) => row.score) }));

test('auroc() is the proportion of correctly ordered pairs, ties one half', () => {
  assertProperty(
    fc.property(scored, ({ labels, scores }) => {
      let right = 0;
      let pairs = 0;
      labels.forEach((a, i) => {
        labels.forEach((b, j) => {
          if (a !== 1 || b !== 0) return;
          pairs++;
          right += scores[i]! > scores[j]! ? 1 : scores[i] === scores[j] ? 0.5 : 0;
        });
      });
      assert.ok(Math.abs(auroc(labels, scores)! - right / pairs) < 1e-12);
    }),
  );
});

test('auroc() is unchanged by an increasing map of the scores, and becomes 1 - auroc under a decreasing one', () => {
  assertProperty(
    fc.property(scored, ({ labels, scores }) => {
      const area = auroc(labels, scores)!;
      assert.ok(
        Math.abs(
          auroc(
            labels,
            scores.map((s) => s ** 3 * 7 - 2),
          )! - area,
        ) < 1e-12,
      );
      assert.ok(
        Math.abs(
          auroc(
            labels,
            scores.map((s) => -s),
          )! -
            (1 - area),
        ) < 1e-12,
      );
    }),
  );
});

test('youdenThreshold() has the largest J of all thresholds', () => {
  assertProperty(
    fc.property(scored, ({ labels, scores }) => {
      const j = (threshold: number) => {
        const { sensitivity, specificity } = decisionsAt(labels, scores, threshold);
        return sensitivity + specificity - 1;
      };
      const best = j(youdenThreshold(labels, scores));
      for (const score of [...scores, 2]) assert.ok(j(score) <= best + 1e-12);
    }),
  );
});

test('every point of rocCurve() matches decisionsAt() at its threshold', () => {
  assertProperty(
    fc.property(scored, ({ labels, scores }) => {
      const curve = rocCurve(labels, scores);
      curve.thresholds.forEach((threshold, i) => {
        const { sensitivity, specificity } = decisionsAt(labels, scores, threshold);
        assert.ok(Math.abs(sensitivity - curve.truePositiveRate[i]!) < 1e-12);
        assert.ok(Math.abs(1 - specificity - curve.falsePositiveRate[i]!) < 1e-12);
      });
    }),
  );
});

test('with one class only, auroc(), and without positives averagePrecision(), are undefined', () => {
  assert.equal(auroc([1, 1], [0.2, 0.9]), undefined);
  assert.equal(auroc([0, 0], [0.2, 0.9]), undefined);
  assert.equal(averagePrecision([0, 0], [0.2, 0.9]), undefined);
});

test('a non-finite score is reported by position, never counted', () => {
  assert.throws(() => auroc([0, 1], [0.5, Number.NaN]), /Score 1 is NaN/);
});

test('evaluateSplit() treats the positive class correctly, whichever label it has', () => {
  const base = {
    labels: [0, 0, 1, 1],
    logits: logitsFrom([0.9, 0.1, 0.4, 0.6, 0.3, 0.7, 0.8, 0.2]),
    loss: 0.5,
    classNames: ['sick', 'well'],
  };
  const sick = evaluateSplit({ ...base, positiveLabel: 0, threshold: atProbability(0.4) });
  assert.deepEqual(sick.byThreshold?.confusionMatrix, [
    [2, 0],
    [1, 1],
  ]);
  assert.equal(sick.byThreshold?.sensitivity, 1);
  assert.equal(sick.byThreshold?.specificity, 0.5);
  assert.deepEqual(sick.byHighestProbability.confusionMatrix, [
    [1, 1],
    [1, 1],
  ]);
  assert.equal(sick.auroc, 0.75);
  assert.equal(evaluateSplit({ ...base, positiveLabel: 1, threshold: atProbability(0.6) }).auroc, 0.75);
  assert.equal(sick.majorityBaseline, 0.5);
});

test('epochMetrics() of three classes average one class against the rest', () => {
  const labels = [0, 1, 2, 2];
  const logits = logitsFrom([0.8, 0.1, 0.1, 0.1, 0.8, 0.1, 0.1, 0.1, 0.8, 0.6, 0.2, 0.2]);
  const scores = { labels, logits, loss: 1 };
  const { val } = epochMetrics({ train: scores, val: scores, classCount: 3, positiveLabel: null });
  assert.deepEqual(val.recallPerClass, [1, 1, 0.5]);
  assert.ok(Math.abs(val.sensitivity! - 2.5 / 3) < 1e-12);
  assert.ok(Math.abs(val.specificity! - (2 / 3 + 1 + 1) / 3) < 1e-12);
});

test('evaluateSplit() of any probabilities, NaN included, can be written and read back, and stores every number once', () => {
  const probability = fc.oneof(
    { weight: 30, arbitrary: fc.integer({ min: 0, max: 8 }).map((n) => n / 8) },
    { weight: 1, arbitrary: fc.constant(Number.NaN) },
  );
  const rows = fc.array(fc.tuple(fc.nat(1), probability), { minLength: 1, maxLength: 12 });
  assertProperty(
    fc.property(
      rows,
      fc.constantFrom(0, 1, null),
      fc.constantFrom(null, 0.5, 2),
      (drawn, positiveLabel, temperature) => {
        const evaluation = evaluateSplit({
          labels: drawn.map(([label]) => label),
          logits: logitsFrom(drawn.flatMap(([, p]) => [1 - p, p])),
          loss: 0.5,
          classNames: ['a', 'b'],
          positiveLabel,
          threshold: positiveLabel === null ? null : atProbability(0.5),
          temperature,
        });
        assert.deepEqual(SplitEvaluation.parse(JSON.parse(JSON.stringify(evaluation))), evaluation);
        const { figures, byHighestProbability: decisions } = evaluation;
        assert.equal(figures!.auroc.value, evaluation.auroc);
        assert.deepEqual(figures!.auroc.interval, evaluation.aurocInterval);
        assert.equal(figures!.auprc.value, evaluation.auprc);
        assert.equal(figures!.majorityBaseline.value, evaluation.majorityBaseline);
        assert.ok(Math.abs(decisions.figures!.accuracy.value! - decisions.report.accuracy) < 1e-12);
        assert.equal(decisions.figures!.sensitivity?.value ?? null, decisions.sensitivity);
        const specificity = decisions.figures!.specificity?.value ?? null;
        if (specificity === null) assert.equal(decisions.specificity, null);
        else assert.ok(Math.abs(specificity - decisions.specificity!) < 1e-12);
      },
    ),
  );
});

test('evaluateSplit() with a temperature changes only the calibration', () => {
  const options = {
    labels: [0, 1, 2, 0],
    logits: logitsFrom([0.7, 0.2, 0.1, 0.2, 0.5, 0.3, 0.3, 0.3, 0.4, 0.2, 0.6, 0.2]),
    loss: 0.5,
    classNames: ['a', 'b', 'c'],
    positiveLabel: null,
    threshold: null,
  };
  const { calibration, ...plain } = evaluateSplit(options);
  const { calibration: with2, ...same } = evaluateSplit({ ...options, temperature: 2 });
  assert.deepEqual(same, plain);
  assert.deepEqual({ ...with2, scaled: null }, calibration);
  assert.notEqual(with2!.scaled!.brier, calibration!.brier);
  assert.ok(Math.abs(plain.byHighestProbability.figures!.balancedAccuracy.value! - (1 / 2 + 1 + 1) / 3) < 1e-12);
});

test('epochMetrics() and evaluateSplit() report the same AUROC with the same interval', () => {
  const scored = { labels: [0, 0, 1, 1], logits: logitsFrom([0.9, 0.1, 0.4, 0.6, 0.3, 0.7, 0.8, 0.2]), loss: 0.5 };
  const { val } = epochMetrics({ train: scored, val: scored, classCount: 2, positiveLabel: 1 });
  const split = evaluateSplit({ ...scored, classNames: ['a', 'b'], positiveLabel: 1, threshold: null });
  assert.equal(val.auroc, split.auroc);
  assert.deepEqual(val.aurocInterval, split.aurocInterval);
});
