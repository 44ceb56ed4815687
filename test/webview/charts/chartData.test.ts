import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chartData, knownValues, linesOf } from '../../../webview/charts/chartData.ts';
import type { ChartSeries } from '../../../webview/charts/series.ts';
import { smoothed } from '../../../webview/charts/smoothing.ts';

const series = (name: string, values: (number | null)[], exact = false): ChartSeries => ({
  name,
  color: '--sh-val',
  dash: [],
  values,
  exact,
});
const train = series('train', [4, 2, null, 1]);
const rate = series('rate', [0.1, 0.1, 0.01, 0.01], true);

test('linesOf() returns only the raw values without smoothing', () => {
  const lines = linesOf([train, rate], 0, false, []);
  assert.deepEqual(
    lines.map(({ series, isRaw, isFaint, values }) => ({ series, isRaw, isFaint, values })),
    [
      { series: 0, isRaw: true, isFaint: false, values: train.values },
      { series: 1, isRaw: true, isFaint: false, values: rate.values },
    ],
  );
});

test('linesOf() draws an average over faint raw values, but never over an exact series', () => {
  const lines = linesOf([train, rate], 0.5, false, []);
  assert.deepEqual(
    lines.map(({ series, isRaw, isFaint }) => ({ series, isRaw, isFaint })),
    [
      { series: 0, isRaw: true, isFaint: true },
      { series: 1, isRaw: true, isFaint: false },
      { series: 0, isRaw: false, isFaint: false },
    ],
  );
  assert.deepEqual(lines[0]!.values, train.values);
  assert.deepEqual(lines[2]!.values, smoothed(train.values, 0.5));
});

test('linesOf() omits values without a logarithm, after averaging', () => {
  const lines = linesOf([series('loss', [0, 2, -1, 3])], 0.5, true, []);
  assert.deepEqual(lines[0]!.values, [null, 2, null, 3]);
  assert.deepEqual(
    lines[1]!.values,
    smoothed([0, 2, -1, 3], 0.5).map((value) => (value! > 0 ? value : null)),
  );
});

test('linesOf() recomputes a line only when its values, the weight or the axis change', () => {
  const before = linesOf([train], 0.5, false, []);
  const values = (next: ReturnType<typeof linesOf>) => next.map((line) => line.values);
  for (const [i, same] of values(linesOf([train], 0.5, false, before)).entries()) assert.equal(same, before[i]!.values);
  assert.notDeepEqual(values(linesOf([train], 0.9, false, before)), values(before));
  const longer = series('train', [...train.values, 0]);
  assert.deepEqual(linesOf([longer], 0.5, false, before)[1]!.values, smoothed(longer.values, 0.5));
  assert.equal(linesOf([longer], 0.5, true, before)[0]!.values.at(-1), null);
});

test('chartData() has columns of one length, and knownValues() covers only the range in view', () => {
  const lines = linesOf([train, rate], 0, false, []);
  const drawn = chartData([1, 2, 3, 4], lines, [1.5, 3.5], 100);
  assert.deepEqual(drawn.columns, [[1, 2, 3, 4], train.values, rate.values]);
  assert.deepEqual(knownValues(drawn, [1.5, 3.5]), [2, null, 0.1, 0.01]);
});
