import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Figure } from '../../../shared/contracts/classification/evaluation.ts';
import { type FiguresAt, figuresAt, figuresOf, predictiveValuesAt } from '../../../shared/metrics/figuresAt.ts';
import { type ThresholdRule, thresholdBy } from '../../../shared/metrics/threshold.ts';
import { assertProperty } from '../../support/property.ts';

const oddNumber = fc.oneof(fc.double(), fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, 0, 1));
const odd = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 1 }), fc.oneof(fc.constantFrom(0, 0.25, 0.5, 1), oddNumber)), {
    maxLength: 12,
  })
  .map((rows) => ({ labels: rows.map(([label]) => label), scores: rows.map(([, score]) => score) }));

/** Valid in a file and on a screen. */
function checkFigure(figure: Figure, what: string): void {
  assert.equal(figure.value === null, figure.missing !== null, `${what}: ${JSON.stringify(figure)}`);
  if (figure.value === null) {
    assert.deepEqual([figure.interval, figure.method], [null, null], what);
    return;
  }
  assert.ok(figure.n > 0 && figure.value >= 0 && figure.value <= 1, `${what}: ${JSON.stringify(figure)}`);
  const [low, high] = figure.interval!;
  assert.ok(
    0 <= low && low <= figure.value + 1e-12 && figure.value <= high + 1e-12 && high <= 1,
    JSON.stringify(figure),
  );
}

const figuresIn = ({ counts: _, ...figures }: FiguresAt) => Object.entries(figures);

test('figuresAt() never throws, and returns numbers in [0, 1] inside their intervals, or a reason', () =>
  assertProperty(
    fc.property(odd, oddNumber, ({ labels, scores }, threshold) => {
      for (const [name, figure] of figuresIn(figuresAt(labels, scores, threshold))) checkFigure(figure, name);
    }),
  ));

test('predictiveValuesAt() never throws, and returns numbers in [0, 1] inside their intervals, or a reason', () => {
  const count = fc.nat(30);
  assertProperty(
    fc.property(
      count,
      count,
      count,
      count,
      fc.oneof(fc.double({ min: 0, max: 1 }), oddNumber),
      (tp, fp, fn, tn, at) => {
        const values = predictiveValuesAt(
          { truePositives: tp, falsePositives: fp, falseNegatives: fn, trueNegatives: tn },
          at,
        );
        for (const [name, figure] of Object.entries(values)) checkFigure(figure, name);
      },
    ),
  );
});

test("predictiveValuesAt() at the images' own prevalence equals the proportions among the images", () => {
  const count = fc.integer({ min: 1, max: 200 });
  assertProperty(
    fc.property(count, count, count, count, (tp, fp, fn, tn) => {
      const counts = { truePositives: tp, falsePositives: fp, falseNegatives: fn, trueNegatives: tn };
      const { ppv, npv } = predictiveValuesAt(counts, (tp + fn) / (tp + fp + fn + tn));
      const { ppv: here, npv: hereToo } = figuresOf(counts);
      assert.ok(Math.abs(ppv.value! - here.value!) < 1e-12 && Math.abs(npv.value! - hereToo.value!) < 1e-12);
    }),
  );
});

test('predictiveValuesAt() of a good test for a rare disease shows how rarely a positive is true', () => {
  const { ppv } = predictiveValuesAt(
    { truePositives: 90, falseNegatives: 10, trueNegatives: 80, falsePositives: 20 },
    0.01,
  );
  assert.ok(Math.abs(ppv.value! - 0.0435) < 5e-5, JSON.stringify(ppv));
  const [low, high] = ppv.interval!;
  assert.ok(low > 0.025 && high < 0.07, JSON.stringify(ppv));
});

test('intervals leave room for error even when no image is misclassified', () => {
  const figures = figuresAt([0, 0, 0, 1, 1, 1], [0.1, 0.2, 0.3, 0.7, 0.8, 0.9], 0.5);
  for (const [name, { value, interval }] of figuresIn(figures)) {
    assert.equal(value, 1, name);
    assert.ok(interval![0] < 0.75, `${name}: ${interval}`);
  }
});

test('a threshold above every score predicts no positives: PPV is missing with a reason, infinite or not', () => {
  for (const threshold of [0.95, Number.POSITIVE_INFINITY]) {
    const { ppv, sensitivity, f1 } = figuresAt([0, 1], [0.2, 0.9], threshold);
    assert.equal(ppv.missing, 'nothingPredictedPositive');
    assert.deepEqual([sensitivity.value, f1.value], [0, 0]);
  }
});

test('with one class or non-finite scores, figures are missing with the reason', () => {
  const one = figuresAt([1, 1], [0.2, 0.9], 0.5);
  assert.deepEqual([one.specificity.missing, one.balancedAccuracy.missing], ['noNegatives', 'oneClassOnly']);
  assert.equal(one.sensitivity.value, 0.5);
  const odd = figuresAt([0, 1], [0.2, Number.NaN], 0.5);
  assert.deepEqual([odd.counts, odd.accuracy.missing], [null, 'notFinite']);
  assert.equal(figuresAt([], [], 0.5).accuracy.missing, 'noImages');
});

const share = fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }), oddNumber);
const rule: fc.Arbitrary<ThresholdRule> = fc.oneof(
  fc.constant({ rule: 'youden' } as const),
  share.map((value) => ({ rule: 'value', value }) as const),
  fc.record({ rule: fc.constantFrom('sensitivity', 'specificity'), atLeast: share }),
  fc.record(
    {
      rule: fc.constant('costs' as const),
      costFalseNegative: oddNumber,
      costFalsePositive: oddNumber,
      prevalence: share,
    },
    { requiredKeys: ['rule', 'costFalseNegative', 'costFalsePositive'] },
  ),
);

test('thresholdBy() never throws; it returns a finite number that satisfies the rule, or a reason', () =>
  assertProperty(
    fc.property(odd, rule, ({ labels, scores }, asked) => {
      const { threshold, reason } = thresholdBy(asked, labels, scores);
      assert.equal(threshold === null, reason !== null);
      if (threshold === null) return;
      assert.ok(Number.isFinite(threshold));
      if (asked.rule !== 'sensitivity' && asked.rule !== 'specificity') return;
      assert.ok(figuresAt(labels, scores, threshold)[asked.rule].value! >= asked.atLeast);
    }),
    { numRuns: 500 },
  ));

test('thresholdBy() gives a reason when there is no threshold', () => {
  const labels = [0, 0, 1, 1];
  const backwards = [0.8, 0.9, 0.1, 0.2];
  const reasonOf = (asked: ThresholdRule, of = labels, scores = backwards) => thresholdBy(asked, of, scores).reason;
  assert.equal(reasonOf({ rule: 'youden' }), 'noBetterThanChance');
  assert.equal(reasonOf({ rule: 'specificity', atLeast: 0.9 }), 'unreachable');
  assert.equal(reasonOf({ rule: 'costs', costFalseNegative: 1, costFalsePositive: 100 }), 'nothingPositive');
  assert.equal(reasonOf({ rule: 'costs', costFalseNegative: -1, costFalsePositive: 100 }), 'ruleInvalid');
  assert.equal(reasonOf({ rule: 'sensitivity', atLeast: 1.5 }), 'ruleInvalid');
  assert.equal(reasonOf({ rule: 'youden' }, [1, 1, 1, 1]), 'oneClassOnly');
  assert.equal(reasonOf({ rule: 'youden' }, labels, [0, Number.NaN, 1, 1]), 'notFinite');
  assert.equal(reasonOf({ rule: 'youden' }, [], []), 'noImages');
});

test('thresholdBy() includes further positives that cost no further false alarm', () => {
  const labels = [1, 1, 0, 1, 0];
  const scores = [0.9, 0.8, 0.5, 0.4, 0.1];
  assert.equal(thresholdBy({ rule: 'sensitivity', atLeast: 0.3 }, labels, scores).threshold, 0.8);
  assert.equal(thresholdBy({ rule: 'specificity', atLeast: 0.5 }, labels, scores).threshold, 0.4);
  assert.equal(thresholdBy({ rule: 'specificity', atLeast: 0 }, labels, scores).threshold, 0.4);
});

test('thresholdBy() lowers the threshold as the cost of a miss rises', () =>
  assertProperty(
    fc.property(odd, fc.integer({ min: 1, max: 9 }), ({ labels, scores }, more) => {
      const at = (costFalseNegative: number) =>
        thresholdBy({ rule: 'costs', costFalseNegative, costFalsePositive: 3 }, labels, scores);
      const [cheap, dear] = [at(1), at(1 + more)];
      if (cheap.reason === null) assert.ok(dear.reason === null && dear.threshold <= cheap.threshold);
    }),
  ));
