import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { aurocInterval, f1Interval, ratioInterval, wilsonInterval } from '../../../shared/metrics/intervals.ts';
import { auroc } from '../../../shared/metrics/roc.ts';
import { normal, stream } from '../../../shared/random.ts';
import { assertProperty } from '../../support/property.ts';

// Newcombe 1998, Statistics in Medicine 17:857, table I, method 3 (score, no continuity correction); printed with four digits.
const published: [successes: number, total: number, low: number, high: number][] = [
  [81, 263, 0.2553, 0.3662],
  [15, 148, 0.0624, 0.1605],
  [0, 20, 0, 0.1611],
  [1, 29, 0.0061, 0.1718],
];
for (const [successes, total, low, high] of published)
  test(`wilsonInterval() of ${successes}/${total} equals the published one`, () => {
    const interval = wilsonInterval(successes, total);
    assert.ok(Math.abs(interval[0] - low) < 5e-5 && Math.abs(interval[1] - high) < 5e-5, String(interval));
  });

test('wilsonInterval() contains the proportion, stays in [0, 1] and mirrors when successes and failures are swapped', () => {
  assertProperty(
    fc.property(fc.integer({ min: 1, max: 500 }), fc.nat(), (total, any) => {
      const successes = any % (total + 1);
      const [low, high] = wilsonInterval(successes, total);
      assert.ok(0 <= low && low <= successes / total + 1e-12 && successes / total <= high + 1e-12 && high <= 1);
      const [otherLow, otherHigh] = wilsonInterval(total - successes, total);
      assert.ok(Math.abs(otherLow - (1 - high)) < 1e-12 && Math.abs(otherHigh - (1 - low)) < 1e-12);
    }),
  );
});

test('aurocInterval() contains the AUROC, mirrors with the scores, and narrows with more images', () => {
  const area = fc.integer({ min: 0, max: 100 }).map((n) => n / 100);
  const count = fc.integer({ min: 1, max: 300 });
  assertProperty(
    fc.property(area, count, count, (a, positives, negatives) => {
      const [low, high] = aurocInterval(a, positives, negatives);
      assert.ok(0 <= low && low <= a && a <= high && high <= 1, `${low} ${a} ${high}`);
      const [otherLow, otherHigh] = aurocInterval(1 - a, positives, negatives);
      assert.ok(Math.abs(otherLow - (1 - high)) < 1e-9 && Math.abs(otherHigh - (1 - low)) < 1e-9);
      const [moreLow, moreHigh] = aurocInterval(a, positives * 4, negatives * 4);
      assert.ok(moreHigh - moreLow < high - low);
    }),
  );
});

test('aurocInterval() of a perfect ranking of few images does not claim certainty', () => {
  const [low, high] = aurocInterval(1, 10, 10);
  assert.equal(high, 1);
  assert.ok(low > 0.6 && low < 0.9, String(low));
});

test('aurocInterval() covers the true AUROC in about 95 of 100 samples', () => {
  const random = stream(5, 'coverage');
  const samples = 1500;
  for (const separation of [0.5, 2]) {
    // Normal scores of equal spread: the true area is Φ(separation / √2); both values from tables.
    const truth = separation === 0.5 ? 0.6381632 : 0.9213504;
    const labels = Array.from({ length: 50 }, (_, i) => (i < 30 ? 0 : 1));
    let held = 0;
    for (let i = 0; i < samples; i++) {
      const scores = labels.map((label) => normal(random) + separation * label);
      const [low, high] = aurocInterval(auroc(labels, scores)!, 20, 30);
      if (low <= truth && truth <= high) held++;
    }
    // Four standard deviations of a binomial count, and one point for the approximation.
    const slack = 4 * Math.sqrt(0.95 * 0.05 * samples) + 0.01 * samples;
    assert.ok(Math.abs(held - 0.95 * samples) < slack, `separation ${separation}: ${held} of ${samples}`);
  }
});

test('f1Interval() and ratioInterval() reproduce the worked examples of their descriptions', () => {
  const rounded = (interval: readonly number[]) => interval.map((end) => Number(end.toFixed(4)));
  assert.deepEqual(rounded(f1Interval(8, 4)), [0.5618, 0.9258]);
  assert.deepEqual(rounded(ratioInterval([90, 100], [20, 100])), [3.0817, 6.7649]);
});

test('ratioInterval() contains the ratio, and becomes its reciprocal when the two are swapped', () => {
  const proportion = fc
    .integer({ min: 1, max: 80 })
    .chain((n) => fc.tuple(fc.integer({ min: 0, max: n }), fc.constant(n)));
  assertProperty(
    fc.property(proportion, proportion, ([a, n], [b, m]) => {
      const [low, high] = ratioInterval([a, n], [b, m]);
      const [otherLow, otherHigh] = ratioInterval([b, m], [a, n]);
      if (a > 0 || b > 0) assert.ok(low <= ((a / n) * m) / b + 1e-12 && ((a / n) * m) / b <= high + 1e-9);
      for (const [end, other] of [
        [low, otherHigh],
        [high, otherLow],
      ] as const)
        if (end > 0 && Number.isFinite(end)) assert.ok(Math.abs(end * other - 1) < 1e-9, `${end} ${other}`);
        else assert.ok(end === 0 ? other === Number.POSITIVE_INFINITY : other === 0);
    }),
  );
});
