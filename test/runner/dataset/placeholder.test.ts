// Brute force over all pixels; the check itself stops counting early.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isFlat } from '../../../runner/dataset/checks/placeholder.ts';
import { type Random, stream } from '../../../shared/random.ts';

/** Number of pixels in the most common colour, to 5 bits a channel. */
function commonestShare(data: Uint8Array, channels: 1 | 3): number {
  const counts = new Map<string, number>();
  for (let at = 0; at < data.length; at += channels) {
    const colour = [...data.subarray(at, at + channels)].map((value) => value >> 3).join(' ');
    counts.set(colour, (counts.get(colour) ?? 0) + 1);
  }
  return [...counts.values()].reduce((most, count) => Math.max(most, count), 0) / (data.length / channels);
}

/** `others` pixels of random colours among pixels of one, at random positions or all at the end. */
function picture(pixels: number, channels: 1 | 3, others: number, atEnd: boolean, random: Random): Uint8Array {
  const data = new Uint8Array(pixels * channels).fill(96);
  for (let i = 0; i < others; i++) {
    const pixel = atEnd ? pixels - 1 - i : Math.floor(random() * pixels);
    for (let channel = 0; channel < channels; channel++) data[pixel * channels + channel] = 256 * random();
  }
  return data;
}

test('isFlat() agrees with counting every pixel, at the limit and on both sides of it', () => {
  const random = stream(1, 'flat');
  let flat = 0;
  let cases = 0;
  for (const channels of [1, 3] as const)
    for (const [width, height] of [
      [1, 1],
      [10, 10],
      [64, 64],
      [123, 45],
    ] as const)
      for (const share of [0, 0.05, 0.099, 0.1, 0.101, 0.12, 0.5, 1])
        for (const atEnd of [true, false]) {
          const data = picture(width * height, channels, Math.round(share * width * height), atEnd, random);
          const expected = commonestShare(data, channels) >= 0.9;
          assert.equal(isFlat({ width, height, channels, data }), expected, `${width} x ${height}, ${share}`);
          flat += Number(expected);
          cases++;
        }
  assert.ok(flat > 30 && flat < cases - 30, `${flat} of ${cases} are flat`);
});
