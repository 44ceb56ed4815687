import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { batchesOf } from '../../../runner/batches/batches.ts';
import { balancedOrder, epochOrder } from '../../../runner/batches/sampler.ts';
import { classWeightsOf } from '../../../runner/classification/classes/classWeights.ts';
import { assertProperty } from '../../support/property.ts';

test('epochOrder() visits every image once, in a different order for every seed and epoch', () => {
  assertProperty(
    fc.property(
      fc.nat(1e6),
      fc.integer({ min: 1, max: 500 }),
      fc.integer({ min: 2, max: 300 }),
      (seed, epoch, count) => {
        const order = epochOrder(seed, epoch, count);
        assert.deepEqual(
          [...order].sort((a, b) => a - b),
          Array.from({ length: count }, (_, i) => i),
        );
        assert.deepEqual(epochOrder(seed, epoch, count), order);
      },
    ),
  );
  assert.notDeepEqual(epochOrder(1, 1, 50), epochOrder(1, 2, 50));
  assert.notDeepEqual(epochOrder(1, 1, 50), epochOrder(2, 1, 50));
});

test('balancedOrder() draws a rare class as often as a common one, and visits each of its images', () => {
  const labels = [...Array<number>(950).fill(0), ...Array<number>(50).fill(1)];
  const drawn = balancedOrder(7, 1, labels, 2);
  assert.equal(drawn.length, 1000);
  const rare = drawn.filter((i) => labels[i] === 1);
  assert.ok(Math.abs(rare.length - 500) < 5 * Math.sqrt(250), `${rare.length} of 1000`); // five standard deviations
  assert.equal(new Set(rare).size, 50);
});

test('batchesOf() holds every position once, in order, and pads the last batch to the full size', () => {
  assertProperty(
    fc.property(fc.integer({ min: 1, max: 200 }), fc.integer({ min: 1, max: 40 }), (count, size) => {
      const order = epochOrder(3, 1, count);
      const batches = batchesOf(order, size);
      assert.deepEqual(
        batches.flatMap((batch) => batch.indices.slice(0, batch.count)),
        order,
      );
      for (const batch of batches) assert.equal(batch.indices.length, size);
    }),
  );
  assert.deepEqual(batchesOf([5, 6, 7], 2)[1], { indices: [7, 7], count: 1 });
});

test('classWeightsOf() gives every class the same total weight: N / (K * n)', () => {
  assert.deepEqual(classWeightsOf([0, 0, 0, 1], 2), [4 / 6, 2]);
  assert.throws(() => classWeightsOf([0, 0], 2), /Class 1/);
});
