// How many bits of a 16-bit sample carry the picture: most detectors give 10, 12 or 14, and such a file scaled by its type is nearly black.
import { z } from 'zod';

export const depths = [8, 10, 12, 14, 16] as const;
/** 16: the sample type's whole range. */
export const Depth = z.literal(depths);
export type Depth = z.infer<typeof Depth>;

/** The sample that becomes white, 255; larger ones are clipped. */
export const whiteOf = (depth: Depth): number => 2 ** depth - 1;

/** The smallest depth that clips nothing. */
export const depthFor = (largestSample: number): Depth => depths.find((depth) => largestSample <= whiteOf(depth)) ?? 16;

/** Whether the depth decides over any image; of runs of older versions, which did not count (null), whether it is out of the ordinary. */
export const depthMatters = (depth: Depth, deepImageCount: number | null): boolean =>
  deepImageCount === null ? depth !== 16 : deepImageCount > 0;

/** How a dataset's 16-bit images are read. */
export const DepthChoice = z.object({
  depth: Depth,
  /**
   * "recipe": a person named it, or the run has begun with it. "images": decided by the largest sample of all splits. "model": that of
   * the training, whatever these images hold.
   */
  from: z.enum(['recipe', 'images', 'model']),
  /** The fewest bits that clip none of these images. */
  needed: Depth,
  /** 16-bit images whose file does not declare which sample is white. */
  imageCount: z.int(),
  /** 16-bit images whose file declares it (PNG's sBIT, PNM's maxval), which holds for them whatever the depth. */
  declaredCount: z.int(),
  /** The image with the largest sample among those that declare no white; null: there are none. */
  largest: z.object({ sample: z.int(), relativePath: z.string() }).nullable(),
  /** Images with samples above the depth's white. */
  clippedCount: z.int(),
  /** A few images brighter than all others, which would fit into fewer bits: because of them the others are dark. Absent: none. */
  outliers: z.object({ count: z.int(), othersFit: Depth }).optional(),
});
export type DepthChoice = z.infer<typeof DepthChoice>;
