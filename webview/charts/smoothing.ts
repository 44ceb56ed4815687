// The moving average of the curves. Pure.

/**
 * Exponential moving average, corrected for the bias towards its start: sₜ = Σᵢ wᵗ⁻ⁱ·xᵢ / Σᵢ wᵗ⁻ⁱ over the known values up to t. Same as
 * TensorBoard's, and as pandas' `ewm(alpha=1-w, adjust=True, ignore_na=True).mean()`.
 *
 * @param values  null: missing; stays null and does not count
 * @param weight  weight of the past, in [0, 1); 0 returns the values unchanged
 * @example smoothed([1, 3], 0.5) // [1, 2.333…]
 */
export function smoothed(values: readonly (number | null)[], weight: number): (number | null)[] {
  if (weight === 0) return [...values];
  let sum = 0;
  let weights = 0;
  return values.map((value) => {
    if (value === null || !Number.isFinite(value)) return value;
    sum = weight * sum + value;
    weights = weight * weights + 1;
    return sum / weights;
  });
}

const made = new WeakMap<readonly (number | null)[], { weight: number; average: readonly (number | null)[] }>();

/** smoothed() of an immutable column, cached for the last weight of each. */
export function smoothedOnce(values: readonly (number | null)[], weight: number): readonly (number | null)[] {
  const known = made.get(values);
  if (known?.weight === weight) return known.average;
  const average = smoothed(values, weight);
  made.set(values, { weight, average });
  return average;
}
