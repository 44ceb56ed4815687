import type { Graph, Value } from '../graph.ts';
import type { Op } from '../op.ts';
import { add, and, equal, not, pad, slice, transpose, where } from '../primitives.ts';
import { gridSideOf, interleave, outputSide, patch, reaches, type Window } from './window.ts';

/**
 * y[n,p,q,c] = the largest x[n, s·p+i−a, s·q+j−a, c] over the taps i, j.   x [N, H, W, C], y [N, P, Q, C].   torch.nn.MaxPool2d
 * dx: each dy goes to the position of its maximum; among equal ones to the first in reading order, as in PyTorch.
 * For dx, the side of x must be a multiple of the stride.
 */
export const maxPool: Op<[x: Value], Window> = {
  forward: (g, [x], window) => {
    const [n = 1, side = 1, , c = 1] = x.shape;
    const out = outputSide(side, window);
    const y = maxPoolNode(g, transpose(g, x, [0, 3, 1, 2]), window, [n, c, out, out]);
    return transpose(g, y, [0, 2, 3, 1]);
  },
  backward: (g, [x], dy, y, window) => [() => inputGradient(g, x, dy, y, window)],
};

/** ONNX's MaxPool, [N, C, H, W] to `shape`. */
export function maxPoolNode(g: Graph, x: Value, { kernel, stride, padding }: Window, shape: readonly number[]): Value {
  const pads = [padding, padding, padding, padding];
  return g.node('MaxPool', [x], { kernel_shape: [kernel, kernel], strides: [stride, stride], pads }, x.dtype, shape);
}

/** Close to float32's lowest; the padding must never be the maximum. */
const edge = -3.4e38;

function inputGradient(g: Graph, x: Value, dy: Value, y: Value, window: Window): Value {
  const { stride, padding } = window;
  const side = gridSideOf(x.shape, stride);
  const padded = pad(g, x, [0, padding, padding, 0], [0, padding, padding, 0], edge);
  const reached = reaches(window);
  // Gradient for each of the s·s interleaved grids of x (see window.ts).
  const grids = new Map<string, Value>();
  let stillOpen: Value | undefined;
  for (const row of reached) {
    for (const column of reached) {
      const isHighest = equal(g, patch(g, padded, row.tap, column.tap, y.shape[1]!, stride), y);
      const isChosen = stillOpen ? and(g, stillOpen, isHighest) : isHighest;
      stillOpen = stillOpen ? and(g, stillOpen, not(g, isHighest)) : not(g, isHighest);
      const share = where(g, isChosen, dy, g.scalar(0));
      const moved = shift(g, shift(g, share, 1, row.offset, side), 2, column.offset, side);
      const key = `${row.remainder} ${column.remainder}`;
      const earlier = grids.get(key);
      grids.set(key, earlier ? add(g, earlier, moved) : moved);
    }
  }
  return interleave(g, x.shape, stride, (row, column) => grids.get(`${row} ${column}`));
}

/** Entry m of the result is entry m + offset of x along the axis, 0 outside; `length` entries. */
function shift(g: Graph, x: Value, axis: number, offset: number, length: number): Value {
  const start = Math.max(0, offset);
  const count = Math.min(x.shape[axis]!, offset + length) - start;
  const part = slice(g, x, [{ axis, start, count, step: 1 }]);
  const along = (size: number) => x.shape.map((_, a) => (a === axis ? size : 0));
  const before = Math.max(0, -offset);
  return pad(g, part, along(before), along(length - before - count));
}
