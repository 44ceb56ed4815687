// The evaluation view inside a graph, against ours outside, which equals Pillow's bit for bit.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import fc from 'fast-check';
import { Graph } from '../../../runner/graph/graph.ts';
import { toOnnx } from '../../../runner/graph/onnx.ts';
import type { RgbImage } from '../../../runner/images/samples/raster.ts';
import { evaluationPixels } from '../../../runner/programs/evaluationPixels.ts';
import { evaluationView } from '../../../runner/views/evaluationView.ts';
import { stream, uniform } from '../../../shared/random.ts';
import { assertProperty } from '../../support/property.ts';
import { runProgram } from '../../support/runProgram.ts';

const size = 32;
const modelOf = (color: 'rgb' | 'grayscale', opset: 17 | 18 = 18) => {
  const g = new Graph();
  const image = g.input('image', 'uint8', [1, size, size, 3]);
  g.output('pixels', evaluationPixels(g, image, size, color));
  return toOnnx(g, { name: 'view', opset, freeBatch: true, freeAxes: { image: { 1: 'H', 2: 'W' } } });
};
const programs = {
  rgb: await runProgram({ model: modelOf('rgb') }),
  grayscale: await runProgram({ model: modelOf('grayscale') }),
};
after(() => Promise.all([programs.rgb.release(), programs.grayscale.release()]));

/** [3, size, size] whatever the channels. */
async function inGraph({ width, height, data }: RgbImage, color: 'rgb' | 'grayscale'): Promise<Uint8Array> {
  const { pixels } = await programs[color].run({ image: { dtype: 'uint8', shape: [1, height, width, 3], data } });
  const planes = pixels!.data as Uint8Array;
  return planes.length === size * size ? Uint8Array.of(...planes, ...planes, ...planes) : planes;
}

const planesOf = (pixels: Uint8Array) =>
  Uint8Array.from(
    { length: pixels.length },
    (_, i) => pixels[(i % (size * size)) * 3 + Math.floor(i / (size * size))]!,
  );

function noise(width: number, height: number): RgbImage {
  const random = stream(3, 'noise', width, height);
  return { width, height, data: Uint8Array.from({ length: width * height * 3 }, () => uniform(random, 0, 256)) };
}

/** Each of the two passes may round a sum between two bytes the other way: one step each, rarely at the same pixel. */
async function checkPixels(width: number, height: number, color: 'rgb' | 'grayscale'): Promise<void> {
  const image = noise(width, height);
  const expected = planesOf(evaluationView(image, size, color));
  const seen = await inGraph(image, color);
  const off = seen.map((value, i) => Math.abs(value - expected[i]!));
  assert.ok(Math.max(...off) <= 2, `${width} x ${height}, ${color}: off by ${Math.max(...off)}`);
  assert.ok(off.filter((d) => d === 2).length <= 0.002 * off.length, `${width} x ${height}, ${color}: two steps`);
  assert.ok(off.filter((d) => d > 0).length <= 0.2 * off.length, `${width} x ${height}, ${color}`);
}

test('for images of any size and colour mode the graph reproduces our pixels to within one step of 255, rarely two', async () => {
  await checkPixels(30, 30, 'rgb'); // two steps
  await assertProperty(
    fc.asyncProperty(
      fc.integer({ min: 8, max: 300 }),
      fc.integer({ min: 8, max: 300 }),
      fc.constantFrom('rgb' as const, 'grayscale' as const),
      checkPixels,
    ),
    { numRuns: 60 },
  );
});

test('the crop starts at the same pixel, for odd and even margins', async () => {
  // A slope of one step per pixel: a crop that is off by one differs by at least one step everywhere.
  for (const width of [37, 38, 39, 40, 41, 42, 43, 44, 45])
    for (const [w, h] of [
      [width, 36],
      [36, width],
    ] as const) {
      const data = Uint8Array.from({ length: w * h * 3 }, (_, i) => {
        const pixel = Math.floor(i / 3);
        return 4 * (w > h ? pixel % w : Math.floor(pixel / w));
      });
      const image = { width: w, height: h, data };
      const expected = planesOf(evaluationView(image, size, 'rgb'));
      const seen = await inGraph(image, 'rgb');
      assert.ok(
        seen.every((value, i) => Math.abs(value - expected[i]!) <= 1),
        `${w} x ${h}`,
      );
    }
});

test('only a model for other programs may resize, because no training device supports it', () => {
  assert.throws(() => modelOf('rgb', 17), /ReduceMin|Resize|Shape/);
});
