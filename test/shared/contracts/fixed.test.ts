import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { fixed } from '../../../shared/fixed.ts';
import { assertProperty } from '../../support/property.ts';

// Python 3.13: f'{value:.{digits}f}'
const python: [value: number, digits: number, text: string][] = [
  [0.125, 2, '0.12'],
  [0.375, 2, '0.38'],
  [0.625, 2, '0.62'],
  [0.875, 2, '0.88'],
  [0.995, 2, '0.99'],
  [1.005, 2, '1.00'],
  [0.0625, 3, '0.062'],
  [0.03125, 4, '0.0312'],
  [0.5, 0, '0'],
  [1.5, 0, '2'],
  [2.5, 0, '2'],
  [62.5, 0, '62'],
  [6.25, 1, '6.2'],
  [-0.625, 2, '-0.62'],
  [-0.375, 2, '-0.38'],
  [-2.5, 0, '-2'],
  [9.5, 0, '10'],
  [0.00390625, 7, '0.0039062'],
  [1e-7, 2, '0.00'],
  [123456789.5, 0, '123456790'],
];
for (const [value, digits, text] of python)
  test(`fixed(${value}, ${digits}) formats as Python does`, () => assert.equal(fixed(value, digits), text));

test('fixed() rounds to the nearest number, ties to even, by exact integer arithmetic', () => {
  const dyadic = fc
    .tuple(fc.integer({ min: -(2 ** 30), max: 2 ** 30 }), fc.integer({ min: 0, max: 24 }))
    .map(([n, power]) => n / 2 ** power);
  assertProperty(
    fc.property(dyadic, fc.integer({ min: 0, max: 8 }), (value, digits) => {
      // value = top / 2^24 exactly; of its multiples of 10^-digits the nearest whole number, a tie to the even one.
      const scaled = BigInt(value * 2 ** 24) * 10n ** BigInt(digits);
      const size = scaled < 0n ? -scaled : scaled;
      const below = size >> 24n;
      const rest = size - (below << 24n);
      const half = 1n << 23n;
      const nearest = rest > half || (rest === half && below % 2n === 1n) ? below + 1n : below;
      const number = BigInt(fixed(value, digits).replace('.', '').replace('-', ''));
      assert.equal(number, nearest, `${value} with ${digits} digits: ${fixed(value, digits)}`);
      assert.equal(fixed(value, digits).startsWith('-'), value < 0);
    }),
    { numRuns: 2000 },
  );
});

test('fixed() of NaN, infinities and very large numbers equals toFixed()', () => {
  for (const value of [Number.NaN, Number.POSITIVE_INFINITY, 1e21, 5e25, 2 ** 60])
    assert.equal(fixed(value, 2), value.toFixed(2));
});
