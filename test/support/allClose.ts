import assert from 'node:assert/strict';
import type { Tensor } from '../../runner/tensor.ts';
import type { Digest } from './referenceTensors.ts';

/** |actual − expected| ≤ absolute + relative·|expected| everywhere, or a failure with position and difference. */
export function allClose(
  name: string,
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  { relative = 0, absolute = 0 }: { relative?: number; absolute?: number },
): void {
  assert.equal(actual.length, expected.length, `${name} has ${actual.length} entries, ${expected.length} expected`);
  let worst = -1;
  let worstExcess = 0;
  let off = 0;
  for (let i = 0; i < expected.length; i++) {
    const excess = Math.abs(actual[i]! - expected[i]!) - absolute - relative * Math.abs(expected[i]!);
    if (excess <= 0) continue;
    off++;
    // NaN compares false with everything and must fail.
    if (!(excess <= worstExcess)) [worst, worstExcess] = [i, excess];
  }
  if (worst < 0) return;
  const difference = Math.abs(actual[worst]! - expected[worst]!);
  assert.fail(
    `${name} differs at ${worst}: ${actual[worst]} here, ${expected[worst]} expected; ${off} of ${expected.length} values off, largest ${difference}, allowed ${absolute} + ${relative}·|expected|`,
  );
}

/**
 * The tensor matches the digest: mean, deviation and entries within `share` of its standard deviation.
 *
 * @param slack  additional tolerance for each of the digest's entries
 */
export function matchesDigest(
  name: string,
  { shape, data }: Tensor,
  digest: Digest,
  share: number,
  slack: readonly number[] = [],
): void {
  assert.deepEqual([...shape], digest.shape, `shape of ${name}`);
  const values = data as Float32Array;
  let sum = 0;
  for (const value of values) sum += value;
  const mean = sum / values.length;
  let squares = 0;
  for (const value of values) squares += (value - mean) ** 2;
  const absolute = share * digest.std;
  const std = Math.sqrt(squares / values.length);
  allClose(`mean and std of ${name}`, [mean, std], [digest.mean, digest.std], { absolute });
  digest.at.forEach((at, i) => {
    allClose(`${name} at ${at}`, [values[at]!], [digest.values[i]!], { absolute: absolute + (slack[i] ?? 0) });
  });
}
