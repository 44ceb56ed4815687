// Which points of a long curve to draw: as many as the eye can tell apart, never without a peak or a dip. Pure.

/**
 * Indices, ascending, of what to draw of columns over one x axis: in each column of pixels the first and the last point and, of every
 * series, the smallest and the largest; one point more on either side of the range, so that lines leave the picture as they should.
 * All points in the range when there are not more than that.
 *
 * @param x  ascending
 * @param series  each as long as `x`; null: not measured
 * @param range  the part of `x` in view
 * @param columns  pixels across, at least 1
 * @returns at most (2 + 2·series) indices a column, and 2
 */
export function visibleIndices(
  x: readonly number[],
  series: readonly (readonly (number | null)[])[],
  [low, high]: readonly [number, number],
  columns: number,
): number[] {
  const from = Math.max(0, firstAtLeast(x, low) - 1);
  const to = Math.min(x.length, firstAbove(x, high) + 1);
  if (to - from <= (2 + 2 * series.length) * columns + 2) return Array.from({ length: to - from }, (_, i) => from + i);
  const drawn: number[] = [];
  let start = from;
  while (start < to) {
    const column = Math.floor(((x[start]! - low) / (high - low)) * columns);
    const border = low + ((column + 1) / columns) * (high - low);
    let end = firstAtLeast(x, border, start, to);
    // The points beside the range are columns of their own; rounding must not hold a column up.
    if (end === start || x[start]! < low) end = start + 1;
    addColumn(drawn, series, start, end);
    start = end;
  }
  return drawn;
}

/** The points of x in [start, end) that matter. */
function addColumn(drawn: number[], series: readonly (readonly (number | null)[])[], start: number, end: number): void {
  if (end - start <= 2) {
    for (let i = start; i < end; i++) drawn.push(i);
    return;
  }
  const chosen = [start, end - 1];
  for (const values of series) {
    let smallest = -1;
    let largest = -1;
    let low = Number.POSITIVE_INFINITY;
    let high = Number.NEGATIVE_INFINITY;
    for (let i = start; i < end; i++) {
      const value = values[i];
      if (value === null || value === undefined) continue;
      if (value < low) [low, smallest] = [value, i];
      if (value > high) [high, largest] = [value, i];
    }
    if (smallest >= 0) chosen.push(smallest);
    if (largest >= 0) chosen.push(largest);
  }
  chosen.sort((a, b) => a - b);
  for (const [i, index] of chosen.entries()) if (i === 0 || index !== chosen[i - 1]) drawn.push(index);
}

/** The index of the value nearest to `wanted` in an ascending column; -1 in an empty one. */
export function nearestIndex(x: readonly number[], wanted: number): number {
  const right = firstAtLeast(x, wanted);
  if (right === 0) return x.length === 0 ? -1 : 0;
  if (right === x.length) return right - 1;
  return wanted - x[right - 1]! <= x[right]! - wanted ? right - 1 : right;
}

function firstAtLeast(x: readonly number[], wanted: number, from = 0, to = x.length): number {
  let [low, high] = [from, to];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (x[middle]! < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}

function firstAbove(x: readonly number[], wanted: number): number {
  let [low, high] = [0, x.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (x[middle]! <= wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}
