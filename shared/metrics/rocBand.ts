import type { RocCurve } from './roc.ts';

export type BandPoint = readonly [falsePositiveRate: number, truePositiveRate: number];

export interface RocBand {
  /** Both from (0, …) to (1, …), in steps: neighbors differ in one coordinate. */
  readonly lower: readonly BandPoint[];
  readonly upper: readonly BandPoint[];
}

/**
 * A simultaneous 95 % band of the ROC curve: in at least 95 of 100 samples it contains the whole true curve. Each point is surrounded by a
 * rectangle of half-width ε(negatives) and half-height ε(positives), with √0.95 for each direction:
 *
 *   ε(n) = √(ln(2 / (1 − √0.95)) / (2n))
 *
 * It is valid for any scores and any number of images, and wide: ±0.21 with 50 images per class.
 *
 * @returns null if a class has no images
 * @see Campbell 1994 (Statistics in Medicine 13:499); Massart 1990 for the constant of the Dvoretzky-Kiefer-Wolfowitz inequality
 */
export function rocBand(
  { falsePositiveRate, truePositiveRate }: RocCurve,
  positives: number,
  negatives: number,
): RocBand | null {
  if (positives === 0 || negatives === 0) return null;
  const across = halfWidth(negatives);
  const up = halfWidth(positives);
  const shifted = (x: number, y: number): BandPoint[] =>
    falsePositiveRate.map((rate, i) => [clamped(rate + x), clamped(truePositiveRate[i]! + y)]);
  // Upper: first up, then right; lower: first right, then up.
  return {
    upper: [[0, clamped(up)], ...steps(shifted(-across, up), (before, after) => [before[0], after[1]]), [1, 1]],
    lower: [[0, 0], ...steps(shifted(across, -up), (before, after) => [after[0], before[1]]), [1, clamped(1 - up)]],
  };
}

const halfWidth = (count: number): number => Math.sqrt(Math.log(2 / (1 - Math.sqrt(0.95))) / (2 * count));

const clamped = (share: number): number => Math.min(1, Math.max(0, share));

const steps = (points: readonly BandPoint[], corner: (before: BandPoint, after: BandPoint) => BandPoint): BandPoint[] =>
  points.flatMap((point, i) => (i === 0 ? [point] : [corner(points[i - 1]!, point), point]));
