// How far a number from few images may be off: 95 % intervals that stay inside [0, 1] and do not collapse at 0 or 1, where
// "estimate ± 1.96 standard errors" claims certainty.

export type Interval = readonly [low: number, high: number];

/** The 97.5 % point of the standard normal distribution. */
export const normalQuantile975 = 1.959963984540054;
const z = normalQuantile975;

/**
 * 95 % interval of a share, such as sensitivity.
 *
 * @param total  at least 1
 * @example wilsonInterval(81, 263) // [0.2553, 0.3662]
 * @see Wilson 1927; the numbers of Newcombe 1998 (Statistics in Medicine 17:857), method 3
 */
export function wilsonInterval(successes: number, total: number): Interval {
  const p = successes / total;
  const centre = (p + z ** 2 / (2 * total)) / (1 + z ** 2 / total);
  const half = (z * Math.sqrt((p * (1 - p)) / total + z ** 2 / (4 * total ** 2))) / (1 + z ** 2 / total);
  return [Math.max(0, centre - half), Math.min(1, centre + half)];
}

/**
 * 95 % interval of an area under the ROC curve: every true area θ from which the one seen is at most z standard errors away, the
 * error being that at θ, not at the area seen.
 *
 *   var(θ) = θ(1−θ) / (m·n) · (1 + s·(1−θ)/(2−θ) + s·θ/(1+θ)),   s = (m+n)/2 − 1
 *
 * @param positives, negatives  m and n, at least 1 each
 * @see Hanley & McNeil 1982; Newcombe 2006 (Statistics in Medicine 25:559), method 5
 */
export function aurocInterval(area: number, positives: number, negatives: number): Interval {
  const s = (positives + negatives) / 2 - 1;
  const tooFar = (theta: number) => {
    const spread = 1 + (s * (1 - theta)) / (2 - theta) + (s * theta) / (1 + theta);
    return (area - theta) ** 2 > (z ** 2 * theta * (1 - theta) * spread) / (positives * negatives);
  };
  // Bisection between a value that is too far and one that is not.
  const edge = (far: number) => {
    if (!tooFar(far)) return far;
    let outside = far;
    let inside = area;
    while (Math.abs(outside - inside) > 1e-12) {
      const middle = (outside + inside) / 2;
      if (tooFar(middle)) outside = middle;
      else inside = middle;
    }
    return inside;
  };
  return [edge(0), edge(1)];
}
