// Ranges and ticks of the curves. Pure.

export type Range = readonly [low: number, high: number];

/** x range: epochs 1...planned with a margin of half an epoch, so that points at the ends are drawn whole. */
export const epochRange = (planned: number): Range => [0.5, Math.max(planned, 2) + 0.5];

/** Whole epochs of the range, at most `count` of them, always with 1 if it is in view. */
export function epochTicks([low, high]: Range, count: number): number[] {
  const first = Math.max(1, Math.ceil(low));
  const last = Math.floor(high);
  const steps = (last - first + 1) / Math.max(count, 2);
  const step = nextNiceStep(steps);
  if (step === 1) return Array.from({ length: last - first + 1 }, (_, i) => first + i);
  const ticks = first === 1 ? [1] : [];
  for (let epoch = Math.ceil(Math.max(first, 2) / step) * step; epoch <= last; epoch += step) ticks.push(epoch);
  return ticks;
}

/** The first of 1, 2, 5, 10, 20… that is not smaller. */
function nextNiceStep(wanted: number): number {
  for (let decade = 1; ; decade *= 10)
    for (const step of [decade, 2 * decade, 5 * decade]) if (step >= wanted) return step;
}

/** Losses start at 0 unless they are clustered far above it; a flat curve gets a margin on both sides. */
export function lossRange(values: readonly (number | null)[]): Range {
  const [low, high] = extent(values);
  if (high === low) return low === 0 ? [0, 1] : [Math.min(0, low * 2), Math.max(0, low * 2)];
  const padding = (high - low) * 0.08;
  return low >= 0 && low < high * 0.6 ? [0, high + padding] : [low - padding, high + padding];
}

/** Proportions end at 1; they start at the tenth below the smallest value, at most at 0.8, so that both a rise and its scale are visible. */
export function shareRange(values: readonly (number | null)[]): Range {
  const [low] = extent(values);
  return [Math.min(0.8, Math.max(0, Math.floor(low * 10 - 1e-9) / 10)), 1];
}

/** From 0 up to the largest value with a margin. */
export function rateRange(values: readonly (number | null)[]): Range {
  const [, high] = extent(values);
  return [0, high > 0 ? high * 1.08 : 1];
}

/** Range of a logarithmic axis: values above 0, with the same margin on both sides; a flat curve gets a factor of 2. */
export function logRange(values: readonly (number | null)[]): Range {
  const [low, high] = extent(values, 0);
  const air = Math.max(Math.log10(high / low) * 0.06, 0.04);
  return high === low ? [low / 2, high * 2] : [low / 10 ** air, high * 10 ** air];
}

/**
 * Ticks of a logarithmic axis, at most about `count`: powers of ten, or 1, 2 and 5 times them, or only some of the powers; evenly
 * spaced ones if fewer than two of these are in view.
 */
export function logTicks([low, high]: Range, count: number): number[] {
  const decades = (every: number, factors: readonly number[]): number[] => {
    const ticks: number[] = [];
    for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power++)
      if (power % every === 0)
        for (const factor of factors) {
          const tick = power < 0 ? factor / 10 ** -power : factor * 10 ** power;
          if (tick >= low && tick <= high) ticks.push(tick);
        }
    return ticks;
  };
  const most = Math.max(2, count);
  const choices = [decades(1, [1, 2, 5]), decades(1, [1]), ...[2, 3, 5, 10, 20, 50, 100].map((n) => decades(n, [1]))];
  const chosen = choices.find((ticks) => ticks.length <= most) ?? [];
  return chosen.length >= 2 ? chosen : Array.from({ length: 3 }, (_, i) => low + ((high - low) * (i + 0.5)) / 3);
}

function extent(values: readonly (number | null)[], above = Number.NEGATIVE_INFINITY): Range {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  // A loop, because a long curve has more values than a call accepts arguments.
  for (const value of values) {
    if (value === null || !Number.isFinite(value) || value <= above) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return low > high ? [above === 0 ? 0.1 : 0, 1] : [low, high];
}
