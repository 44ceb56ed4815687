import { chiSquaredP } from './normal.ts';

export interface McNemar {
  /** Number of images that exactly one of the two got right. */
  readonly discordant: number;
  /** `exact`: the binomial distribution; `corrected`: χ² with continuity correction, used from 25 discordant images on. */
  readonly method: 'exact' | 'corrected';
  /** Two-sided. */
  readonly pValue: number;
}

/** With fewer discordant images the χ² distribution is too rough. */
const exactBelow = 25;

/**
 * McNemar's test: do two classifiers err equally often on the same images? Only images that exactly one of them got right count.
 *
 *   exact:      p = min(1, 2 · P(X ≤ min(b, c))),   X ~ Binomial(b + c, 1/2)
 *   corrected:  χ² = (|b − c| − 1)² / (b + c),  one degree of freedom
 *
 * Equal counts, or no such image, give p = 1.
 *
 * @param onlyFirst   b: right only by the first
 * @param onlySecond  c: right only by the second
 * @example mcnemar(2, 9) // { discordant: 11, method: 'exact', pValue: 0.0654 }
 * @see McNemar 1947; Edwards 1948; statsmodels.stats.contingency_tables.mcnemar (which also corrects b = c; R's mcnemar.test does not)
 */
export function mcnemar(onlyFirst: number, onlySecond: number): McNemar {
  const discordant = onlyFirst + onlySecond;
  if (discordant < exactBelow)
    return { discordant, method: 'exact', pValue: binomialP(Math.min(onlyFirst, onlySecond), discordant) };
  const distance = Math.max(0, Math.abs(onlyFirst - onlySecond) - 1);
  return { discordant, method: 'corrected', pValue: chiSquaredP(distance ** 2 / discordant) };
}

/** min(1, 2 · P(X ≤ k)) for n throws of a fair coin; n is small, so the sum of binomial coefficients is exact. */
function binomialP(k: number, n: number): number {
  let coefficient = 1;
  let sum = 1;
  for (let i = 1; i <= k; i++) {
    coefficient = (coefficient * (n - i + 1)) / i;
    sum += coefficient;
  }
  return Math.min(1, 2 * sum * 2 ** -n);
}
