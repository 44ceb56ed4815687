import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { type Raster, type RgbImage, rasterOf } from '../../../runner/images/samples/raster.ts';
import { flipHorizontal, rotateAboutCenter } from '../../../runner/views/affine.ts';
import { adjustColor } from '../../../runner/views/color.ts';
import { evaluationRaster, evaluationView } from '../../../runner/views/evaluationView.ts';
import { resampleBox } from '../../../runner/views/resample.ts';
import { picture } from '../../support/picture.ts';

interface Reference {
  readonly size: readonly [number, number];
  readonly mean: readonly number[];
  readonly pixels: readonly (readonly number[])[];
}

type Name = 'val' | 'crop' | 'flip' | 'rotate' | 'brightness' | 'contrast' | 'saturation';
const reference: Record<Name, Reference> & { picture: { original: Reference } } = JSON.parse(
  readFileSync(new URL('../../reference/images.json', import.meta.url), 'utf8'),
);

const photo = rasterOf(picture(42, 'photo', 500, 375));
const evaluation = evaluationRaster(photo, 224);

// We repeat Pillow's arithmetic bit for bit; the picture itself may differ by one level where a sine is close to an integer.
const allowed = 1;

function check(image: Raster | RgbImage, expected: Reference): void {
  assert.deepEqual([image.width, image.height], expected.size);
  for (const [x, y, ...rgb] of expected.pixels) {
    const at = (y! * image.width + x!) * 3;
    rgb.forEach((value, channel) => {
      const seen = image.data[at + channel]!;
      assert.ok(Math.abs(seen - value) <= allowed, `[${x}, ${y}] channel ${channel}: ${seen} here, ${value} in Pillow`);
    });
  }
  for (const [channel, mean] of expected.mean.entries()) {
    let sum = 0;
    for (let i = channel; i < image.data.length; i += 3) sum += image.data[i]!;
    const seen = sum / (image.data.length / 3);
    assert.ok(Math.abs(seen - mean) < 0.01, `mean of channel ${channel}: ${seen} here, ${mean} in Pillow`);
  }
}

const cases: readonly (readonly [string, Reference, () => Raster])[] = [
  ['the test picture is that of the reference', reference.picture.original, () => photo],
  ['evaluationView() equals torchvision Resize(257) and CenterCrop(224)', reference.val, () => evaluation],
  [
    'resampleBox() equals torchvision resized_crop',
    reference.crop,
    () => resampleBox(photo, { x: 47, y: 31, width: 280, height: 300 }, { width: 224, height: 224 }),
  ],
  ['flipHorizontal() equals torchvision hflip', reference.flip, () => flipHorizontal(evaluation)],
  [
    'rotateAboutCenter() equals torchvision rotate by 7 degrees',
    reference.rotate,
    () => rotateAboutCenter(evaluation, 7),
  ],
  [
    'adjustColor() equals torchvision adjust_brightness',
    reference.brightness,
    () => adjustColor(evaluation, 'brightness', 1.1),
  ],
  [
    'adjustColor() equals torchvision adjust_contrast',
    reference.contrast,
    () => adjustColor(evaluation, 'contrast', 0.9),
  ],
  [
    'adjustColor() equals torchvision adjust_saturation',
    reference.saturation,
    () => adjustColor(evaluation, 'saturation', 1.1),
  ],
];
for (const [name, expected, make] of cases) test(name, () => check(make(), expected));

test('evaluationView() matches the pixels of its raster, as [224, 224, 3]', () => {
  assert.deepEqual(evaluationView({ ...photo }, 224, 'rgb'), evaluation.data);
});
