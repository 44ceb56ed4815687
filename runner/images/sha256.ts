import { createHash } from 'node:crypto';

/** Larger inputs are hashed in background threads: hashing a large photograph takes as long as decoding it. */
const mostAtOnce = 128 * 1024;

/** Hex digits. */
export async function sha256Of(bytes: Uint8Array): Promise<string> {
  if (bytes.length <= mostAtOnce) return createHash('sha256').update(bytes).digest('hex');
  return Buffer.from(await crypto.subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>)).toString('hex');
}
