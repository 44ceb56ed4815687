// Geometry of sliding windows, shared by convolution and pooling. Squares only, as in every ResNet.
import type { Graph, Value } from '../graph.ts';
import { concat, expand, reshape, slice } from '../primitives.ts';

export interface Window {
  readonly kernel: number;
  readonly stride: number;
  readonly padding: number;
}

/** Side of a window's output over a square of `side`. */
export const outputSide = (side: number, { kernel, stride, padding }: Window): number =>
  Math.floor((side + 2 * padding - kernel) / stride) + 1;

/** `side` x `side` positions of x [N, H, W, C], `step` apart, from (row, column) on. */
export const patch = (g: Graph, x: Value, row: number, column: number, side: number, step: number): Value =>
  slice(g, x, [
    { axis: 1, start: row, count: side, step },
    { axis: 2, start: column, count: side, step },
  ]);

/** A tap that reads the input rows s·m + r, and the offset of the output row, m + offset, that it contributes to. */
export interface Reach {
  readonly tap: number;
  readonly remainder: number;
  readonly offset: number;
}

/**
 * With stride s the input splits into s interleaved grids along each axis, by the remainder r of the row. Tap i uses row m of grid r
 * (input row s·m + r) for output row m + (r + padding − i) / s, and only taps for which that is a whole number reach the grid.
 */
export const reaches = ({ kernel, stride, padding }: Window): readonly Reach[] =>
  range(kernel).map((tap) => {
    const remainder = (((tap - padding) % stride) + stride) % stride;
    return { tap, remainder, offset: (remainder + padding - tap) / stride };
  });

/**
 * Reassembles s·s grids.
 *
 * @param gridOf  the grid of (row remainder, column remainder), [N, H/s, W/s, C]; undefined: zeros
 * @param shape   [N, H, W, C]; H = W is a multiple of the stride
 */
export function interleave(
  g: Graph,
  shape: readonly number[],
  stride: number,
  gridOf: (row: number, column: number) => Value | undefined,
): Value {
  const [n = 1, , , c = 1] = shape;
  const side = gridSideOf(shape, stride);
  const zeros = () => expand(g, g.floats(Float32Array.of(0), [1, 1, 1, 1]), [n, side, side, c]);
  const bands = range(stride).map((row) => {
    const grids = range(stride).map((column) => gridOf(row, column) ?? zeros());
    return concat(
      g,
      grids.map((grid) => reshape(g, grid, [n, side, 1, side, 1, c])),
      4,
    );
  });
  return reshape(g, concat(g, bands, 2), shape);
}

/** Side of one of the s·s grids of x [N, H, W, C]. */
export function gridSideOf(shape: readonly number[], stride: number): number {
  const side = shape[1]! / stride;
  if (!Number.isInteger(side)) throw new Error(`A side of ${shape[1]} is not a multiple of the stride ${stride}`);
  return side;
}

export const range = (length: number): number[] => Array.from({ length }, (_, i) => i);
