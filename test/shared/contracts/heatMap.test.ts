import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  type HeatColors,
  heatColors,
  heatLevel,
  heatTable,
  overlaid,
  upsampledMap,
} from '../../../shared/contracts/heatMap.ts';
import { allClose } from '../../support/allClose.ts';
import { assertProperty } from '../../support/property.ts';
import { readReference } from '../../support/referenceTensors.ts';

const { tables, enlarged } = readReference<{
  readonly tables: Readonly<Record<HeatColors, readonly (readonly number[])[]>>;
  readonly enlarged: {
    readonly height: number;
    readonly width: number;
    readonly values: readonly number[];
    readonly out_height: number;
    readonly out_width: number;
    readonly out: readonly number[];
  };
}>('heat');

// One entry of jet is a step off; straight lines between 16 colours leave the others up to 7 of 255 off.
for (const [colors, absolute] of [
  ['jet', 1],
  ['viridis', 7],
  ['inferno', 7],
] as const)
  test(`heatTable() of ${colors} equals ${colors === 'jet' ? 'OpenCV' : 'matplotlib'}'s`, () => {
    allClose(colors, heatTable(colors), tables[colors].flat(), { absolute });
  });

test('viridis and inferno get brighter from entry to entry', () => {
  for (const colors of ['viridis', 'inferno'] as const) {
    const table = heatTable(colors);
    const brightness = (i: number) => 0.2126 * table[3 * i]! + 0.7152 * table[3 * i + 1]! + 0.0722 * table[3 * i + 2]!;
    for (let i = 16; i < 256; i += 16) assert.ok(brightness(i) > brightness(i - 16), `${colors} at ${i}`);
  }
});

test('upsampledMap() equals cv2.resize', () => {
  const { values, height, width, out, out_height, out_width } = enlarged;
  allClose('map', upsampledMap(values, height, width, out_height, out_width), out, { absolute: 1e-5 });
});

test('upsampledMap() stays between the lowest and the highest value, and keeps a constant map constant', () => {
  const side = fc.integer({ min: 1, max: 9 });
  assertProperty(
    fc.property(
      side.chain((n) =>
        fc.tuple(
          fc.constant(n),
          fc.array(fc.float({ min: 0, max: 1, noNaN: true }), { minLength: n * n, maxLength: n * n }),
        ),
      ),
      fc.integer({ min: 1, max: 40 }),
      ([n, values], outSide) => {
        const out = upsampledMap(values, n, n, outSide);
        assert.equal(out.length, outSide * outSide);
        const [low, high] = [Math.min(...values), Math.max(...values)];
        for (const value of out) assert.ok(value >= low - 1e-6 && value <= high + 1e-6);
      },
    ),
  );
});

test('overlaid() blends colours half and half with the image, truncating the level as NumPy does', () => {
  assert.deepEqual([0, 0.9999, 1, -1, 2].map(heatLevel), [0, 254, 255, 0, 255]);
  const image = Uint8Array.of(0, 100, 255, 10, 20, 30);
  const jet = heatTable('jet');
  const out = overlaid(image, Float32Array.of(0, 1), 'jet');
  assert.deepEqual([...jet.subarray(0, 3)], [0, 0, 128]);
  assert.deepEqual([...out], [0, 50, 192, 69, 10, 15]);
  for (const colors of heatColors) {
    assert.deepEqual(overlaid(image, Float32Array.of(0.3, 0.6), colors, 0), image);
    assert.deepEqual(
      [...overlaid(image, Float32Array.of(0, 1), colors, 1)],
      [...heatTable(colors).subarray(0, 3), ...heatTable(colors).subarray(765)],
    );
  }
});
