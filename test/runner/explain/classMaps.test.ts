// Properties of every map; programs/gradCam.test.ts compares the numbers themselves with PyTorch's.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { classMap, type LayerGradients } from '../../../runner/explain/classMaps.ts';
import { firstProjection } from '../../../runner/explain/principal.ts';
import { explanationMethods } from '../../../shared/contracts/explanation.ts';
import { allClose } from '../../support/allClose.ts';
import { assertProperty } from '../../support/property.ts';

const layers: fc.Arbitrary<LayerGradients> = fc
  .tuple(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 6 }))
  .chain(([positions, channels]) => {
    const numbers = (min: number, max: number) =>
      fc
        .array(fc.float({ min, max, noNaN: true }), {
          minLength: positions * channels,
          maxLength: positions * channels,
        })
        .map((values) => Float32Array.from(values));
    // After a ReLU nothing is negative.
    return fc.record({
      positions: fc.constant(positions),
      channels: fc.constant(channels),
      activations: numbers(0, 8),
      gradients: numbers(-2, 2),
    });
  });

for (const method of explanationMethods)
  test(`a map of ${method} spans [0, 1] and includes 0`, () => {
    assertProperty(
      fc.property(layers, (layer) => {
        const { values, rawMaximum, rawMinimum } = classMap(method, layer);
        assert.equal(values.length, layer.positions);
        for (const value of values) assert.ok(value >= 0 && value <= 1, `${value}`);
        assert.equal(Math.min(...values), 0);
        assert.ok(rawMaximum >= rawMinimum && rawMinimum >= 0);
      }),
    );
  });

for (const method of ['grad-cam', 'grad-cam++', 'hires-cam', 'layer-cam'] as const)
  test(`a map of ${method} is all zero, and flagged, when nothing supports the class`, () => {
    assertProperty(
      fc.property(layers, (layer) => {
        const against = { ...layer, gradients: layer.gradients.map((gradient) => -Math.abs(gradient)) };
        const { values, rawMaximum } = classMap(method, against);
        assert.equal(rawMaximum, 0);
        assert.ok(values.every((value) => value === 0));
      }),
    );
  });

test('Grad-CAM and HiResCAM agree when gradients are the same at all positions, as under global pooling', () => {
  assertProperty(
    fc.property(layers, (layer) => {
      const gradients = layer.gradients.map((_, at) => layer.gradients[at % layer.channels]!);
      const maps = (['grad-cam', 'hires-cam'] as const).map((method) => classMap(method, { ...layer, gradients }));
      allClose('raw maximum', [maps[0]!.rawMaximum], [maps[1]!.rawMaximum], { relative: 1e-6, absolute: 1e-6 });
    }),
  );
});

test('a map peaks at the only position whose activation supports the class', () => {
  const activations = Float32Array.of(1, 0, 1, 0, 1, 5, 1, 0);
  const gradients = Float32Array.of(0, 1, 0, 1, 0, 1, 0, 1);
  for (const method of ['grad-cam', 'grad-cam++', 'hires-cam', 'layer-cam'] as const) {
    const { values } = classMap(method, { positions: 4, channels: 2, activations, gradients });
    allClose(method, values, [0, 0, 1, 0], { absolute: 1e-4 });
  }
});

test('firstProjection() finds the direction of a rank-one matrix, its largest entry positive', () => {
  const [left, right] = [
    [-3, 1, 2, 0],
    [2, -1, 2],
  ];
  const data = Float32Array.from(left.flatMap((l) => right.map((r) => 10 + l * r)));
  allClose(
    'projection',
    firstProjection(data, 4, 3),
    left.map((l) => -l * 3),
    { absolute: 1e-6 },
  );
  assert.deepEqual([...firstProjection(new Float32Array(12).fill(7), 4, 3)], [0, 0, 0, 0]);
});
