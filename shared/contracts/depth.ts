// Bits of a 16-bit sample that carry the picture: most detectors give 10, 12 or 14; scaled by its type, such a file is nearly black.
import { z } from 'zod';

export const depths = [8, 10, 12, 14, 16] as const;
/** 16 is the full range of the sample type. */
export const Depth = z.literal(depths);
export type Depth = z.infer<typeof Depth>;

/** The sample value that becomes white, 255; larger ones are clipped. */
export const whiteOf = (depth: Depth): number => 2 ** depth - 1;

/** The smallest depth that clips nothing. */
export const depthFor = (largestSample: number): Depth => depths.find((depth) => largestSample <= whiteOf(depth)) ?? 16;

/** Whether the depth affects any image; for runs of older versions, which did not count (null), whether it is unusual. */
export const depthMatters = (depth: Depth, deepImageCount: number | null): boolean =>
  deepImageCount === null ? depth !== 16 : deepImageCount > 0;

/** Depth chosen for a dataset's 16-bit images. */
export const DepthChoice = z.object({
  depth: Depth,
  /**
   * "recipe": set by the user, or the run began with it. "images": decided by the largest sample of all splits. "model": that of
   * the training, whatever these images contain.
   */
  from: z.enum(['recipe', 'images', 'model']),
  /** Fewest bits that clip none of these images. */
  needed: Depth,
  /** Number of 16-bit images that do not declare their white. */
  imageCount: z.int(),
  /** Number of 16-bit images that declare it (PNG's sBIT, PNM's maxval), which overrides the depth. */
  declaredCount: z.int(),
  /** The image with the largest sample among those that declare no white; null: none. */
  largest: z.object({ sample: z.int(), relativePath: z.string() }).nullable(),
  /** Number of images with samples above the depth's white. */
  clippedCount: z.int(),
  /** A few images brighter than all others, without which fewer bits would do: they make the others dark. Absent: none. */
  outliers: z.object({ count: z.int(), othersFit: Depth }).optional(),
});
export type DepthChoice = z.infer<typeof DepthChoice>;
