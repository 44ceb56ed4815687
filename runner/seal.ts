// A checksum inside the file that it protects: SHA-256 of all its bytes, taken while 64 zeros fill the place of the checksum's own
// digits. So every byte counts, header and data alike, and a reader can verify the file piece by piece before it uses any of it.
import { createHash } from 'node:crypto';

/** The name of a seal among a file's metadata. A person's own tool that rewrites the file leaves it out, or the file is refused. */
export const sealKey = 'shoulders_sha256';

/** The value under `sealKey` until seal() fills it in. */
export const unsealed = '0'.repeat(64);

/** Fills the first `unsealed` behind the first `sealKey` of the bytes in, and gives the same bytes back. */
export function seal(bytes: Uint8Array): Uint8Array {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const at = buffer.indexOf(unsealed, buffer.indexOf(sealKey) + sealKey.length, 'latin1');
  if (at < 0 || !buffer.subarray(0, at).includes(sealKey)) throw new Error('There is no place for a checksum');
  buffer.write(createHash('sha256').update(buffer).digest('hex'), at, 'latin1');
  return bytes;
}

/** What a file is read from, piece by piece. */
export interface Sealed {
  readonly sizeBytes: number;
  read(offset: number, length: number): Uint8Array;
}

/** @param at  offset of the 64 hex digits @param sha256  what they are; takes one piece of memory */
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

/** The reason that completes "Cannot read ...: ". */
export const sealBroken = 'its checksum does not match, so it was damaged or changed since it was written';
