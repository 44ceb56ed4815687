// Damage by a disk or a cable: one bit of a file. A reader reports it in a sentence, or its result is unchanged.
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';
import { UserError } from '../../shared/contracts/errors.ts';
import { stream } from '../../shared/random.ts';

export interface BitFlip {
  /** Bit within the byte. */
  readonly at: number;
  readonly bit: number;
  /** A copy of the whole, damaged. */
  readonly bytes: Uint8Array;
}

export interface FlipRange {
  readonly count?: number;
  readonly seed?: number;
  /** Bytes that may be hit; absent: all. */
  readonly from?: number;
  readonly to?: number;
}

/** `count` (100) copies of the bytes with one bit flipped in each; equal arguments give equal flips. */
export function* bitFlips(
  bytes: Uint8Array,
  { count = 100, seed = 1, from = 0, to = bytes.length }: FlipRange = {},
): Generator<BitFlip> {
  assert.ok(0 <= from && from < to && to <= bytes.length, `no bytes from ${from} to ${to}`);
  const random = stream(seed, 'bitFlips', bytes.length);
  for (let i = 0; i < count; i++) {
    const at = from + Math.floor(random() * (to - from));
    const bit = Math.floor(random() * 8);
    yield { at, bit, bytes: flipped(bytes, at, bit) };
  }
}

export function flipped(bytes: Uint8Array, at: number, bit: number): Uint8Array {
  const copy = new Uint8Array(bytes);
  copy[at]! ^= 1 << bit;
  return copy;
}

/** Flips one bit of a file on the disk; the next call with the same position restores it. */
export async function flipInFile(file: string, at: number, bit: number): Promise<void> {
  await writeFile(file, flipped(await readFile(file), at, bit));
}

export interface FlipsSeen {
  /** Refused with a sentence. */
  readonly noticed: number;
  /** Read without an error, with an unchanged result. */
  readonly harmless: number;
}

/**
 * Every flip ends in a UserError that contains `words`, or in the same value as the intact bytes.
 * @param read  the visible result for these bytes
 */
export async function checkFlips(
  bytes: Uint8Array,
  read: (bytes: Uint8Array) => unknown,
  words: RegExp,
  range: FlipRange = {},
): Promise<FlipsSeen> {
  const whole = await read(bytes);
  let [noticed, harmless] = [0, 0];
  for (const { at, bit, bytes: damaged } of bitFlips(bytes, range)) {
    const place = `bit ${bit} of byte ${at}`;
    try {
      const seen = await read(damaged);
      assert.ok(isDeepStrictEqual(seen, whole), `${place}: another value was read and nobody noticed`);
      harmless++;
    } catch (error) {
      if (!(error instanceof UserError)) throw new Error(`${place}: no sentence`, { cause: error });
      assert.match(error.message, words, place);
      assert.doesNotMatch(error.message, /\{\w+\}/, `${place}: a parameter of the sentence is missing`);
      noticed++;
    }
  }
  return { noticed, harmless };
}
