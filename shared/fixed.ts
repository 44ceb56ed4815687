/**
 * A number with this many decimals, rounded as C, Python, R and scikit-learn round: to the nearest by its exact binary value,
 * and a tie to the even digit. Number.toFixed rounds ties up: 0.625 (5 of 8 images) would read 0.63 here and 0.62 in every script.
 *
 * @param digits  0 to 20
 * @example fixed(0.625, 2) // '0.62'
 * @example fixed(0.375, 2) // '0.38'
 * @see IEEE 754 on roundTiesToEven; Python's format(x, '.2f')
 */
export function fixed(value: number, digits: number): string {
  const nearest = value.toFixed(digits);
  // A tie ends in a 5 one digit further; such a double is a whole multiple of 2^-(digits + 1), so the product is exact.
  if (Number.isInteger(value) || !Number.isInteger(value * 2 ** (digits + 1))) return nearest;
  const whole = value.toFixed(digits + 1);
  if (!whole.endsWith('5') || Number(nearest.at(-1)) % 2 === 0) return nearest;
  return whole.slice(0, digits === 0 ? -2 : -1);
}
