import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { spreadLabels } from '../../../webview/compare/spread.ts';
import { assertProperty } from '../../support/property.ts';

test('spreadLabels() keeps labels that do not overlap', () => {
  assert.deepEqual(spreadLabels([10, 40, 80], 12, 100), [10, 40, 80]);
});

test('spreadLabels() spreads overlapping labels, and moves them up from the bottom edge', () => {
  assert.deepEqual(spreadLabels([50, 50, 51], 12, 100), [50, 62, 74]);
  assert.deepEqual(spreadLabels([88, 90, 92], 12, 100), [76, 88, 100]);
});

test('spreadLabels() preserves order, distance and bottom edge', () =>
  assertProperty(
    fc.property(fc.array(fc.integer({ min: 0, max: 100 }), { maxLength: 10 }), (heights) => {
      const wanted = heights.sort((a, b) => a - b);
      const placed = spreadLabels(wanted, 12, 100);
      assert.equal(placed.length, wanted.length);
      placed.forEach((y, i) => {
        assert.ok(y <= 100);
        assert.ok(i === 0 || y - placed[i - 1]! >= 12);
      });
    }),
  ));
