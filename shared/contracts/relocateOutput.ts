// Output of `shoulders relocate --json`.
import { z } from 'zod';

export const RelocateOutput = z.object({
  /** Absolute path. */
  dataset: z.string(),
  /** Number of the run's images that were compared. */
  imageCount: z.int(),
});
export type RelocateOutput = z.infer<typeof RelocateOutput>;
