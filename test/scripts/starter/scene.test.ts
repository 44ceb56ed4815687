import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rasterize } from '../../../scripts/samples/raster.ts';
import { svgOf } from '../../../scripts/starter/iconSets.ts';
import { place } from '../../../scripts/starter/place.ts';
import { drawScene } from '../../../scripts/starter/scene.ts';
import { spriteOf } from '../../../scripts/starter/sprite.ts';
import { sampled, textureBank, textureSide } from '../../../scripts/starter/textures.ts';
import { stream } from '../../../shared/random.ts';

const set = { width: 10, height: 10, icons: { disc: { body: '<circle cx="5" cy="5" r="5" fill="#f00"/>' } } };
const rgba = await rasterize(svgOf(set, 'disc'), 40);
const disc = spriteOf(rgba, 40, true);
const textures = textureBank(1, 1);

test('rasterize() leaves a transparent margin around the drawing', () => {
  assert.equal(rgba.length, 40 * 40 * 4);
  assert.deepEqual([...rgba.subarray((20 * 40 + 20) * 4, (20 * 40 + 20) * 4 + 4)], [255, 0, 0, 255]);
  for (let i = 0; i < 40; i++) assert.equal(rgba[i * 40 * 4 + 3]! + rgba[i * 4 + 3]!, 0);
});

test('spriteOf() measures the covered share of the square: that of a disc', () => {
  assert.ok(Math.abs(disc.coverage - (Math.PI / 4) * 0.92 ** 2) < 0.02, String(disc.coverage));
});

test('drawScene() gives the same picture for the same seed, and another for another', () => {
  const draw = (seed: number) => drawScene(stream(seed, 'test'), 48, disc, { textures, clutter: [disc] });
  assert.deepEqual(draw(1), draw(1));
  assert.notDeepEqual(draw(1), draw(2));
  assert.equal(draw(3).length, 48 * 48 * 3);
});

test('place() puts the drawing where the placement says, and leaves the rest as it was', () => {
  const canvas = { side: 40, rgb: new Float32Array(40 * 40 * 3).fill(100) };
  const at = { x: 0.25, y: 0.75, size: 0.4, angle: 0.3, shear: 0, aspect: 1, mirrored: true, tiltX: 0, tiltY: 0 };
  const flat = { roughness: 0, bump: 0, falloff: 0, shadow: 0, opacity: 1, ramp: undefined };
  const surface = {
    ...flat,
    texture: textures[0]!,
    textureScale: 1,
    lightAngle: 0,
    shadowDistance: 0,
    tint: [1, 1, 1],
  } as const;
  place(canvas, disc, at, surface);
  const color = (x: number, y: number) =>
    [...canvas.rgb.subarray((y * 40 + x) * 3, (y * 40 + x) * 3 + 3)].map(Math.round);
  assert.deepEqual(color(10, 30), [255, 0, 0]);
  assert.deepEqual(color(30, 30), [100, 100, 100]);
  assert.deepEqual(color(10, 10), [100, 100, 100]);
  const changed = canvas.rgb.filter((value, i) => i % 3 === 1 && value < 50).length;
  assert.ok(Math.abs(changed - Math.PI * (0.92 * 8) ** 2) < 20, String(changed));
});

test('a texture repeats at its edges, within 0 and 1', () => {
  for (const texture of textures) {
    assert.ok(texture.every((value) => value >= 0 && value <= 1));
    assert.ok(Math.abs(sampled(texture, 3.25, 7.5) - sampled(texture, 3.25 + textureSide, 7.5 - textureSide)) < 1e-6);
  }
});
