/**
 * Probability that a standard normal value is at least |z| away from 0, on either side: erfc(|z| / √2).
 *
 * @returns in [0, 1]; 1 at 0; relative error below 1e-12, even far out
 * @example twoSidedP(1.959963984540054) // 0.05
 * @see scipy.stats.norm.sf(abs(z)) * 2; Abramowitz & Stegun 7.1.6 near 0, the continued fraction 7.1.14 farther out
 */
export function twoSidedP(z: number): number {
  const x = Math.abs(z) / Math.SQRT2;
  return x < 2 ? 1 - erfSeries(x) : erfcFraction(x);
}

/** P(X ≤ x) of the standard normal distribution. @see scipy.stats.norm.cdf */
export const normalBelow = (x: number): number => (x >= 0 ? 1 - twoSidedP(x) / 2 : twoSidedP(x) / 2);

/** P(X > x) of the χ² distribution with one degree of freedom. @see scipy.stats.chi2.sf(x, 1) */
export const chiSquaredP = (x: number): number => twoSidedP(Math.sqrt(x));

/** erf x = 2/√π · exp(−x²) · Σ 2ⁿ x²ⁿ⁺¹ / (1·3·…·(2n+1)): all terms positive, so nothing cancels. */
function erfSeries(x: number): number {
  let term = x;
  let sum = x;
  for (let n = 1; term > sum * 1e-17; n++) {
    term *= (2 * x * x) / (2 * n + 1);
    sum += term;
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
}

/** erfc x = exp(−x²)/√π · 1/(x + (1/2)/(x + (2/2)/(x + (3/2)/(x + …)))), from the inside out; from x = 2 on 100 levels are plenty. */
function erfcFraction(x: number): number {
  let inner = x;
  for (let level = 100; level >= 1; level--) inner = x + level / 2 / inner;
  return Math.exp(-x * x) / (Math.sqrt(Math.PI) * inner);
}

/**
 * The 97.5 % point of Student's t distribution: number of standard errors in half a 95 % interval when the error itself is estimated
 * from `degrees` + 1 values.
 *
 * @param degrees  at least 1; exact for 1 and 2, relative error below 2e-3 from 3 on, falling quickly
 * @example studentQuantile975(9) // 2.2622
 * @see scipy.stats.t.ppf(0.975, degrees); Abramowitz & Stegun 26.7.5
 */
export function studentQuantile975(degrees: number): number {
  if (degrees === 1) return 12.706204736174698;
  if (degrees === 2) return 4.302652729749462;
  const z = 1.959963984540054;
  const terms = [
    (z ** 3 + z) / 4,
    (5 * z ** 5 + 16 * z ** 3 + 3 * z) / 96,
    (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / 384,
    (79 * z ** 9 + 776 * z ** 7 + 1482 * z ** 5 - 1920 * z ** 3 - 945 * z) / 92160,
  ];
  return terms.reduce((sum, term, i) => sum + term / degrees ** (i + 1), z);
}
