import assert from 'node:assert/strict';
import { test } from 'node:test';
import { heatMapOf } from '../../../shared/contracts/explanation.ts';
import { heatTable } from '../../../shared/contracts/heatMap.ts';
import {
  cropShares,
  heatPixels,
  movedPoint,
  sizedMap,
  strongestPoint,
  valueAt,
} from '../../../webview/explanation/heatDrawing.ts';

const map = heatMapOf(Float32Array.of(0, 0.25, 0.5, 1), 2, 2);
/** An upright original of 400 x 300, scaled so that the network gets the middle 300 x 300. */
const view = {
  imageSize: 4,
  original: { width: 400, height: 300 },
  crop: { left: 50, top: 0, width: 300, height: 300 },
};
const explanation = { map, view };

test('heatPixels() gives every pixel the opaque colour of its upsampled value', () => {
  const pixels = heatPixels(map, 4, 'jet');
  assert.equal(pixels.length, 4 * 16);
  const table = heatTable('jet');
  // Corners keep the map's own values; bilinear in between, computed by hand for the second pixel: 0.75 * 0 + 0.25 * 0.25.
  for (const [pixel, value] of [
    [0, 0],
    [1, 0.0625],
    [3, 0.25],
    [12, 0.5],
    [15, 1],
  ] as const) {
    const color = 3 * Math.trunc(255 * value);
    assert.deepEqual([...pixels.slice(4 * pixel, 4 * pixel + 4)], [...table.slice(color, color + 3), 255], `${pixel}`);
  }
});

test('sizedMap() computes each size once', () => {
  assert.equal(sizedMap(map, 4), sizedMap(map, 4));
  assert.equal(sizedMap(map, 8).length, 64);
});

test('cropShares() positions the map as fractions of the original', () => {
  assert.deepEqual(cropShares(view), { left: 0.125, top: 0, width: 0.75, height: 1 });
});

test('valueAt() returns the value drawn at a point, and nothing outside of the crop', () => {
  assert.equal(valueAt(explanation, { x: 51, y: 1 }), 0);
  assert.equal(valueAt(explanation, { x: 349, y: 299 }), 1);
  assert.equal(valueAt(explanation, { x: 130, y: 10 }), 0.0625);
  assert.equal(valueAt(explanation, { x: 49.9, y: 100 }), null);
  assert.equal(valueAt(explanation, { x: 350, y: 100 }), null);
});

test('strongestPoint() is the centre of the strongest position, and arrow keys move by positions within the image', () => {
  const top = strongestPoint(explanation);
  assert.deepEqual(top, { x: 275, y: 225 });
  assert.deepEqual(movedPoint(top, [-1, 0], false, explanation), { x: 125, y: 225 });
  assert.deepEqual(movedPoint(top, [0, -1], true, explanation), { x: 275, y: 224 });
  assert.deepEqual(movedPoint(top, [1, 1], false, explanation), { x: 399.5, y: 299.5 });
});

test('an empty map is dark and still has a point', () => {
  const empty = { map: heatMapOf(new Float32Array(4), 2, 2), view };
  assert.equal(valueAt(empty, strongestPoint(empty)), 0);
});
