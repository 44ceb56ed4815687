// Uncertainty of figures from few images: 95 % intervals that stay inside [0, 1] and do not collapse at 0 or 1, where
// "estimate ± 1.96 standard errors" would claim certainty.

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
 * 95 % interval of an area under the ROC curve: every true area θ from which the observed one is at most z standard errors away, with
 * the error at θ instead of at the observed area.
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
  // Bisection between a value that is too far away and one that is not.
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

/** `successes` of `total`, at least 1. */
export type Share = readonly [successes: number, total: number];

/**
 * 95 % interval of F1 = 2·TP / (2·TP + FP + FN): F1 = 2J/(1 + J) increases with J = TP / (TP + FP + FN), a proportion of the images that
 * are positive or predicted so; the interval is J's Wilson interval, mapped.
 *
 * @param wrong  FP + FN; TP + FP + FN at least 1
 * @example f1Interval(8, 4) // [0.5618, 0.9258]
 * @see Lam et al. 2023 (arXiv:2309.14621), the indirect Wilson interval
 */
export function f1Interval(truePositives: number, wrong: number): Interval {
  const [low, high] = wilsonInterval(truePositives, truePositives + wrong);
  return [(2 * low) / (1 + low), (2 * high) / (1 + high)];
}

/**
 * 95 % interval of the ratio p₁/p₂ of two independent proportions from their Wilson intervals (MOVER-R). With p = p₁·p₂:
 *
 *   low  = [p − √(p² − l₁·u₂·(2p₁ − l₁)·(2p₂ − u₂))] / [u₂·(2p₂ − u₂)] = l₁·(2p₁ − l₁) / [p + √…]
 *   high = [p + √(p² − u₁·l₂·(2p₁ − u₁)·(2p₂ − l₂))] / [l₂·(2p₂ − l₂)]
 *
 * @returns high is Infinity when the second has no successes
 * @example ratioInterval([90, 100], [20, 100]) // [3.0817, 6.7649]
 * @see Donner & Zou 2012 (Statistical Methods in Medical Research 21:347)
 */
export function ratioInterval([a, n]: Share, [b, m]: Share): Interval {
  const [p, q] = [a / n, b / m];
  const [[l, u], [low, high]] = [wilsonInterval(a, n), wilsonInterval(b, m)];
  const root = (x: number, y: number) => Math.sqrt(Math.max(0, (p * q) ** 2 - x * y * (2 * p - x) * (2 * q - y)));
  return [
    a === 0 ? 0 : (l * (2 * p - l)) / (p * q + root(l, high)),
    b === 0 ? Number.POSITIVE_INFINITY : (p * q + root(u, low)) / (low * (2 * q - low)),
  ];
}

/** logit(share) ± reach, mapped back. @param share  in (0, 1) */
export function logitInterval(share: number, reach: number): Interval {
  const odds = (1 - share) / share;
  return [1 / (1 + odds * Math.exp(reach)), 1 / (1 + odds * Math.exp(-reach))];
}
