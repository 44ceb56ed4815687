// Windows bitmaps, which sharp's libraries do not read. Missing rows are an error, not a gray area.
// fast-bmp reads neither palettes nor top-down rows nor the common 40-byte header with 32 bits; hence this decoder.
import type { RgbImage } from '../samples/raster.ts';

/**
 * Reads 1, 4, 8 (palette), 16, 24 and 32 bits per pixel, uncompressed or with bit fields, bottom-up or top-down. Alpha is dropped.
 *
 * @throws Error with a reason for users
 */
export function decodeBmp(bytes: Uint8Array, limitPixels: number): RgbImage {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const header = readHeader(view, limitPixels);
  const { width, height, bits, topDown, pixelOffset } = header;
  const stride = Math.ceil((width * bits) / 32) * 4;
  if (pixelOffset + stride * height > bytes.length)
    throw new Error(`it ends early: ${bytes.length} bytes, ${pixelOffset + stride * height} expected`);
  const data = new Uint8Array(width * height * 3);
  const writePixel = bits <= 8 ? paletteReader(view, header) : maskReader(view, header);
  for (let y = 0; y < height; y++) {
    const row = pixelOffset + stride * (topDown ? y : height - 1 - y);
    for (let x = 0; x < width; x++) writePixel(row, x, data, (y * width + x) * 3);
  }
  return { width, height, data };
}

export function bmpSize(bytes: Uint8Array): { readonly width: number; readonly height: number } {
  return readHeader(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), Number.POSITIVE_INFINITY);
}

interface Header {
  readonly pixelOffset: number;
  readonly headerSize: number;
  readonly width: number;
  readonly height: number;
  readonly topDown: boolean;
  readonly bits: number;
  readonly compression: number;
  readonly colorsUsed: number;
}

type PixelReader = (row: number, x: number, out: Uint8Array, at: number) => void;

const noCompression = 0;
const bitFields = [3, 6];

function readHeader(view: DataView, limitPixels: number): Header {
  if (view.byteLength < 26) throw new Error('it ends within its header');
  const headerSize = view.getUint32(14, true);
  const old = headerSize === 12; // OS/2 1.x
  if (!old && (headerSize < 40 || headerSize > 124)) throw new Error(`its header has ${headerSize} bytes`);
  if (view.byteLength < 14 + headerSize) throw new Error('it ends within its header');
  const width = old ? view.getUint16(18, true) : view.getInt32(18, true);
  const signedHeight = old ? view.getUint16(20, true) : view.getInt32(22, true);
  const height = Math.abs(signedHeight);
  const bits = view.getUint16(old ? 24 : 28, true);
  const compression = old ? noCompression : view.getUint32(30, true);
  if (width <= 0 || height === 0) throw new Error(`its size is ${width} x ${height}`);
  if (width * height > limitPixels) throw new Error(tooLarge(width, height, limitPixels));
  if (![1, 4, 8, 16, 24, 32].includes(bits)) throw new Error(`${bits} bits per pixel are not supported`);
  if (compression !== noCompression && !(bitFields.includes(compression) && bits >= 16))
    throw new Error('compressed bitmaps are not supported: convert it to PNG');
  const pixelOffset = view.getUint32(10, true);
  return {
    pixelOffset,
    headerSize,
    width,
    height,
    topDown: signedHeight < 0,
    bits,
    compression,
    colorsUsed: old ? 0 : view.getUint32(46, true),
  };
}

export const tooLarge = (width: number, height: number, limitPixels: number): string =>
  `it has ${width} x ${height} pixels, more than ${Math.floor(limitPixels / 1e6)} million are not read`;

function paletteReader(view: DataView, { bits, headerSize, colorsUsed, pixelOffset }: Header): PixelReader {
  const entrySize = headerSize === 12 ? 3 : 4;
  const start = 14 + headerSize;
  const count = Math.min(colorsUsed || 2 ** bits, 2 ** bits, Math.floor((pixelOffset - start) / entrySize));
  const perByte = 8 / bits;
  const mask = 2 ** bits - 1;
  return (row, x, out, at) => {
    const shift = 8 - bits * ((x % perByte) + 1);
    const index = (view.getUint8(row + Math.floor(x / perByte)) >> shift) & mask;
    if (index >= count) throw new Error(`a pixel refers to colour ${index} of ${count}`);
    const entry = start + index * entrySize;
    out[at] = view.getUint8(entry + 2);
    out[at + 1] = view.getUint8(entry + 1);
    out[at + 2] = view.getUint8(entry);
  };
}

function maskReader(view: DataView, { bits, compression, headerSize }: Header): PixelReader {
  if (bits === 24)
    return (row, x, out, at) => {
      const from = row + x * 3;
      out[at] = view.getUint8(from + 2);
      out[at + 1] = view.getUint8(from + 1);
      out[at + 2] = view.getUint8(from);
    };
  // The three masks follow a 40-byte header, or are part of a longer one: at byte 54 either way.
  if (compression !== noCompression && headerSize === 40 && view.byteLength < 66) throw new Error('it ends early');
  const masks =
    compression !== noCompression
      ? [54, 58, 62].map((at) => view.getUint32(at, true))
      : bits === 16
        ? [0x7c00, 0x03e0, 0x001f]
        : [0xff0000, 0x00ff00, 0x0000ff];
  const fields = masks.map((mask) => {
    const shift = mask === 0 ? 0 : 31 - Math.clz32(mask & -mask);
    return { mask, shift, most: mask >>> shift };
  });
  return (row, x, out, at) => {
    const value = bits === 16 ? view.getUint16(row + x * 2, true) : view.getUint32(row + x * 4, true);
    for (const [channel, { mask, shift, most }] of fields.entries())
      out[at + channel] = most === 0 ? 0 : Math.round((((value & mask) >>> shift) * 255) / most);
  };
}
