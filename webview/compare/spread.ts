/**
 * Positions for labels near the wanted ones, at least `gap` apart: labels move down first, then up again from `bottom`. Pure.
 *
 * @param wanted ascending
 * @returns ascending, one per label
 */
export function spreadLabels(wanted: readonly number[], gap: number, bottom: number): number[] {
  const placed: number[] = [];
  for (const y of wanted) placed.push(Math.max(y, (placed.at(-1) ?? Number.NEGATIVE_INFINITY) + gap));
  let limit = bottom;
  for (let i = placed.length - 1; i >= 0 && placed[i]! > limit; i--) {
    placed[i] = limit;
    limit -= gap;
  }
  return placed;
}
