import assert from 'node:assert/strict';
import { test } from 'node:test';
import { spearman, ssim } from '../../../../runner/explain/checks/similarity.ts';
import { readReference, referenceTensor } from '../../../support/referenceTensors.ts';

const { similarity } = readReference<{
  similarity: { side: number; weights: [number, number]; spearman: number; ssim: number };
}>('cams');

// The reference draws in double precision, we in single: the rounding to hundredths may differ at a few of 2401 positions.
test('spearman() equals SciPy and ssim() scikit-image, ties included', () => {
  const { side, weights } = similarity;
  const [a, b] = ['similar/a', 'similar/b'].map((name) => referenceTensor(name, [side * side], 0, 1).data);
  const blend = a!.map((value, i) => Math.round(100 * (weights[0] * value + weights[1] * b![i]!)) / 100);
  assert.ok(Math.abs(spearman(a!, blend)! - similarity.spearman) < 1e-4);
  assert.ok(Math.abs(ssim(a!, blend, side) - similarity.ssim) < 1e-4);
});

test('similarity of a map is 1 with itself, rank correlation is -1 with its negative, and a constant map has none', () => {
  const map = referenceTensor('map', [64], 0, 1).data;
  assert.equal(spearman(map, map), 1);
  assert.equal(
    spearman(
      map,
      map.map((value) => -value),
    ),
    -1,
  );
  assert.equal(spearman(map, new Float32Array(64)), null);
  assert.ok(Math.abs(ssim(map, map, 8) - 1) < 1e-9);
});
