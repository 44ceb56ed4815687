// Lists of any length. A call takes its arguments on the stack, so Math.max(...values) and push(...values) overflow it from about
// 120,000 values on; a lint rule keeps them out.

/** The largest value; NaN if one is NaN, -Infinity for an empty list, like Math.max(). */
export function largest(values: Iterable<number>): number {
  let most = Number.NEGATIVE_INFINITY;
  for (const value of values) most = Math.max(most, value);
  return most;
}

/** The smallest value; NaN if one is NaN, Infinity for an empty list, like Math.min(). */
export function smallest(values: Iterable<number>): number {
  let least = Number.POSITIVE_INFINITY;
  for (const value of values) least = Math.min(least, value);
  return least;
}

/** Position of the first largest value; -1 for an empty list, or if one is NaN. */
export const indexOfLargest = (values: ArrayLike<number> & Iterable<number>): number =>
  Array.prototype.indexOf.call(values, largest(values));

export const indexOfSmallest = (values: ArrayLike<number> & Iterable<number>): number =>
  Array.prototype.indexOf.call(values, smallest(values));

/** Appends to `list`, in order. */
export function appendAll<T>(list: T[], more: Iterable<T>): void {
  for (const item of more) list.push(item);
}
