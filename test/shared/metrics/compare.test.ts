// The tests for two classifiers on the same images, against statsmodels, MLstatkit and SciPy (test/reference/compare.json).
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { delong } from '../../../shared/metrics/delong.ts';
import { mcnemar } from '../../../shared/metrics/mcnemar.ts';
import { chiSquaredP, twoSidedP } from '../../../shared/metrics/normal.ts';
import { auroc } from '../../../shared/metrics/roc.ts';
import { assertProperty } from '../../support/property.ts';

const reference = JSON.parse(readFileSync(new URL('../../reference/compare.json', import.meta.url), 'utf8'));

// Both sides compute in float64; the order of their sums differs.
function close(actual: number, expected: number, what: string, tolerance = 1e-10): void {
  assert.ok(Math.abs(actual - expected) <= tolerance, `${what}: ${actual} here, ${expected} in the reference`);
}

test('twoSidedP() equals SciPy to 12 digits, even far in the tails', () => {
  for (const { z, p } of reference.twoSidedP) {
    close(twoSidedP(z) / p, 1, `z = ${z}, relative`, 1e-12);
    assert.equal(twoSidedP(-z), twoSidedP(z));
  }
});

test('chiSquaredP() of a squared normal deviate equals its two-sided p', () =>
  assertProperty(
    fc.property(fc.double({ min: 0, max: 30, noNaN: true }), (z) => close(chiSquaredP(z * z), twoSidedP(z), `${z}`)),
  ));

for (const { onlyFirst, onlySecond, method, pValue } of reference.mcnemar)
  test(`mcnemar(${onlyFirst}, ${onlySecond}) equals statsmodels, ${method}`, () => {
    const result = mcnemar(onlyFirst, onlySecond);
    assert.equal(result.method, method);
    assert.equal(result.discordant, onlyFirst + onlySecond);
    close(result.pValue, pValue, 'p');
  });

test('mcnemar() gives 1 for equal counts, and is symmetric', () =>
  assertProperty(
    fc.property(fc.nat(200), fc.nat(200), (b, c) => {
      assert.equal(mcnemar(b, b).pValue, 1);
      assert.deepEqual(mcnemar(b, c), mcnemar(c, b));
      assert.ok(mcnemar(b, c).pValue > 0 && mcnemar(b, c).pValue <= 1);
    }),
  ));

for (const { name, labels, first, second, ...expected } of reference.delong)
  test(`delong() equals the definition and MLstatkit: ${name}`, () => {
    const result = delong(labels, first, second)!;
    for (const side of [0, 1] as const) close(result.areas[side], expected.areas[side], `area ${side}`);
    close(result.difference, expected.difference, 'difference');
    close(result.standardError, expected.standardError, 'standard error');
    close(result.pValue!, expected.pValue, 'p');
    for (const end of [0, 1] as const)
      close(result.interval![end], Math.min(1, Math.max(-1, expected.interval[end])), `interval ${end}`);
  });

/** At least two images of each class; scores on a grid, so that ties are common. */
const scored = fc
  .array(
    fc.record({ first: fc.integer({ min: 0, max: 6 }), second: fc.integer({ min: 0, max: 6 }), label: fc.boolean() }),
    {
      minLength: 2,
      maxLength: 30,
    },
  )
  .map((rows) => [...rows, ...[true, true, false, false].map((label, i) => ({ first: i, second: 3 - i, label }))])
  .map((rows) => ({
    labels: rows.map(({ label }) => Number(label)),
    first: rows.map(({ first }) => first / 6),
    second: rows.map(({ second }) => second / 6),
  }));

test('delong() reports the AUROCs of auroc(), and only flips its sign when the models are swapped', () =>
  assertProperty(
    fc.property(scored, ({ labels, first, second }) => {
      const result = delong(labels, first, second)!;
      const swapped = delong(labels, second, first)!;
      close(result.areas[0], auroc(labels, first)!, 'first area');
      close(result.areas[1], auroc(labels, second)!, 'second area');
      close(result.difference, -swapped.difference, 'difference');
      close(result.standardError, swapped.standardError, 'standard error');
    }),
  ));

test('delong() depends on ranks only: a monotone change of the scores changes nothing', () =>
  assertProperty(
    fc.property(scored, ({ labels, first, second }) => {
      const result = delong(labels, first, second);
      assert.deepEqual(
        delong(
          labels,
          first.map((x) => x ** 3 * 10 - 4),
          second,
        ),
        result,
      );
    }),
  ));

test('delong() of equal models finds no difference and nothing to test', () => {
  const result = delong([0, 1, 0, 1, 1], [0.1, 0.4, 0.5, 0.8, 0.3], [0.1, 0.4, 0.5, 0.8, 0.3])!;
  assert.deepEqual(
    { difference: result.difference, error: result.standardError, p: result.pValue, interval: result.interval },
    { difference: 0, error: 0, p: null, interval: null },
  );
});

test('delong() of one perfect and one inverted model gives a difference without spread, and no p-value', () => {
  const result = delong([0, 0, 1, 1], [0.1, 0.2, 0.8, 0.9], [0.9, 0.8, 0.2, 0.1])!;
  assert.deepEqual([result.difference, result.pValue, result.interval], [1, null, null]);
});

test('delong() is undefined when a class is missing or has one image only', () => {
  assert.equal(delong([1, 1, 1], [0.1, 0.2, 0.3], [0.1, 0.2, 0.3]), undefined);
  assert.equal(delong([0, 0, 1], [0.1, 0.2, 0.3], [0.1, 0.2, 0.3]), undefined);
  assert.equal(delong([], [], []), undefined);
});

test('delong() names the first score that is not finite', () => {
  assert.throws(() => delong([0, 0, 1, 1], [0, 0, Number.NaN, 1], [0, 0, 1, 1]), /Score 2 is NaN/);
});
