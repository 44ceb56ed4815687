import assert from 'node:assert/strict';
import { test } from 'node:test';
import { correlatedMeanInterval, meanF1Interval, meanOfSharesInterval } from '../../../shared/metrics/meanIntervals.ts';

const close = (actual: readonly number[], expected: readonly number[]) =>
  expected.forEach((value, i) => {
    assert.ok(Math.abs(actual[i]! - value) < 1e-12, `${actual} here, ${expected} expected`);
  });

test("meanOfSharesInterval() of two proportions equals statsmodels' interval of their difference, mapped", () => {
  // confint_proportions_2indep(a, n, m − b, m, method='agresti-caffo'): (1 + low)/2, (1 + high)/2.
  close(meanOfSharesInterval([[81, 263], [15, 148]]), [0.1708417495607421, 0.2452588793700754]); // biome-ignore format: pairs
  close(meanOfSharesInterval([[9, 10], [18, 20]]), [0.7209847395288763, 0.9759849574408207]); // biome-ignore format: pairs
});

test('meanOfSharesInterval() of three weighted proportions equals its formula in NumPy', () => {
  close(meanOfSharesInterval([[81, 263], [15, 148], [7, 9]], [3, 2, 1]), [0.25813673783815066, 0.3680689080495418]); // biome-ignore format: pairs
});

test('a class without images widens the interval of the mean', () => {
  const [low, high] = meanOfSharesInterval([[9, 10], [0, 0]]); // biome-ignore format: pairs
  assert.ok(low < 0.35 && high > 0.95, `${low} ${high}`);
});

test('the mean of correlated AUROCs has a wider interval than that of independent ones', () => {
  const strata = [0, 0, 0, 0];
  const part = (...influence: number[]) => ({
    value: 0.8,
    interval: [0.6, 0.9] as const,
    weight: 1,
    influence: Float64Array.from(influence),
  });
  const alone = Math.hypot(0.1, 0.1); // half of each distance, as squares
  close(correlatedMeanInterval([part(1, -1, 0, 0), part(0, 0, 1, -1)], strata), [0.8 - alone, 0.8 + alone / 2]);
  close(correlatedMeanInterval([part(1, -1, 0, 0), part(2, -2, 0, 0)], strata), [0.6, 0.9]);
});

test('meanF1Interval() with one weighted class approximates F1’s own interval, and ignores a class of weight 0', () => {
  const [low, high] = meanF1Interval([[40, 10], [6, 44]], [1, 0]); // biome-ignore format: a matrix
  const own = 80 / 96;
  assert.ok(low < own && own < high && high - low > 0.1 && high - low < 0.2, `${low} ${high}`);
});
