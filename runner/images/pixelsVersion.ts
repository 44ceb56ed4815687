// Version of the pixels that files decode to: recorded with every run, and part of every cache key.
import type { RunSummary } from '../../shared/contracts/run.ts';
import type { Conversion } from './images.ts';

/** Raise when some files decode to other pixels than before, and list their conversions below. */
export const pixelsVersion = '3';

/** By version: conversions whose pixels changed with it. Runs without a recorded version were made by 1. */
const changed: Readonly<Record<string, readonly Conversion[]>> = {
  // Before: 16 bits rounded down or to 256 steps; any fourth band taken for opacity; grays put on white; black beside a GIF's frame.
  2: ['sixteenBit', 'sixteenBitGrey', 'extraBands', 'extraBandsOfGrey', 'greyTransparent', 'smallerFrame'],
  // Before: rows of gray TIFFs with several bands, stored band by band, were mixed up.
  3: ['firstPlane'],
};

/** Conversions whose pixels changed since `version`. */
export function changedSince(version: string): readonly Conversion[] {
  return Object.entries(changed).flatMap(([since, conversions]) =>
    Number(since) > Number(version) ? conversions : [],
  );
}

/** '1' for runs from before it was recorded; null where run.json is missing. */
export const pixelsVersionOf = (summary: Pick<RunSummary, 'versions'> | undefined): string | null =>
  summary ? (summary.versions.pixels ?? '1') : null;
