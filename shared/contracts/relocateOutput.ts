// The answer of `shoulders relocate --json`.
import { z } from 'zod';

export const RelocateOutput = z.object({
  /** Absolute. */
  dataset: z.string(),
  /** Images of the run that were compared. */
  imageCount: z.int(),
});
export type RelocateOutput = z.infer<typeof RelocateOutput>;
