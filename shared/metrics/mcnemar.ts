import { chiSquaredP } from './normal.ts';

export interface McNemar {
  /** Images that exactly one of the two got right. */
  readonly discordant: number;
  /** `exact`: the binomial distribution; `corrected`: χ² with continuity correction, from 25 discordant images on. */
  readonly method: 'exact' | 'corrected';
  /** Two-sided. */
  readonly pValue: number;
}

/** Below so many discordant images the χ² distribution is too rough. */
const exactBelow = 25;

/**
 * McNemar's test: do two classifiers err equally often on the same images? Only images on which one is right and the other wrong count.
 *
 *   exact:      p = min(1, 2 · P(X ≤ min(b, c))),   X ~ Binomial(b + c, 1/2)
 *   corrected:  χ² = (|b − c| − 1)² / (b + c),  one degree of freedom
 *
 * Equally many on both sides, or none at all, give p = 1.
 *
 * @param onlyFirst   b: right by the first only
 * @param onlySecond  c: right by the second only
 * @example mcnemar(2, 9) // { discordant: 11, method: 'exact', pValue: 0.0654 }
 * @see McNemar 1947; Edwards 1948; statsmodels.stats.contingency_tables.mcnemar (which corrects b = c too; R's mcnemar.test does not)
 */
export function mcnemar(onlyFirst: number, onlySecond: number): McNemar {
  const discordant = onlyFirst + onlySecond;
  if (discordant < exactBelow)
    return { discordant, method: 'exact', pValue: binomialP(Math.min(onlyFirst, onlySecond), discordant) };
  const distance = Math.max(0, Math.abs(onlyFirst - onlySecond) - 1);
  return { discordant, method: 'corrected', pValue: chiSquaredP(distance ** 2 / discordant) };
}

/** min(1, 2 · P(X ≤ k)) of a fair coin thrown n times; n is small, so the sum of binomial coefficients is exact. */
function binomialP(k: number, n: number): number {
  let coefficient = 1;
  let sum = 1;
  for (let i = 1; i <= k; i++) {
    coefficient = (coefficient * (n - i + 1)) / i;
    sum += coefficient;
  }
  return Math.min(1, 2 * sum * 2 ** -n);
}
