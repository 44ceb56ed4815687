// Position of a GIF's first frame on its canvas. The decoder leaves the rest black where no color is transparent.

export interface FirstFrame {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
  /** The file's background color, which the canvas shows beside the frame; undefined if the file has none. */
  readonly background: readonly [red: number, green: number, blue: number] | undefined;
}

/** @returns undefined when the frame covers the whole canvas, or the file ends before it */
export function smallerFirstFrame(bytes: Uint8Array): FirstFrame | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    const [width, height, flags] = [view.getUint16(6, true), view.getUint16(8, true), view.getUint8(10)];
    const paletteSize = flags & 0x80 ? 2 << (flags & 7) : 0;
    const colour = view.getUint8(11);
    const at = imageDescriptor(view, 13 + paletteSize * 3);
    const [left, top] = [view.getUint16(at + 1, true), view.getUint16(at + 3, true)];
    const [right, bottom] = [left + view.getUint16(at + 5, true), top + view.getUint16(at + 7, true)];
    if (left === 0 && top === 0 && right >= width && bottom >= height) return undefined;
    const entry = (channel: number) => view.getUint8(13 + colour * 3 + channel);
    return {
      left,
      top,
      right,
      bottom,
      background: colour < paletteSize ? [entry(0), entry(1), entry(2)] : undefined,
    };
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

const extension = 0x21;
const descriptor = 0x2c;

/** Skips the extensions, each of which is a chain of blocks that ends with an empty one. @throws RangeError if no image follows */
function imageDescriptor(view: DataView, start: number): number {
  let at = start;
  while (view.getUint8(at) === extension) {
    at += 2;
    while (view.getUint8(at) !== 0) at += 1 + view.getUint8(at);
    at++;
  }
  if (view.getUint8(at) !== descriptor) throw new RangeError('no image');
  return at;
}

/** Fills the part of [height, width, 3] outside the frame. */
export function fillBeside(
  { left, top, right, bottom, background }: FirstFrame,
  { width, height, data }: { readonly width: number; readonly height: number; readonly data: Uint8Array },
): void {
  const [red, green, blue] = background ?? [255, 255, 255];
  for (let y = 0, at = 0; y < height; y++)
    for (let x = 0; x < width; x++, at += 3) {
      if (x >= left && x < right && y >= top && y < bottom) continue;
      data[at] = red;
      data[at + 1] = green;
      data[at + 2] = blue;
    }
}
