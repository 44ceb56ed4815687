import assert from 'node:assert/strict';
import { test } from 'node:test';
import crc32 from 'crc-32';
import { greyOf, type Raster, rgbOf } from '../../../runner/images/samples/raster.ts';
import { rotateAboutCenter } from '../../../runner/views/affine.ts';
import { adjustColor } from '../../../runner/views/color.ts';
import { resampleBox } from '../../../runner/views/resample.ts';
import { curves, pillow } from '../../support/pillow.ts';

const picture = curves(500, 375);
const small = curves(64, 48);
const grey = greyOf(picture);
const resize = (image: Raster, width: number, height: number) =>
  resampleBox(image, { x: 0, y: 0, width: image.width, height: image.height }, { width, height });

const cases: Readonly<Record<string, () => Raster>> = {
  original: () => picture,
  grey: () => grey,
  shrink: () => resize(picture, 90, 70),
  shrink_a_lot: () => resize(picture, 11, 7),
  enlarge: () => resize(small, 224, 224),
  grey_shrink: () => resize(grey, 224, 224),
  crop: () => resampleBox(picture, { x: 47, y: 31, width: 280, height: 300 }, { width: 224, height: 224 }),
  column: () => resampleBox(picture, { x: 10, y: 0, width: 1, height: 375 }, { width: 5, height: 224 }),
  rotate: () => rotateAboutCenter(small, 33.3),
  rotate_back: () => rotateAboutCenter(small, -7),
  brightness: () => adjustColor(small, 'brightness', 0.3),
  brightness_up: () => adjustColor(small, 'brightness', 1.7),
  contrast: () => adjustColor(small, 'contrast', 0.35),
  contrast_up: () => adjustColor(small, 'contrast', 1.9),
  saturation: () => adjustColor(small, 'saturation', 0.2),
  saturation_up: () => adjustColor(small, 'saturation', 1.8),
  hue: () => adjustColor(small, 'hue', 0.1),
  hue_back: () => adjustColor(small, 'hue', -0.37),
  grey_contrast: () => adjustColor(greyOf(small), 'contrast', 1.3),
};

for (const [name, make] of Object.entries(cases))
  test(`${name.replaceAll('_', ' ')}: every pixel equals Pillow's`, () => {
    const { width, height, data } = rgbOf(make());
    const crc = (crc32.buf(data) >>> 0).toString(16).padStart(8, '0');
    assert.deepEqual({ width, height, crc }, pillow.operations[name]);
  });

test('these tests cover every operation of the reference', () => {
  assert.deepEqual(Object.keys(cases), Object.keys(pillow.operations));
});
