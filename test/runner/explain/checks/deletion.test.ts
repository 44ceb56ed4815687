// Deletion on a network with a known output: its score is the mean brightness of one corner.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  areaUnder,
  blurredView,
  type Curve,
  deletionCurves,
  deletionFractions,
  orderOf,
  randomRepeats,
  removed,
} from '../../../../runner/explain/checks/deletion.ts';
import { verdictOf } from '../../../../runner/explain/checks/verdict.ts';
import type { FaithfulnessCheck } from '../../../../shared/contracts/explanation.ts';
import { allClose } from '../../../support/allClose.ts';

const size = 64;
const corner = 16;

/** Black with one white corner, a sixteenth of the picture. */
const picture = Uint8Array.from({ length: size * size * 3 }, (_, i) => {
  const pixel = Math.floor(i / 3);
  return pixel % size < corner && Math.floor(pixel / size) < corner ? 255 : 0;
});
const cornerBrightness = async (views: readonly Uint8Array[]): Promise<number[]> =>
  views.map((view) => {
    let sum = 0;
    for (let y = 0; y < corner; y++) for (let x = 0; x < corner; x++) sum += view[3 * (y * size + x)]!;
    return sum / (255 * corner * corner);
  });

const side = 4;
const mapOf = (hot: (position: number) => boolean) =>
  Float32Array.from({ length: side * side }, (_, position) => (hot(position) ? 1 : 0));
const pointing = mapOf((position) => position === 0);
const elsewhere = mapOf((position) => position >= 8);

const checkOf = ({ map, random }: { map: Curve; random: readonly Curve[] }): Omit<FaithfulnessCheck, 'verdict'> => {
  const areas = random.map(({ area }) => area);
  const plain = ({ scores, area }: Curve) => ({ scores: [...scores], area });
  return {
    baseline: 'blurred',
    fractions: [...deletionFractions],
    deletion: plain(map),
    random: {
      seed: 1,
      repeats: random.map(plain),
      mean: [],
      low: [],
      high: [],
      area: { mean: areas.reduce((a, b) => a + b) / areas.length, low: Math.min(...areas), high: Math.max(...areas) },
    },
    randomWeights: { seed: 1, map: { height: 1, width: 1, values: 'AAAAAA==' }, spearman: 0.1, ssim: 0 },
  };
};

test('deletionCurves() drops at once for a map that points at what the network uses', async () => {
  const curves = await deletionCurves(picture, size, pointing, side, 1, cornerBrightness);
  const [full, , tenth] = curves.map.scores;
  const [blurred] = await cornerBrightness([blurredView(picture, size)]);
  assert.equal(full, 1);
  // A tenth of the pixels covers the corner, a sixteenth, with all of the map's own order.
  allClose('score after a tenth', [tenth!], [blurred!], { absolute: 1e-3 });
  assert.equal(curves.random.length, randomRepeats);
  for (const random of curves.random) assert.ok(random.area > curves.map.area);
  const [deletion, , limits] = verdictOf(checkOf(curves), 'probability');
  assert.equal(deletion!.code, 'deletionBetter');
  assert.equal(limits!.code, 'checkLimits');
});

test('deletionCurves() stays high for a map that points elsewhere, and the verdict is no better than chance', async () => {
  const curves = await deletionCurves(picture, size, elsewhere, side, 1, cornerBrightness);
  assert.equal(curves.map.scores[3], 1); // a fifth of the pixels, none in the corner
  const [deletion] = verdictOf(checkOf(curves), 'probability');
  assert.equal(deletion!.code, 'deletionNotBetter');
  assert.ok(Number(deletion!.params.count) > randomRepeats / 2);
});

test('the deletion verdict is inconclusive when blurring the whole image does not lower the score', async () => {
  const curves = await deletionCurves(picture, size, pointing, side, 1, async (views) => views.map(() => 0.7));
  const [deletion, weights] = verdictOf(checkOf(curves), 'probability');
  assert.deepEqual(deletion, { code: 'deletionFlat', params: { of: 'probability', full: '0.70', blurred: '0.70' } });
  assert.equal(weights!.code, 'randomWeightsDiffer');
});

test('the deletion verdict says that the score rises when the blurred image has the higher score', async () => {
  const measured = checkOf(await deletionCurves(picture, size, pointing, side, 1, cornerBrightness));
  const rising = { ...measured.deletion, scores: [0.39, 0.45, 0.61] };
  const [deletion] = verdictOf({ ...measured, deletion: rising }, 'probability');
  assert.deepEqual(deletion, { code: 'deletionRises', params: { of: 'probability', full: '0.39', blurred: '0.61' } });
});

test('deletionCurves() repeats its result with the same seed and changes it with another', async () => {
  const areas = async (seed: number) =>
    (await deletionCurves(picture, size, pointing, side, seed, cornerBrightness)).random.map(({ area }) => area);
  assert.deepEqual(await areas(1), await areas(1));
  assert.notDeepEqual(await areas(1), await areas(2));
});

test('orderOf() sorts by descending value, ties by the other map', () => {
  assert.deepEqual([...orderOf(Float32Array.of(0, 3, 0, 1), Float32Array.of(1, 0, 2, 0))], [1, 3, 2, 0]);
});

test('removed() replaces the given number of pixels, in order, in all three channels', () => {
  const view = Uint8Array.of(1, 1, 1, 2, 2, 2, 3, 3, 3);
  const blurred = Uint8Array.of(7, 7, 7, 8, 8, 8, 9, 9, 9);
  assert.deepEqual([...removed(view, blurred, Uint32Array.of(2, 0, 1), 2)], [7, 7, 7, 2, 2, 2, 9, 9, 9]);
  assert.deepEqual([...view], [1, 1, 1, 2, 2, 2, 3, 3, 3]);
});

test('areaUnder() of a constant is the constant, of a linear fall half its height', () => {
  const flat = deletionFractions.map(() => 0.8);
  const falling = deletionFractions.map((fraction) => 1 - fraction);
  allClose('areas', [areaUnder(deletionFractions, flat), areaUnder(deletionFractions, falling)], [0.8, 0.5], {
    absolute: 1e-12,
  });
});

test('blurredView() keeps a flat colour and leaves no edge', () => {
  const even = new Uint8Array(size * size * 3).fill(90);
  assert.deepEqual(blurredView(even, size), even);
  const blurred = blurredView(picture, size);
  let steepest = 0;
  for (let i = 3; i < blurred.length; i++)
    if (i % (3 * size) >= 3) steepest = Math.max(steepest, Math.abs(blurred[i]! - blurred[i - 3]!));
  assert.ok(steepest < 30, `a step of ${steepest}`);
});
