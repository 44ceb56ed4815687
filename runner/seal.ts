// A checksum inside the file that it protects: SHA-256 over all bytes, with 64 zeros in place of the checksum's own
// digits. Every byte counts, header and data alike, and a reader can verify the file in pieces before it uses any of it.
import { createHash } from 'node:crypto';

/** Metadata key of the checksum. Other tools that rewrite a file must drop it, or the file is refused. */
export const sealKey = 'shoulders_sha256';

/** Value under `sealKey` until seal() replaces it. */
export const unsealed = '0'.repeat(64);

/** Replaces the first `unsealed` after the first `sealKey` in place, and returns the same bytes. */
export function seal(bytes: Uint8Array): Uint8Array {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const at = buffer.indexOf(unsealed, buffer.indexOf(sealKey) + sealKey.length, 'latin1');
  if (at < 0 || !buffer.subarray(0, at).includes(sealKey)) throw new Error('There is no place for a checksum');
  buffer.write(createHash('sha256').update(buffer).digest('hex'), at, 'latin1');
  return bytes;
}

/** A file that can be read in pieces. */
export interface Sealed {
  readonly sizeBytes: number;
  read(offset: number, length: number): Uint8Array;
}

/** @param at  offset of the 64 hex digits @param sha256  their expected value. Reads the file in pieces, to need little memory. */
export function sealHolds(file: Sealed, at: number, sha256: string): boolean {
  const hash = createHash('sha256');
  const update = (from: number, to: number) => {
    for (let offset = from; offset < to; offset += pieceBytes)
      hash.update(file.read(offset, Math.min(pieceBytes, to - offset)));
  };
  update(0, at);
  hash.update(unsealed);
  update(at + unsealed.length, file.sizeBytes);
  return hash.digest('hex') === sha256;
}

const pieceBytes = 1 << 22;

/** Reason that completes "Cannot read ...: ". */
export const sealBroken = 'its checksum does not match, so it was damaged or changed since it was written';
