import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { aurocFigure, averagePrecisionFigure, prevalenceFigure } from '../../../shared/metrics/areas.ts';
import { delongArea } from '../../../shared/metrics/delong.ts';
import { aurocInterval } from '../../../shared/metrics/intervals.ts';
import { averagePrecision } from '../../../shared/metrics/precisionRecall.ts';
import { auroc, rocCurve } from '../../../shared/metrics/roc.ts';
import { rocBand } from '../../../shared/metrics/rocBand.ts';
import { normal, stream } from '../../../shared/random.ts';
import { assertProperty } from '../../support/property.ts';

const score = fc.oneof(
  { weight: 20, arbitrary: fc.integer({ min: 0, max: 8 }).map((n) => n / 8) },
  { weight: 1, arbitrary: fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY) },
);
const odd = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 1 }), score), { maxLength: 20 })
  .map((rows) => ({ labels: rows.map(([label]) => label), scores: rows.map(([, value]) => value) }));

for (const [name, figureOf, plain] of [
  ['aurocFigure', aurocFigure, auroc],
  ['averagePrecisionFigure', averagePrecisionFigure, averagePrecision],
] as const)
  test(`${name}() never throws; its value equals the plain function's, inside an interval in [0, 1]`, () =>
    assertProperty(
      fc.property(odd, ({ labels, scores }) => {
        const figure = figureOf(labels, scores);
        assert.equal(figure.value === null, figure.missing !== null);
        if (figure.value === null) return;
        assert.equal(figure.value, plain(labels, scores));
        const [low, high] = figure.interval!;
        const slack = 1e-9; // of the sums
        assert.ok(
          0 <= low && low <= figure.value + slack && figure.value <= high + slack && high <= 1,
          `${low} ${high}`,
        );
        assert.ok(low < high);
      }),
    ));

test('AUROC and AUPRC give a reason when they are missing', () => {
  assert.equal(aurocFigure([], []).missing, 'noImages');
  assert.equal(aurocFigure([1, 1], [0.1, 0.2]).missing, 'oneClassOnly');
  assert.equal(aurocFigure([0, 1], [0.1, Number.NaN]).missing, 'notFinite');
  assert.equal(averagePrecisionFigure([0, 0], [0.1, 0.2]).missing, 'noPositives');
  assert.equal(averagePrecisionFigure([1, 1], [0.1, 0.2]).missing, 'oneClassOnly');
  assert.equal(prevalenceFigure([]).missing, 'noImages');
});

test('aurocFigure() of a perfect ranking or a single positive uses the score interval only', () => {
  for (const labels of [
    [0, 0, 1, 1],
    [0, 0, 0, 1],
  ]) {
    const figure = aurocFigure(labels, [0.1, 0.2, 0.3, 0.4]);
    assert.equal(figure.method, 'score');
    assert.ok(figure.interval![0] < 0.7, String(figure.interval));
  }
});

test('aurocFigure() covers both DeLong’s interval and the score interval', () => {
  const random = stream(3, 'spans');
  const labels = Array.from({ length: 60 }, (_, i) => (i % 3 === 0 ? 1 : 0));
  const scores = labels.map((label) => normal(random) + label);
  const { interval, value, method } = aurocFigure(labels, scores);
  const own = delongArea(labels, scores)!.interval!;
  const other = aurocInterval(value!, 20, 40);
  assert.equal(method, 'delongAndScore');
  assert.deepEqual(interval, [Math.min(own[0], other[0]), Math.max(own[1], other[1])]);
});

test('averagePrecisionFigure() of a perfect ranking does not claim certainty', () => {
  const figure = averagePrecisionFigure([0, 0, 0, 1, 1, 1], [0.1, 0.2, 0.3, 0.7, 0.8, 0.9]);
  assert.equal(figure.method, 'wilson');
  assert.ok(figure.interval![0] < 0.6, String(figure.interval));
});

/** Lowest and highest y at x of a polyline with steps over [0, 1]. */
const heightsAt = (points: readonly (readonly [number, number])[], x: number) => {
  const around = points.flatMap(([x0, y0], i) => {
    const [x1, y1] = points[i + 1] ?? [x0, y0];
    if (x < Math.min(x0, x1) || x > Math.max(x0, x1)) return [];
    return x0 === x1 ? [y0, y1] : [y0 + ((x - x0) / (x1 - x0)) * (y1 - y0)];
  });
  return { low: Math.min(...around), high: Math.max(...around) };
};

test('rocBand() surrounds its curve, within the unit square, and is monotone', () => {
  const random = stream(4, 'band');
  const labels = Array.from({ length: 80 }, (_, i) => i % 2);
  const curve = rocCurve(
    labels,
    labels.map((label) => normal(random) + label),
  );
  const { lower, upper } = rocBand(curve, 40, 40)!;
  for (const side of [lower, upper]) {
    assert.deepEqual([side[0]![0], side.at(-1)![0]], [0, 1]);
    side.slice(1).forEach(([x, y], i) => {
      assert.ok(x >= side[i]![0] && y >= side[i]![1] && x <= 1 && y <= 1);
    });
  }
  curve.falsePositiveRate.forEach((x, i) => {
    const y = curve.truePositiveRate[i]!;
    assert.ok(heightsAt(lower, x).low <= y && y <= heightsAt(upper, x).high, `${x} ${y}`);
  });
  assert.equal(rocBand(curve, 0, 40), null);
});

test('rocBand() covers the whole true curve in at least 95 of 100 samples', () => {
  const random = stream(6, 'band', 'coverage');
  const labels = Array.from({ length: 50 }, (_, i) => (i < 20 ? 1 : 0));
  let held = 0;
  for (let sample = 0; sample < 300; sample++) {
    // Uniform scores, positives the larger of two: the true curve is 1 − (1 − x)².
    const scores = labels.map((label) => (label === 1 ? Math.max(random(), random()) : random()));
    const { lower, upper } = rocBand(rocCurve(labels, scores), 20, 30)!;
    const inside = Array.from({ length: 101 }, (_, i) => i / 100).every((x) => {
      const y = 1 - (1 - x) ** 2;
      return heightsAt(lower, x).low <= y && y <= heightsAt(upper, x).high;
    });
    if (inside) held++;
  }
  assert.ok(held >= 285, `${held} of 300`);
});
