// A file in a folder, listed with the hash of its bytes, so that a reader detects changes.
import { z } from 'zod';

/** `file` is /-separated, relative to the folder of the listing file. `sha256` is hex, of the file's bytes. */
export const StoredFile = z.object({ file: z.string(), sha256: z.string().regex(/^[0-9a-f]{64}$/) });
export type StoredFile = z.infer<typeof StoredFile>;
