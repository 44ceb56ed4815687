import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { evaluationCrop, evaluationView } from '../../../runner/views/evaluationView.ts';
import { assertProperty } from '../../support/property.ts';

test('evaluationCrop() is within the image, square to within a pixel of the resized image, and centred', () => {
  const side = fc.integer({ min: 40, max: 3000 });
  assertProperty(
    fc.property(side, side, fc.constantFrom(32, 64, 224), (width, height, size) => {
      const { x, y, width: w, height: h } = evaluationCrop(width, height, size);
      const pixel = Math.min(width, height) / Math.trunc(size * 1.15);
      assert.ok(x >= 0 && y >= 0 && x + w <= width + 1e-9 && y + h <= height + 1e-9);
      assert.ok(Math.abs(w - h) <= (size * pixel * 2) / Math.trunc(size * 1.15) + 1e-9, `${w} x ${h}`);
      assert.ok(Math.abs(x + w / 2 - width / 2) <= 1.01 * pixel && Math.abs(y + h / 2 - height / 2) <= 1.01 * pixel);
    }),
  );
});

for (const [width, height] of [
  [300, 200],
  [200, 300],
  [257, 257],
] as const)
  test(`evaluationCrop() of ${width} x ${height} matches the pixels of the view`, () => {
    const size = 64;
    const crop = evaluationCrop(width, height, size);
    // White inside the crop, black outside: the view is white up to its edge, and one pixel more of crop would not be.
    const picture = (grow: number) => {
      const data = new Uint8Array(width * height * 3);
      for (let py = 0; py < height; py++)
        for (let px = 0; px < width; px++)
          if (
            px >= crop.x - grow &&
            px + 1 <= crop.x + crop.width + grow &&
            py >= crop.y - grow &&
            py + 1 <= crop.y + crop.height + grow
          )
            data.fill(255, 3 * (py * width + px), 3 * (py * width + px) + 3);
      return { width, height, data };
    };
    const darkest = (grow: number) =>
      evaluationView(picture(grow), size, 'rgb').reduce((low, value) => Math.min(low, value));
    const pixel = Math.min(width, height) / Math.trunc(size * 1.15);
    assert.equal(darkest(pixel + 1), 255); // the filter reaches a pixel of the resized image over the edge
    assert.ok(darkest(-pixel - 1) < 60, 'what lies inside the edge by a pixel must be seen as dark');
  });
