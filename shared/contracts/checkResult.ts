// Output of `shoulders check --json`: the dataset as the runner sees it, and its findings.
import { z } from 'zod';
import { DepthChoice } from './depth.ts';
import { Finding } from './finding.ts';

const Size = z.strictObject({ width: z.int().min(1), height: z.int().min(1) });

/** Sizes in pixels, upright, before any reduction; ordered by number of pixels. */
export const ImageSizes = z.strictObject({
  smallest: Size,
  /** Size of an image of the set: half of all images have at most as many pixels. */
  median: Size,
  largest: Size,
  /** Number of different sizes. */
  distinct: z.int().min(1),
});
export type ImageSizes = z.infer<typeof ImageSizes>;

/** Usable images by label. */
const Counts = z.array(z.int().min(0));

export const CheckResult = z.object({
  folder: z.string(),
  classNames: z.array(z.string()),
  counts: z.object({ train: Counts, val: Counts, test: Counts }),
  splitOrigin: z.enum(['given', 'made', 'validationMade', 'testMade']),
  /** Absent in results of older versions. */
  depth: DepthChoice.optional(),
  fingerprint: z.string(),
  imageSizes: ImageSizes,
  findings: z.array(Finding),
  /** Plain text, as the command prints it without --json. */
  report: z.string(),
});
export type CheckResult = z.infer<typeof CheckResult>;
