import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { affine, flipHorizontal, rotateAboutCenter } from '../../../runner/views/affine.ts';
import { applyView } from '../../../runner/views/apply.ts';
import { evaluationView } from '../../../runner/views/evaluationView.ts';
import { type ViewPlan, viewOf } from '../../../runner/views/views.ts';
import { imageNetInput } from '../../../shared/contracts/architectures.ts';
import type { TrainViews } from '../../../shared/contracts/recipe.ts';
import { curves } from '../../support/pillow.ts';
import { assertProperty } from '../../support/property.ts';

const none: TrainViews = {
  count: 2,
  randomResizedCrop: null,
  randomHorizontalFlip: 0,
  randomRotation: 0,
  randomAffine: null,
  colorJitter: null,
  randomErasing: null,
};
const all: TrainViews = {
  count: 2,
  randomResizedCrop: { scale: [0.5, 1], ratio: [3 / 4, 4 / 3] },
  randomHorizontalFlip: 0.5,
  randomRotation: 10,
  randomAffine: { degrees: 5, translate: [0.1, 0.2], scale: [0.9, 1.1], shear: 3 },
  colorJitter: { brightness: 0.2, contrast: 0.2, saturation: 0.2, hue: 0.05 },
  randomErasing: { probability: 0.5, scale: [0.02, 0.33], ratio: [0.3, 3.3] },
};
const plain: ViewPlan = { crop: null, affine: null, rotation: 0, flip: false, color: [], erase: null };
const photo = curves(120, 90);
const numbers = Array.from({ length: 1000 }, (_, i) => i);
const plans = (views: TrainViews) => numbers.map((number) => viewOf(7, 'image', number, views, 500, 375, 224));

test('viewOf() depends only on seed, image and view number', () => {
  const plan = viewOf(7, 'a', 3, all, 500, 375, 224);
  assert.deepEqual(viewOf(7, 'a', 3, all, 500, 375, 224), plan);
  for (const other of [
    viewOf(8, 'a', 3, all, 500, 375, 224),
    viewOf(7, 'b', 3, all, 500, 375, 224),
    viewOf(7, 'a', 4, all, 500, 375, 224),
  ])
    assert.notDeepEqual(other, plan);
});

test('viewOf() draws each part from its own stream, so turning colours on moves no crop', () => {
  const withColor = viewOf(7, 'a', 3, all, 500, 375, 224);
  const without = viewOf(7, 'a', 3, { ...all, colorJitter: null, randomAffine: null }, 500, 375, 224);
  assert.deepEqual(without, { ...withColor, color: [], affine: null });
});

test("viewOf() draws crops inside the image, within the recipe's areas and aspect ratios", () => {
  assertProperty(
    fc.property(
      fc.integer({ min: 1, max: 3000 }),
      fc.integer({ min: 1, max: 3000 }),
      fc.integer(),
      (width, height, number) => {
        const { crop } = viewOf(1, 'x', number, all, width, height, 224);
        assert.ok(crop && crop.x >= 0 && crop.y >= 0 && crop.width >= 1 && crop.height >= 1);
        assert.ok(crop.x + crop.width <= width && crop.y + crop.height <= height);
      },
    ),
  );
  for (const { crop } of plans(all)) {
    const share = (crop!.width * crop!.height) / (500 * 375);
    const ratio = crop!.width / crop!.height;
    assert.ok(share > 0.49 && share <= 1.001, `share ${share}`);
    assert.ok(ratio > 0.74 && ratio < 1.35, `ratio ${ratio}`);
  }
});

test('viewOf() falls back to the largest centred crop within the ratios after ten failed tries', () => {
  const strip = {
    ...none,
    randomResizedCrop: { scale: [1, 1] as [number, number], ratio: [3 / 4, 4 / 3] as [number, number] },
  };
  assert.deepEqual(viewOf(1, 'x', 0, strip, 1000, 30, 224).crop, { x: 480, y: 0, width: 40, height: 30 });
  assert.deepEqual(viewOf(1, 'x', 0, strip, 30, 1000, 224).crop, { x: 0, y: 480, width: 30, height: 40 });
});

test('viewOf() flips, erases and rotates as often and as far as the recipe says', () => {
  const drawn = plans(all);
  const share = (count: number) => count / drawn.length;
  // Four standard deviations of 1,000 draws at one half.
  assert.ok(Math.abs(share(drawn.filter(({ flip }) => flip).length) - 0.5) < 0.064);
  assert.ok(Math.abs(share(drawn.filter(({ erase }) => erase).length) - 0.5) < 0.064);
  const angles = drawn.map(({ rotation }) => rotation);
  assert.ok(
    Math.min(...angles) >= -10 && Math.min(...angles) < -9.5 && Math.max(...angles) <= 10 && Math.max(...angles) > 9.5,
  );
});

test('viewOf() applies the four colour changes in every order', () => {
  const orders = new Set(plans(all).map(({ color }) => color.map(({ operation }) => operation).join()));
  assert.equal(orders.size, 24);
});

test('viewOf() omits what the recipe turns off', () => {
  assert.deepEqual(viewOf(1, 'x', 0, none, 500, 375, 224), plain);
});

test('applyView() of an empty plan equals the evaluation view', () => {
  for (const color of ['rgb', 'grayscale'] as const)
    assert.deepEqual(applyView(photo, plain, 64, color, imageNetInput), evaluationView(photo, 64, color));
});

test('applyView() yields [size, size, 3] and the same pixels every time, whatever is on', () => {
  for (let number = 0; number < 5; number++) {
    const plan = viewOf(1, 'x', number, all, photo.width, photo.height, 64);
    const view = applyView(photo, plan, 64, 'rgb', imageNetInput);
    assert.equal(view.length, 64 * 64 * 3);
    assert.deepEqual(applyView(photo, plan, 64, 'rgb', imageNetInput), view);
  }
});

test('applyView() in grayscale yields three equal channels', () => {
  const view = applyView(
    photo,
    { ...plain, color: [{ operation: 'contrast', factor: 1.4 }] },
    64,
    'grayscale',
    imageNetInput,
  );
  for (let i = 0; i < view.length; i += 3) assert.ok(view[i] === view[i + 1] && view[i] === view[i + 2]);
});

test('applyView() treats a grey image stored as RGB like one channel, bit for bit', () => {
  // One coloured pixel in a corner outside the views keeps the image at three channels.
  const grey = curves(120, 90);
  for (let i = 0; i < grey.data.length; i += 3) grey.data[i + 1] = grey.data[i + 2] = grey.data[i]!;
  const almost = { ...grey, data: Uint8Array.from(grey.data) };
  almost.data[0]! ^= 0xff;
  const plan: ViewPlan = {
    ...plain,
    crop: { x: 10, y: 10, width: 80, height: 70 },
    affine: { angle: 4, translate: [2, -3], scale: 1.1, shear: 2 },
    rotation: 5,
    flip: true,
    color: [
      { operation: 'hue', factor: 0.1 },
      { operation: 'contrast', factor: 1.3 },
      { operation: 'saturation', factor: 1.5 },
      { operation: 'brightness', factor: 0.8 },
    ],
  };
  assert.deepEqual(applyView(grey, plan, 64, 'rgb', imageNetInput), applyView(almost, plan, 64, 'rgb', imageNetInput));
});

test('applyView() erases with the mean colour, which normalisation maps to 0', () => {
  const view = applyView(photo, { ...plain, erase: { x: 3, y: 5, width: 7, height: 9 } }, 64, 'rgb', imageNetInput);
  const whole = evaluationView(photo, 64, 'rgb');
  for (let y = 0; y < 64; y++)
    for (let x = 0; x < 64; x++) {
      const at = (y * 64 + x) * 3;
      const inside = x >= 3 && x < 10 && y >= 5 && y < 14;
      assert.deepEqual([...view.subarray(at, at + 3)], inside ? [124, 116, 104] : [...whole.subarray(at, at + 3)]);
    }
});

test('flipHorizontal() twice restores the image', () => {
  assert.deepEqual(flipHorizontal(flipHorizontal(photo)), photo);
});

test('affine() rotates clockwise, rotateAboutCenter() counterclockwise', () => {
  const still = { translate: [0, 0], scale: 1, shear: 0 } as const;
  assert.deepEqual(affine(photo, { ...still, angle: 12 }).data, rotateAboutCenter(photo, -12).data);
});

test('affine() translates by whole pixels and fills with black', () => {
  const moved = affine(photo, { angle: 0, translate: [5, -3], scale: 1, shear: 0 });
  for (let y = 0; y < photo.height; y++)
    for (let x = 0; x < photo.width; x++) {
      const from = ((y + 3) * photo.width + x - 5) * 3;
      const expected = x >= 5 && y + 3 < photo.height ? photo.data[from] : 0;
      assert.equal(moved.data[(y * photo.width + x) * 3], expected, `[${x}, ${y}]`);
    }
});

test('affine() scales about the centre and shears rows sideways by their distance from it', () => {
  const twice = affine(photo, { angle: 0, translate: [0, 0], scale: 2, shear: 0 });
  assert.equal(twice.data[0], photo.data[(22 * 120 + 30) * 3]); // (0.5 - 60) / 2 + 60 = 30.25, (0.5 - 45) / 2 + 45 = 22.75
  const sheared = affine(photo, { angle: 0, translate: [0, 0], scale: 1, shear: 45 });
  // torchvision: x_in = x + tan(45°) (y - 45) at the pixel's centre; row 10.5 lies 34.5 above the centre.
  assert.equal(sheared.data[(10 * 120 + 80) * 3], photo.data[(10 * 120 + 46) * 3]);
});
