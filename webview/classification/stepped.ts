/**
 * Corners of a precision-recall curve, from the largest recall to the smallest: each precision holds until the next threshold.
 * Average precision is the area under these steps; straight lines between the points would overestimate it. Pure.
 */
export const stepped = <Point extends { readonly x: number; readonly y: number }>(
  points: readonly Point[],
): (Point | { readonly x: number; readonly y: number })[] =>
  points.flatMap((point, i) => (i === 0 ? [point] : [{ x: point.x, y: points[i - 1]!.y }, point]));
