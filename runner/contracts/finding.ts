// Odd data: what the checks of a dataset found. Findings never stop a run; they are listed, recorded and shown.
import { z } from 'zod';

/** `relativePath` is /-separated, relative to the dataset folder. */
export const Finding = z.discriminatedUnion('kind', [
  /** Left out: cannot be decoded, empty, unreadable, refused (too large, too many channels). */
  z.strictObject({ kind: z.literal('corrupt'), relativePath: z.string(), reason: z.string() }),
  /** Kept, but the decoder complained (no end marker, trailing bytes), or the image is animated, 16-bit, CMYK, tiny, flat... */
  z.strictObject({ kind: z.literal('suspect'), relativePath: z.string(), reason: z.string() }),
  /** Not looked at: hidden folders, __MACOSX, .ipynb_checkpoints, Thumbs.db, empty files, other file types. */
  z.strictObject({ kind: z.literal('ignored'), relativePath: z.string(), reason: z.string() }),
  /** Byte-identical images; `splits` and `classNames` tell where they stand. */
  z.strictObject({
    kind: z.literal('duplicate'),
    relativePaths: z.array(z.string()).min(2),
    splits: z.array(z.string()),
    classNames: z.array(z.string()),
  }),
  /** One group (patient) in more than one split. */
  z.strictObject({
    kind: z.literal('groupOverlap'),
    group: z.string(),
    splits: z.array(z.string()),
    imageCount: z.int(),
  }),
  /** Anything about the whole set: imbalance, small splits, group pattern without a match. */
  z.strictObject({ kind: z.literal('note'), text: z.string() }),
]);
export type Finding = z.infer<typeof Finding>;
