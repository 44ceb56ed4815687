// Ranges and ticks of the curves. Pure.

export type Range = readonly [low: number, high: number];

/** x: epochs 1...planned with half an epoch of air, so that points at the ends are whole. */
export const epochRange = (planned: number): Range => [0.5, Math.max(planned, 2) + 0.5];

/** Whole epochs, at most `count` of them, always with 1. */
export function epochTicks(planned: number, count: number): number[] {
  const last = Math.max(2, planned);
  const step = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000].find((size) => last / size <= Math.max(count, 2)) ?? last;
  const ticks = step === 1 ? [] : [1];
  for (let epoch = step; epoch <= last; epoch += step) ticks.push(epoch);
  return ticks;
}

/** Losses start at 0 unless they are bunched far above it; a flat curve gets room on both sides. */
export function lossRange(values: readonly (number | null)[]): Range {
  const [low, high] = extent(values);
  if (high === low) return low === 0 ? [0, 1] : [Math.min(0, low * 2), Math.max(0, low * 2)];
  const padding = (high - low) * 0.08;
  return low >= 0 && low < high * 0.6 ? [0, high + padding] : [low - padding, high + padding];
}

/** Shares end at 1; they start at the tenth below the smallest value, at the most at 0.8, so that a rise is seen and its scale too. */
export function shareRange(values: readonly (number | null)[]): Range {
  const [low] = extent(values);
  return [Math.min(0.8, Math.max(0, Math.floor(low * 10 - 1e-9) / 10)), 1];
}

function extent(values: readonly (number | null)[]): Range {
  const known = values.filter((value) => value !== null && Number.isFinite(value)) as number[];
  return known.length === 0 ? [0, 1] : [Math.min(...known), Math.max(...known)];
}
