import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  epochRange,
  epochTicks,
  logRange,
  logTicks,
  lossRange,
  rateRange,
  shareRange,
} from '../../../webview/charts/scale.ts';
import { assertProperty } from '../../support/property.ts';

const epochsInView = fc.oneof(
  fc.integer({ min: 0, max: 200_000 }).map((planned) => epochRange(planned)),
  fc
    .tuple(fc.integer({ min: 1, max: 100_000 }), fc.integer({ min: 1, max: 5000 }))
    .map(([first, count]) => [first - 0.5, first + count - 0.5] as const),
);

test('epochTicks() are whole, ascending, within the axis and never more than requested', () => {
  assertProperty(
    fc.property(epochsInView, fc.integer({ min: 2, max: 30 }), ([low, high], count) => {
      const ticks = epochTicks([low, high], count);
      assert.ok(low > 1 || ticks[0] === 1);
      assert.ok(ticks.every((tick, i) => Number.isInteger(tick) && (i === 0 || tick > ticks[i - 1]!)));
      assert.ok(ticks.every((tick) => tick > low && tick < high));
      assert.ok(ticks.length <= count + 1);
    }),
  );
});

test('epochTicks() mark every epoch of a short run', () => {
  assert.deepEqual(epochTicks(epochRange(5), 10), [1, 2, 3, 4, 5]);
  assert.deepEqual(epochTicks(epochRange(15), 6), [1, 5, 10, 15]);
  assert.deepEqual(epochTicks([6.5, 9.5], 6), [7, 8, 9]);
});

const loss = fc.array(fc.option(fc.double({ min: 0, max: 100, noNaN: true })), { maxLength: 40 });

test('lossRange() contains every value and has a positive height', () => {
  assertProperty(
    fc.property(loss, (values) => {
      const [low, high] = lossRange(values);
      assert.ok(high > low);
      for (const value of values) assert.ok(value === null || (value >= low && value <= high));
    }),
  );
});

test('lossRange() includes 0 unless the curve is clustered far above it', () => {
  assert.equal(lossRange([0.9, 0.4, 0.1])[0], 0);
  assert.ok(lossRange([0.69, 0.7, 0.71])[0] > 0.5);
});

test('shareRange() ends at 1 and contains every value', () => {
  assertProperty(
    fc.property(fc.array(fc.option(fc.double({ min: 0, max: 1, noNaN: true })), { maxLength: 40 }), (values) => {
      const [low, high] = shareRange(values);
      assert.equal(high, 1);
      assert.ok(low >= 0 && low <= 0.8);
      for (const value of values) assert.ok(value === null || value >= low);
    }),
  );
});

const positive = fc.array(fc.option(fc.double({ min: 1e-9, max: 1e9, noNaN: true })), { maxLength: 40 });

test('logRange() contains every value above 0, starts above 0 and has a positive height', () => {
  assertProperty(
    fc.property(positive, fc.array(fc.constantFrom(0, -1, null)), (some, none) => {
      const [low, high] = logRange([...none, ...some]);
      assert.ok(low > 0 && high > low);
      for (const value of some) assert.ok(value === null || (value >= low && value <= high));
    }),
  );
});

test('logTicks() are at least two, ascending, within the axis and never more than requested', () => {
  assertProperty(
    fc.property(positive, fc.integer({ min: 2, max: 12 }), (some, count) => {
      const range = logRange(some);
      const ticks = logTicks(range, count);
      assert.ok(ticks.length >= 2 && ticks.length <= Math.max(3, count), `${ticks}`);
      assert.ok(ticks.every((tick, i) => tick >= range[0] && tick <= range[1] && (i === 0 || tick > ticks[i - 1]!)));
    }),
  );
});

test('logTicks() are round numbers', () => {
  assert.deepEqual(logTicks([0.0008, 0.03], 5), [0.001, 0.002, 0.005, 0.01, 0.02]);
  assert.deepEqual(logTicks([0.0008, 30], 5), [0.001, 0.01, 0.1, 1, 10]);
});

test('rateRange() starts at 0 and contains every rate', () => {
  assert.deepEqual(rateRange([]), [0, 1.08]);
  assert.deepEqual(rateRange([null, 0]), [0, 1]);
  assert.ok(rateRange([0.01, 0.002])[1] > 0.01);
});

test('ranges accept more values than a call accepts arguments', () => {
  const many = Array<number>(300_000).fill(0.5);
  for (const range of [lossRange, shareRange, rateRange, logRange]) {
    const [low, high] = range(many);
    assert.ok(low <= 0.5 && high >= 0.5);
  }
});
