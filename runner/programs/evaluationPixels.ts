// The evaluation view (views/evaluationView.ts) as part of a graph, for models that take an image of any size. The runtime resizes
// bytes; sizes and crops are computed in whole numbers, so that they agree to the pixel.
import type { Graph, Value } from '../graph/graph.ts';
import { add, cast, concat, div, lengthsOf, mul, reduceSum, smallest, sub, transpose } from '../graph/primitives.ts';
import { type Color, resizeSide } from '../views/evaluationView.ts';

/**
 * torchvision: [Grayscale(3),] Resize(int(size * 1.15), bilinear, antialias), CenterCrop(size).
 *
 * @param image  uint8 [N, H, W, 3], H and W free
 * @returns uint8 [N, 3, size, size]; grayscale [N, 1, size, size]
 */
export function evaluationPixels(g: Graph, image: Value, size: number, color: Color): Value {
  const channels = transpose(g, image, [0, 3, 1, 2]);
  const source = color === 'grayscale' ? greyChannel(g, channels) : channels;
  const sides = lengthsOf(g, image, 1, 2);
  // The shorter side becomes resizeSide, the longer is truncated: whole-number division does both.
  const resized = div(g, mul(g, sides, g.integers([resizeSide(size)])), smallest(g, sides));
  const start = centered(g, resized, size);
  const [n = 1, c = 1] = source.shape;
  const shape = [n, c, size, size];
  const full = g.node(
    'Resize',
    [source, null, null, concat(g, [lengthsOf(g, source, 0, 2), resized], 0)],
    { mode: { text: 'linear' }, antialias: 1 },
    'uint8',
    shape,
  );
  return g.node('Slice', [full, start, add(g, start, g.integers([size])), g.integers([2, 3])], {}, 'uint8', shape);
}

/** Start of CenterCrop: half of the remainder, halves rounded to even as in Python. */
function centered(g: Graph, resized: Value, size: number): Value {
  const two = g.integers([2]);
  const modulo2 = (x: Value) => sub(g, x, mul(g, div(g, x, two), two));
  const left = sub(g, resized, g.integers([size]));
  const half = div(g, left, two);
  return add(g, half, mul(g, modulo2(left), modulo2(half)));
}

/** Pillow's convert('L'), see luma() in images/samples/raster.ts. All sums are whole and below 2^24: float32 holds them exactly. */
function greyChannel(g: Graph, channels: Value): Value {
  const weighted = mul(g, cast(g, channels, 'float32'), g.floats(Float32Array.of(19595, 38470, 7471), [3, 1, 1]));
  const sum = add(g, reduceSum(g, weighted, [1], { keep: true }), g.scalar(0x8000));
  return cast(g, mul(g, sum, g.scalar(2 ** -16)), 'uint8'); // a cast truncates
}
