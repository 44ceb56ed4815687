import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { epochRange, epochTicks, lossRange, shareRange } from '../../webview/charts/scale.ts';

test('epochTicks() are whole, ascending, within the axis and no more than asked for', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 5000 }), fc.integer({ min: 2, max: 30 }), (planned, count) => {
      const ticks = epochTicks(planned, count);
      const [low, high] = epochRange(planned);
      assert.equal(ticks[0], 1);
      assert.ok(ticks.every((tick, i) => Number.isInteger(tick) && (i === 0 || tick > ticks[i - 1]!)));
      assert.ok(ticks.every((tick) => tick > low && tick < high));
      assert.ok(ticks.length <= count + 1);
    }),
  );
});

test('epochTicks() name every epoch of a short run', () => {
  assert.deepEqual(epochTicks(5, 10), [1, 2, 3, 4, 5]);
  assert.deepEqual(epochTicks(15, 6), [1, 5, 10, 15]);
});

const loss = fc.array(fc.option(fc.double({ min: 0, max: 100, noNaN: true })), { maxLength: 40 });

test('lossRange() holds every value and has a height', () => {
  fc.assert(
    fc.property(loss, (values) => {
      const [low, high] = lossRange(values);
      assert.ok(high > low);
      for (const value of values) assert.ok(value === null || (value >= low && value <= high));
    }),
  );
});

test('lossRange() shows 0 unless the curve is bunched far above it', () => {
  assert.equal(lossRange([0.9, 0.4, 0.1])[0], 0);
  assert.ok(lossRange([0.69, 0.7, 0.71])[0] > 0.5);
});

test('shareRange() ends at 1 and holds every share', () => {
  fc.assert(
    fc.property(fc.array(fc.option(fc.double({ min: 0, max: 1, noNaN: true })), { maxLength: 40 }), (values) => {
      const [low, high] = shareRange(values);
      assert.equal(high, 1);
      assert.ok(low >= 0 && low <= 0.8);
      for (const value of values) assert.ok(value === null || value >= low);
    }),
  );
});
