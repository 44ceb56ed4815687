import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { nearestIndex, visibleIndices } from '../../../webview/charts/downsample.ts';
import { assertProperty } from '../../support/property.ts';

const value = fc.option(fc.double({ min: -1e3, max: 1e3, noNaN: true }), { freq: 6 });
/** Ascending epochs with gaps, and up to three series over them. */
const curves = fc.integer({ min: 1, max: 400 }).chain((length) =>
  fc.record({
    x: fc.array(fc.integer({ min: 1, max: 5 }), { minLength: length, maxLength: length }).map((steps) =>
      steps.map(
        (
          (sum) => (step: number) =>
            (sum += step)
        )(0),
      ),
    ),
    series: fc.array(fc.array(value, { minLength: length, maxLength: length }), { minLength: 1, maxLength: 3 }),
    columns: fc.integer({ min: 1, max: 40 }),
    range: fc
      .tuple(fc.double({ min: -50, max: 2500, noNaN: true }), fc.double({ min: 0.5, max: 2500, noNaN: true }))
      .map(([low, width]) => [low, low + width] as const),
  }),
);

const inRange = (x: readonly number[], [low, high]: readonly [number, number]) =>
  [...x.keys()].filter((i) => x[i]! >= low && x[i]! <= high);

test('visibleIndices() ascend without repetition and never exceed the requested count', () => {
  assertProperty(
    fc.property(curves, ({ x, series, columns, range }) => {
      const drawn = visibleIndices(x, series, range, columns);
      assert.ok(drawn.every((index, i) => index >= 0 && index < x.length && (i === 0 || index > drawn[i - 1]!)));
      // The last point of the range may fall on the border and make a column of its own.
      assert.ok(drawn.length <= (2 + 2 * series.length) * (columns + 1) + 2, `${drawn.length} points`);
    }),
  );
});

test('visibleIndices() keep the extremes of every series in every pixel column, and the ends', () => {
  assertProperty(
    fc.property(curves, ({ x, series, columns, range }) => {
      const drawn = new Set(visibleIndices(x, series, range, columns));
      const visible = inRange(x, range);
      const columnOf = (i: number) => Math.floor(((x[i]! - range[0]) / (range[1] - range[0])) * columns);
      for (const values of series)
        for (const column of new Set(visible.map(columnOf))) {
          const own = visible.filter((i) => columnOf(i) === column && values[i] !== null);
          if (own.length === 0) continue;
          const all = own.map((i) => values[i]!);
          const shown = own.filter((i) => drawn.has(i)).map((i) => values[i]!);
          // 0 and -0 are drawn at one height, and either may be shown.
          assert.ok(Math.min(...shown) === Math.min(...all));
          assert.ok(Math.max(...shown) === Math.max(...all));
        }
      if (visible.length === 0) return;
      const [first, last] = [visible[0]!, visible.at(-1)!];
      for (const i of [first, last, Math.max(0, first - 1), Math.min(x.length - 1, last + 1)])
        assert.ok(drawn.has(i), `point ${i} is missing`);
    }),
  );
});

test('visibleIndices() are all points of a short curve', () => {
  assert.deepEqual(visibleIndices([1, 2, 3, 4], [[5, null, 7, 8]], [0.5, 4.5], 10), [0, 1, 2, 3]);
  assert.deepEqual(visibleIndices([], [[]], [0.5, 2.5], 10), []);
});

test('visibleIndices() keep a single spike among a hundred thousand points', () => {
  const x = Array.from({ length: 100_000 }, (_, i) => i + 1);
  const needle = x.map((epoch) => (epoch === 77_777 ? 9 : 0));
  const drawn = visibleIndices(x, [needle], [0.5, 100_000.5], 600);
  assert.ok(drawn.length <= 2402);
  assert.ok(drawn.includes(77_776));
});

test('nearestIndex() equals brute force, and returns the smaller index of a tie', () => {
  assertProperty(
    fc.property(
      fc.uniqueArray(fc.integer({ min: 0, max: 200 })),
      fc.integer({ min: -10, max: 210 }),
      (some, wanted) => {
        const x = some.toSorted((a, b) => a - b);
        const distances = x.map((one) => Math.abs(one - wanted));
        assert.equal(nearestIndex(x, wanted), distances.indexOf(Math.min(...distances)));
      },
    ),
  );
});
