// The colours of compared runs: contrast by WCAG 2, distance in Oklab for each kind of colour vision (Machado 2009).
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mostRuns } from '../../../shared/messages/compare.ts';
import { dashes, letterOf, onDark, onLight } from '../../../webview/charts/palette.ts';
import { darkModern, highContrast, highContrastLight, lightModern } from '../../support/themes.ts';

type Rgb = readonly [number, number, number];

const linear = (hex: string): Rgb =>
  [1, 3, 5].map((at) => {
    const share = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }) as unknown as Rgb;
const luminance = ([r, g, b]: Rgb) => 0.2126 * r + 0.7152 * g + 0.0722 * b;
const times = (m: readonly number[], [r, g, b]: Rgb): Rgb =>
  [0, 3, 6].map((i) => m[i]! * r + m[i + 1]! * g + m[i + 2]! * b) as unknown as Rgb;
const clipped = (rgb: Rgb): Rgb => rgb.map((x) => Math.min(1, Math.max(0, x))) as unknown as Rgb;

const oklab = (rgb: Rgb): Rgb => {
  const lms = times(
    [
      0.4122214708, 0.5363325363, 0.0514459929, 0.2119034982, 0.6806995451, 0.1073969566, 0.0883024619, 0.2817188376,
      0.6299787005,
    ],
    rgb,
  ).map(Math.cbrt) as unknown as Rgb;
  return times(
    [
      0.2104542553, 0.793617785, -0.0040720468, 1.9779984951, -2.428592205, 0.4505937099, 0.0259040371, 0.7827717662,
      -0.808675766,
    ],
    lms,
  );
};

const visions = {
  normal: [1, 0, 0, 0, 1, 0, 0, 0, 1],
  protan: [0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882, -0.048116, 1.051998],
  deutan: [0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.01182, 0.04294, 0.968881],
  tritan: [1.255528, -0.076749, -0.178779, -0.078411, 0.930809, 0.147602, 0.004733, 0.691367, 0.3039],
};

// One just noticeable difference is about 0.02.
const farEnough = 0.115;

for (const { colors, name, backgrounds } of [
  { name: 'onLight', colors: onLight, backgrounds: [lightModern, highContrastLight] },
  { name: 'onDark', colors: onDark, backgrounds: [darkModern, highContrast] },
]) {
  test(`every colour of ${name} has a contrast of 3 to 1 or more against its themes' backgrounds`, () => {
    for (const theme of backgrounds)
      for (const color of colors) {
        const [low, high] = [luminance(linear(color)), luminance(linear(theme.tokens['editor-background']!))].sort(
          (x, y) => x - y,
        );
        const contrast = (high! + 0.05) / (low! + 0.05);
        assert.ok(contrast >= 3, `${color} on ${theme.name}: ${contrast.toFixed(2)}`);
      }
  });

  for (const [vision, matrix] of Object.entries(visions))
    test(`every two colours of ${name} are distinguishable in ${vision} vision`, () => {
      const seen = colors.map((color) => oklab(clipped(times(matrix, linear(color)))));
      for (const [i, one] of seen.entries())
        for (const [j, other] of seen.slice(0, i).entries()) {
          const distance = Math.hypot(...one.map((x, k) => x - other[k]!));
          assert.ok(distance >= farEnough, `${colors[i]} and ${colors[j]}: ${distance.toFixed(3)}`);
        }
    });
}

test('every comparable run gets its own colour, letter and dash pattern', () => {
  for (const colors of [onLight, onDark]) assert.equal(new Set(colors).size, mostRuns);
  assert.equal(new Set(dashes.map(String)).size, mostRuns);
  assert.equal(letterOf(mostRuns - 1), 'J');
});
