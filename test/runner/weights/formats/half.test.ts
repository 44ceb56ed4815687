// Half precision as bits, against the platform's own.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { fromHalf, overflowsHalf, toHalf } from '../../../../runner/weights/formats/half.ts';
import { assertProperty } from '../../../support/property.ts';

/** Rounds as the platform does. */
function platformHalf(value: number): number {
  const view = new DataView(new ArrayBuffer(2));
  (view as DataView & { setFloat16(at: number, value: number): void }).setFloat16(0, value);
  return view.getUint16(0);
}
const bitsOf = (value: number): number => toHalf(Float32Array.of(value))[0]!;

test('every float16 value survives the round trip through float32', () => {
  const all = Uint16Array.from({ length: 65536 }, (_, i) => i).filter((bits) => (bits & 0x7fff) <= 0x7c00);
  assert.deepEqual(toHalf(fromHalf(all)), all);
  assert.ok(Number.isNaN(fromHalf(toHalf(Float32Array.of(Number.NaN)))[0]));
});

test('fromHalf() fills the given array', () => {
  const values = Float32Array.of(7, 7, 7);
  assert.equal(fromHalf(Uint16Array.of(0x3c00, 0, 0xc000), values), values);
  assert.deepEqual(values, Float32Array.of(1, 0, -2));
});

test('toHalf() rounds as the platform does: to nearest, ties to even, also below the normal range', () => {
  assertProperty(
    fc.property(fc.float({ noNaN: true }), (value) => assert.equal(bitsOf(value), platformHalf(value), `${value}`)),
    { numRuns: 5000 },
  );
  assertProperty(
    fc.property(fc.integer({ min: 0, max: 0x7bff }), (bits) => {
      const [low, high] = fromHalf(Uint16Array.of(bits, bits + 1));
      const tie = (low! + Math.min(high!, 65536)) / 2;
      for (const value of [tie, -tie]) assert.equal(bitsOf(value), platformHalf(value), `${value}`);
    }),
    { numRuns: 2000 },
  );
});

test('toHalf() overflows to infinity from 65520 on', () => {
  assert.equal(bitsOf(overflowsHalf), 0x7c00);
  assert.equal(bitsOf(65519.99), 0x7bff);
});
