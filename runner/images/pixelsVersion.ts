// Which pixels a file gives, as a number: recorded with every run, part of the keys of all that is kept.
import type { Conversion } from './images.ts';

/** Raise when some file gives other pixels than before, and list its conversion below. */
export const pixelsVersion = '2';

/** By version: the conversions that give other pixels since. Runs without a recorded version were made by 1. */
const changed: Readonly<Record<string, readonly Conversion[]>> = {
  // 16 bits rounded down or to 256 steps; any fourth band taken for opacity; greys laid on white; black beside a GIF's frame.
  2: ['sixteenBit', 'sixteenBitGrey', 'extraBands', 'extraBandsOfGrey', 'greyTransparent', 'smallerFrame'],
};

/** The conversions whose pixels are not those of `version` any more. */
export function changedSince(version: string): readonly Conversion[] {
  return Object.entries(changed).flatMap(([since, conversions]) =>
    Number(since) > Number(version) ? conversions : [],
  );
}
