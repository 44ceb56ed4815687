// Selects the points of a long curve to draw: as many as are distinguishable, without losing a peak or a dip. Pure.

/**
 * Ascending indices of the points to draw of columns over one x axis: in each pixel column the first and the last point and, of every
 * series, the smallest and the largest; one more point on either side of the range, so that lines leave the picture correctly.
 * All points in the range if there are no more than that.
 *
 * @param x  ascending
 * @param series  each as long as `x`; null: missing value
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
  const columnOf = (value: number) => Math.floor(((value - low) / (high - low)) * columns);
  let start = from;
  while (start < to) {
    const column = columnOf(x[start]!);
    // The points beside the range are columns of their own.
    const end = x[start]! < low ? start + 1 : firstWhere((i) => columnOf(x[i]!) > column, start + 1, to);
    addColumn(drawn, series, start, end);
    start = end;
  }
  return drawn;
}

/** Points of x in [start, end) to keep. */
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

/** Index of the value nearest to `wanted` in an ascending column; -1 in an empty one. */
export function nearestIndex(x: readonly number[], wanted: number): number {
  const right = firstAtLeast(x, wanted);
  if (right === 0) return x.length === 0 ? -1 : 0;
  if (right === x.length) return right - 1;
  return wanted - x[right - 1]! <= x[right]! - wanted ? right - 1 : right;
}

const firstAtLeast = (x: readonly number[], wanted: number): number => firstWhere((i) => x[i]! >= wanted, 0, x.length);

const firstAbove = (x: readonly number[], wanted: number): number => firstWhere((i) => x[i]! > wanted, 0, x.length);

/** First index in [from, to) from which on `holds` is true; `to` if there is none. */
function firstWhere(holds: (index: number) => boolean, from: number, to: number): number {
  let [low, high] = [from, to];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
