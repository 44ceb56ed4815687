import { largest, smallest } from '../../../shared/lists.ts';
import { sizeOf } from '../../tensor.ts';
import type { Graph, Value } from '../graph.ts';
import type { Op } from '../op.ts';
import { concat, convolve, gemm, pad, reduceSum, reshape, slice, transpose } from '../primitives.ts';
import { gridSideOf, interleave, outputSide, range, reaches, type Window } from './window.ts';

/**
 * y[n,p,q,k] = b[k] + Σ over i,j,c of x[n, s·p+i−a, s·q+j−a, c]·W[k,c,i,j]   with stride s, padding a; 0 outside x.
 * x [N, H, W, C], W [K, C, h, w] (PyTorch's order), b [K], y [N, P, Q, K].   torch.nn.Conv2d, channels last
 *
 * As matrices: X = the windows of x, a row of h·w·C numbers per output position; y = X·Wᵀ + b, so
 *   dW = dyᵀ·X,   db = Σ dy,   dx = the windows of dy times W with its filters rotated by 180°.
 * docs/convolution-gradients.md derives both for a 3x3 picture. For dx, the side of x must be a multiple of the stride.
 */
export const conv: Op<[x: Value, W: Value, b: Value], Window & { readonly form?: ConvolutionForm }> = {
  forward: (g, [x, W, b], { form, ...window }) => {
    const out = outputSide(x.shape[1]!, window);
    if (asConv(x, window, form)) return channelsLast(g, convolve(g, channelsFirst(g, x), W, window, b));
    const y = gemm(g, windows(g, x, window), filterRows(g, W), { transB: true, bias: b });
    return reshape(g, y, [x.shape[0]!, out, out, W.shape[0]!]);
  },
  backward: (g, [x, W], dy, _, { form, ...window }) => {
    const rows = reshape(g, dy, [sizeOf(dy.shape) / W.shape[0]!, W.shape[0]!]);
    const turned = asConv(x, window, form) && window.stride === 1;
    return [
      () => (turned ? turnedInputGradient(g, W, dy, window) : inputGradient(g, x.shape, W, dy, window)),
      () =>
        form === 'allConv'
          ? exchangedFilterGradient(g, x, W, dy, window)
          : filtersOfRows(g, gemm(g, rows, windows(g, x, window), { transA: true }), W.shape),
      () => reduceSum(g, rows, [0]),
    ];
  },
};

/**
 * Operators that compute the products; the results differ only in the order of sums.
 * 'windows': matrix products over the windows, and on wide images Conv for y and, with stride 1, dx: the fastest on a CPU.
 * 'conv': Conv for y and, with stride 1, dx wherever a filter has more than one tap. 'allConv': there, for 1x1 filters and for dW.
 */
export const convolutionForms = ['windows', 'conv', 'allConv'] as const;
export type ConvolutionForm = (typeof convolutionForms)[number];

/**
 * The windows of a 3x3 convolution take nine times the memory of its input. On wide images the runtime's own convolution is as fast and
 * splits them into small pieces; on narrow ones one large matrix product is no slower (docs/benchmarks.md).
 */
function asConv(x: Value, window: Window, form: ConvolutionForm = 'windows'): boolean {
  if (form === 'allConv') return true;
  return window.kernel > 1 && (form === 'conv' || outputSide(x.shape[1]!, window) >= 14);
}

/** [N·P·Q, h·w·C]: the inputs of each output position, tap by tap. Columns first, then rows: whole rows are copied at once. */
function windows(g: Graph, x: Value, window: Window): Value {
  const [n = 1, side = 1, , c = 1] = x.shape;
  const { kernel, stride: step, padding } = window;
  const count = outputSide(side, window);
  const padded = padSides(g, x, padding, padding);
  const columns = range(kernel).map((start) => slice(g, padded, [{ axis: 2, start, count, step }]));
  const seen = concat(g, columns, 3);
  const rows = range(kernel).map((start) => slice(g, seen, [{ axis: 1, start, count, step }]));
  return reshape(g, concat(g, rows, 3), [n * count * count, kernel * kernel * c]);
}

/** W as [K, h·w·C]: a filter's numbers in the order of a window's. */
function filterRows(g: Graph, W: Value): Value {
  const [k = 1, c = 1, h = 1, w = 1] = W.shape;
  return reshape(g, transpose(g, reshape(g, W, [k, c, h * w]), [0, 2, 1]), [k, h * w * c]);
}

/** The inverse of filterRows. */
function filtersOfRows(g: Graph, rows: Value, shape: readonly number[]): Value {
  const [k = 1, c = 1, h = 1, w = 1] = shape;
  return reshape(g, transpose(g, reshape(g, rows, [k, h * w, c]), [0, 2, 1]), shape);
}

/**
 * For each of the s·s interleaved grids of the input (see window.ts), the gradient is a convolution of dy with stride 1 by the taps
 * that reach it: nothing is multiplied by zeros inserted for the stride.
 */
function inputGradient(g: Graph, shape: readonly number[], W: Value, dy: Value, window: Window): Value {
  const [n = 1] = shape;
  const [k = 1, c = 1] = W.shape;
  const { kernel, stride } = window;
  const side = gridSideOf(shape, stride);
  const reached = reaches(window);
  const offsets = reached.map(({ offset }) => offset);
  const before = Math.max(0, -smallest(offsets));
  const after = Math.max(0, largest(offsets) + side - dy.shape[1]!);
  const padded = padSides(g, dy, before, after);
  const tapsFirst = transpose(g, reshape(g, W, [k, c, kernel * kernel]), [2, 0, 1]);
  const filters = reshape(g, tapsFirst, [kernel, kernel, k, c]);
  return interleave(g, shape, stride, (rowRemainder, columnRemainder) => {
    const rows = reached.filter(({ remainder }) => remainder === rowRemainder);
    const columns = reached.filter(({ remainder }) => remainder === columnRemainder);
    if (rows.length === 0 || columns.length === 0) return undefined;
    const along = (axis: number, { offset }: { offset: number }) => [
      { axis, start: offset + before, count: side, step: 1 },
    ];
    const inColumns = concat(
      g,
      columns.map((column) => slice(g, padded, along(2, column))),
      3,
    );
    const seen = concat(
      g,
      rows.map((row) => slice(g, inColumns, along(1, row))),
      3,
    );
    const taps = [rows, columns].map(([first], axis) => ({
      axis,
      start: first!.tap,
      count: axis === 0 ? rows.length : columns.length,
      step: stride,
    }));
    const depth = rows.length * columns.length * k;
    const seenRows = reshape(g, seen, [n * side * side, depth]);
    return reshape(g, gemm(g, seenRows, reshape(g, slice(g, filters, taps), [depth, c])), [n, side, side, c]);
  });
}

/** With stride 1, dx is the convolution of dy with the filters rotated by 180°, inputs and outputs exchanged. */
function turnedInputGradient(g: Graph, W: Value, dy: Value, { kernel, stride, padding }: Window): Value {
  const [k = 1, c = 1] = W.shape;
  const exchanged = transpose(g, reshape(g, W, [k, c, kernel * kernel]), [1, 0, 2]);
  const taps = range(kernel * kernel).map((start) => slice(g, exchanged, [{ axis: 2, start, count: 1, step: 1 }]));
  const filters = reshape(g, concat(g, taps.toReversed(), 2), [c, k, kernel, kernel]);
  return channelsLast(g, convolve(g, channelsFirst(g, dy), filters, { stride, padding: kernel - 1 - padding }));
}

/**
 * dW[k,c,i,j] = Σ over n,p,q of x[n, s·p+i−a, s·q+j−a, c]·dy[n,p,q,k]: x, with its channels as images, convolved with dy as K filters
 * of N channels whose taps are a stride apart.
 */
function exchangedFilterGradient(g: Graph, x: Value, W: Value, dy: Value, { kernel, stride, padding }: Window): Value {
  const images = transpose(g, x, [3, 0, 1, 2]);
  const filters = transpose(g, dy, [3, 0, 1, 2]);
  const all = convolve(g, images, filters, { stride: 1, padding, dilation: stride });
  // If the stride skips the last rows of x, the filter can move further than W has taps.
  const taps = [2, 3].map((axis) => ({ axis, start: 0, count: kernel, step: 1 }));
  return reshape(g, transpose(g, slice(g, all, taps), [1, 0, 2, 3]), W.shape);
}

const channelsFirst = (g: Graph, x: Value): Value => transpose(g, x, [0, 3, 1, 2]);
const channelsLast = (g: Graph, x: Value): Value => transpose(g, x, [0, 2, 3, 1]);

const padSides = (g: Graph, x: Value, before: number, after: number): Value =>
  pad(g, x, [0, before, before, 0], [0, after, after, 0]);
