// The header of a JPEG without anything that affects decoding: no EXIF, no profile, no Adobe marker. Asking sharp for a header costs a
// tenth of the whole check of a small image; most images of public sets are of this kind.

export interface PlainJpeg {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
}

const app0 = 0xe0;
const baseline = 0xc0;
const progressive = 0xc2;
const startOfScan = 0xda;
/** Tables, restart interval, comment, JFIF. */
const plain: ReadonlySet<number> = new Set([0xdb, 0xc4, 0xdd, 0xfe, app0]);

/** undefined: not a JPEG of this kind, or something about it is odd, so sharp has to read it. Never throws. */
export function plainJpegHeader(bytes: Uint8Array): PlainJpeg | undefined {
  let found: PlainJpeg | undefined;
  if (bytes[0] !== 0xff || bytes[1] !== 0xd8) return undefined;
  for (let at = 2; at + 4 <= bytes.length; ) {
    const marker = bytes[at + 1]!;
    const length = wordAt(bytes, at + 2);
    if (bytes[at] !== 0xff || length < 2 || at + 2 + length > bytes.length) return undefined;
    if (marker === startOfScan) return found;
    if (marker >= baseline && marker <= progressive) {
      const frame = frameAt(bytes, at + 4, length);
      if (found || !frame) return undefined;
      found = frame;
    } else if (!plain.has(marker)) return undefined;
    at += 2 + length;
  }
  return undefined;
}

/** Precision, height, width, number of components. */
function frameAt(bytes: Uint8Array, at: number, length: number): PlainJpeg | undefined {
  const height = wordAt(bytes, at + 1);
  const width = wordAt(bytes, at + 3);
  const channels = bytes[at + 5]!;
  if (bytes[at] !== 8 || width === 0 || height === 0 || length !== 8 + 3 * channels) return undefined;
  return channels === 1 || channels === 3 ? { width, height, channels } : undefined;
}

const wordAt = (bytes: Uint8Array, at: number): number => (bytes[at]! << 8) | bytes[at + 1]!;
