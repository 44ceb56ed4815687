// Output of `shoulders thumbnails --json`, one line per requested image.
import { z } from 'zod';

export const Thumbnail = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('thumbnail'),
    /** /-separated, relative to the dataset folder, as in the request. */
    relativePath: z.string(),
    /** Absolute path of a JPEG in the cache. */
    file: z.string(),
  }),
  /** `reason` completes "there is no thumbnail: ...". */
  z.object({ type: z.literal('noThumbnail'), relativePath: z.string(), reason: z.string() }),
]);
export type Thumbnail = z.infer<typeof Thumbnail>;
