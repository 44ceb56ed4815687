import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { smoothed, smoothedOnce } from '../../../webview/charts/smoothing.ts';
import reference from '../../reference/smoothing.json' with { type: 'json' };
import { assertProperty } from '../../support/property.ts';

const close = (seen: readonly (number | null)[], wanted: readonly (number | null)[]) => {
  assert.equal(seen.length, wanted.length);
  for (const [i, value] of wanted.entries())
    if (value === null) assert.equal(seen[i], null, `index ${i}`);
    // Both sum at most 40 products in float64, in another order.
    else assert.ok(Math.abs(seen[i]! - value) < 1e-12, `index ${i}: ${seen[i]}, not ${value}`);
};

for (const { values, weight, average } of reference.cases)
  test(`smoothed() equals pandas at weight ${weight}${values.includes(null) ? ', with gaps' : ''}`, () =>
    close(smoothed(values, weight), average));

const values = fc.array(fc.option(fc.double({ min: -1e6, max: 1e6, noNaN: true })), { maxLength: 50 });
const weight = fc.double({ min: 0, max: 0.99, noNaN: true });

test('smoothed() returns the values unchanged at weight 0', () => {
  assertProperty(fc.property(values, (some) => assert.deepEqual(smoothed(some, 0), some)));
});

test('smoothed() stays between the extremes so far, and keeps gaps', () => {
  assertProperty(
    fc.property(values, weight, (some, past) => {
      let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
      for (const [i, average] of smoothed(some, past).entries()) {
        const value = some[i]!;
        if (value === null) {
          assert.equal(average, null);
          continue;
        }
        [low, high] = [Math.min(low, value), Math.max(high, value)];
        const rounding = 1e-9 * Math.max(1, Math.abs(low), Math.abs(high));
        assert.ok(average! >= low - rounding && average! <= high + rounding);
      }
    }),
  );
});

test('smoothed() of a longer curve starts with that of the shorter one', () => {
  assertProperty(
    fc.property(values, values, weight, (start, more, past) =>
      assert.deepEqual(smoothed([...start, ...more], past).slice(0, start.length), smoothed(start, past)),
    ),
  );
});

test('smoothedOnce() recomputes for another weight', () => {
  const column = [1, 3, 2];
  assert.deepEqual(smoothedOnce(column, 0.5), smoothed(column, 0.5));
  assert.equal(smoothedOnce(column, 0.5), smoothedOnce(column, 0.5));
  assert.deepEqual(smoothedOnce(column, 0.9), smoothed(column, 0.9));
});
