// Small files of types and kinds that no library here writes: TIFF of any samples, GIF, portable any-maps, PNG with tRNS.
import { crc32, deflateSync } from 'node:zlib';

export interface TiffOptions {
  readonly width: number;
  readonly height: number;
  /** Interleaved, row by row. */
  readonly values: ArrayLike<number>;
  readonly photometric?: number;
  readonly samplesPerPixel?: number;
  readonly bits?: number;
  readonly extraSamples?: readonly number[];
  /** 1 unsigned (omitted by default), 2 signed, 3 float, 6 complex. */
  readonly sampleFormat?: number;
  readonly isPlanar?: boolean;
  readonly isBigEndian?: boolean;
  readonly isBigTiff?: boolean;
  readonly isDeflated?: boolean;
  /** The number in the header, whatever the data is. */
  readonly compression?: number;
  /** Side in pixels, a multiple of 16. */
  readonly tile?: number;
  /** All rows in one strip when left out. */
  readonly rowsPerStrip?: number;
  /** Red, green and blue of every index, 16 bits each. */
  readonly palette?: readonly (readonly [number, number, number])[];
  readonly inkSet?: number;
  readonly maxSampleValue?: number;
  readonly orientation?: number;
  readonly profile?: Uint8Array;
}

/** A TIFF file of one image. https://www.itu.int/itudoc/itu-t/com16/tiff-fx/docs/tiff6.pdf */
export function tiffOf(options: TiffOptions): Buffer {
  const { width, height, bits = 8, samplesPerPixel = 1, isPlanar = false, isBigEndian = false, tile } = options;
  const planes = isPlanar ? samplesPerPixel : 1;
  const perPixel = isPlanar ? 1 : samplesPerPixel;
  const [blockWidth, blockHeight] = tile ? [tile, tile] : [width, options.rowsPerStrip ?? height];
  const blocks: Buffer[] = [];
  for (let plane = 0; plane < planes; plane++)
    for (let top = 0; top < height; top += blockHeight)
      for (let left = 0; left < width; left += blockWidth) {
        const rows = Array.from({ length: tile ? blockHeight : Math.min(blockHeight, height - top) }, (_, y) => {
          const row = Array.from({ length: blockWidth * perPixel }, (_, i) => {
            const x = Math.min(left + Math.floor(i / perPixel), width - 1);
            const band = isPlanar ? plane : i % perPixel;
            return options.values[(Math.min(top + y, height - 1) * width + x) * samplesPerPixel + band]!;
          });
          return packed(row, bits, options.sampleFormat === 3, isBigEndian);
        });
        const block = Buffer.concat(rows);
        blocks.push(options.isDeflated ? deflateSync(block) : block);
      }
  const ordinary: Entry[] = [
    [256, 4, [width]],
    [257, 4, [height]],
    [258, 3, new Array<number>(samplesPerPixel).fill(bits)],
    [259, 3, [options.compression ?? (options.isDeflated ? 8 : 1)]],
    [262, 3, [options.photometric ?? (samplesPerPixel >= 3 ? 2 : 1)]],
    ...(options.orientation ? [[274, 3, [options.orientation]] as Entry] : []),
    [277, 3, [samplesPerPixel]],
    ...(options.maxSampleValue ? [[281, 3, [options.maxSampleValue]] as Entry] : []),
    ...(tile ? [] : [[278, 4, [blockHeight]] as Entry]),
    [284, 3, [isPlanar ? 2 : 1]],
    ...(options.palette
      ? [[320, 3, [0, 1, 2].flatMap((c) => options.palette!.map((entry) => entry[c]!))] as Entry]
      : []),
    ...(tile
      ? ([
          [322, 4, [tile]],
          [323, 4, [tile]],
        ] as Entry[])
      : []),
    ...(options.inkSet ? [[332, 3, [options.inkSet]] as Entry] : []),
    ...(options.extraSamples ? [[338, 3, options.extraSamples] as Entry] : []),
    ...(options.sampleFormat ? [[339, 3, new Array<number>(samplesPerPixel).fill(options.sampleFormat)] as Entry] : []),
    ...(options.profile ? [[34675, 7, [...options.profile]] as Entry] : []),
  ];
  return assemble(ordinary, blocks, tile !== undefined, isBigEndian, options.isBigTiff ?? false);
}

type Entry = readonly [tag: number, type: 3 | 4 | 7, values: readonly number[]];

function packed(row: readonly number[], bits: number, isFloat: boolean, isBigEndian: boolean): Buffer {
  if (bits < 8 || bits === 12) {
    const digits = row.map((value) => value.toString(2).padStart(bits, '0')).join('');
    return Buffer.from(digits.match(/.{1,8}/g)!.map((eight) => Number.parseInt(eight.padEnd(8, '0'), 2)));
  }
  const bytes = Buffer.alloc((row.length * bits) / 8);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  row.forEach((value, i) => {
    if (bits === 8) view.setUint8(i, value & 255);
    else if (bits === 16) view.setUint16(i * 2, value & 65535, !isBigEndian);
    else if (isFloat) view.setFloat32(i * 4, value, !isBigEndian);
    else view.setUint32(i * 4, value >>> 0, !isBigEndian);
  });
  return bytes;
}

function assemble(
  ordinary: Entry[],
  blocks: readonly Buffer[],
  isTiled: boolean,
  isBigEndian: boolean,
  isBig: boolean,
): Buffer {
  const [offsetSize, entrySize, headerSize] = isBig ? [8, 20, 16] : [4, 12, 8];
  const placed: number[] = [];
  let end = headerSize;
  for (const block of blocks) {
    placed.push(end);
    end += block.length + (block.length % 2);
  }
  const entries = [
    ...ordinary,
    [isTiled ? 324 : 273, 4, placed] as Entry,
    [isTiled ? 325 : 279, 4, blocks.map(({ length }) => length)] as Entry,
  ].sort(([a], [b]) => a - b);
  const size = { 3: 2, 4: 4, 7: 1 };
  const folder = end;
  let outside = folder + (isBig ? 8 : 2) + entries.length * entrySize + offsetSize;
  const bytes = Buffer.alloc(
    outside + entries.reduce((sum, [, type, values]) => sum + size[type] * values.length + 1, 0),
  );
  const u16 = (value: number, at: number) =>
    isBigEndian ? bytes.writeUInt16BE(value, at) : bytes.writeUInt16LE(value, at);
  const u32 = (value: number, at: number) =>
    isBigEndian ? bytes.writeUInt32BE(value, at) : bytes.writeUInt32LE(value, at);
  const u64 = (value: number, at: number) =>
    isBigEndian ? bytes.writeBigUInt64BE(BigInt(value), at) : bytes.writeBigUInt64LE(BigInt(value), at);
  const offset = isBig ? u64 : u32;
  bytes.write(isBigEndian ? 'MM' : 'II', 'latin1');
  u16(isBig ? 43 : 42, 2);
  if (isBig) u16(8, 4);
  offset(folder, isBig ? 8 : 4);
  for (const [i, block] of blocks.entries()) block.copy(bytes, placed[i]!);
  if (isBig) u64(entries.length, folder);
  else u16(entries.length, folder);
  entries.forEach(([tag, type, values], i) => {
    const at = folder + (isBig ? 8 : 2) + i * entrySize;
    u16(tag, at);
    u16(type, at + 2);
    offset(values.length, at + 4);
    let to = at + 4 + offsetSize;
    const length = size[type] * values.length;
    if (length > offsetSize) {
      offset(outside, to);
      to = outside;
      outside += length + (length % 2);
    }
    values.forEach((value, k) => {
      const each = to + k * size[type];
      if (type === 3) u16(value, each);
      else if (type === 4) u32(value, each);
      else bytes[each] = value;
    });
  });
  return bytes.subarray(0, outside);
}

/** Every pixel of the same bands. */
export const constant = (width: number, height: number, bands: readonly number[]): number[] =>
  Array.from({ length: width * height }, () => bands).flat();

export interface GifOptions {
  readonly canvas: readonly [width: number, height: number];
  readonly frame: readonly [left: number, top: number, width: number, height: number];
  /** Four colours. */
  readonly palette: readonly (readonly [number, number, number])[];
  readonly hasLocalPalette?: boolean;
  readonly background: number;
  readonly transparent?: number;
  /** The palette index of every pixel of the frame. */
  readonly pixel: number;
}

/** A GIF with one frame of one colour. */
export function gifOf({ canvas, frame, palette, hasLocalPalette, background, transparent, pixel }: GifOptions): Buffer {
  const u16 = (value: number) => [value & 255, value >> 8];
  const colours = palette.flat();
  // Codes of 3 bits: 4 resets before every pixel, so that no dictionary grows; 5 ends.
  const codes = [...Array.from({ length: frame[2] * frame[3] }, () => [4, pixel]).flat(), 5];
  const bits = codes.flatMap((code) => [code & 1, (code >> 1) & 1, code >> 2]);
  const data = Array.from({ length: Math.ceil(bits.length / 8) }, (_, i) =>
    bits.slice(i * 8, i * 8 + 8).reduce((byte, bit, k) => byte | (bit << k), 0),
  );
  const blocks = Array.from({ length: Math.ceil(data.length / 255) }, (_, i) => data.slice(i * 255, i * 255 + 255));
  return Buffer.from([
    ...Buffer.from('GIF89a'),
    ...canvas.flatMap(u16),
    hasLocalPalette ? 0 : 0x91,
    background,
    0,
    ...(hasLocalPalette ? [] : colours),
    ...(transparent === undefined ? [] : [0x21, 0xf9, 4, 1, 0, 0, transparent, 0]),
    0x2c,
    ...frame.flatMap(u16),
    hasLocalPalette ? 0x81 : 0,
    ...(hasLocalPalette ? colours : []),
    2,
    ...blocks.flatMap((block) => [block.length, ...block]),
    0,
    0x3b,
  ]);
}

export interface PngOptions {
  readonly width: number;
  readonly height: number;
  /** 0 grey, 2 RGB, 3 palette, 4 grey with alpha, 6 RGB with alpha. */
  readonly colourType: 0 | 2 | 3 | 4 | 6;
  readonly bits?: 8 | 16;
  /** Interleaved, row by row. */
  readonly values: ArrayLike<number>;
  readonly chunks?: readonly (readonly [name: string, data: Uint8Array])[];
}

/** With chunks (such as tRNS) before the pixels, as given. */
export function pngOf({ width, height, colourType, bits = 8, values, chunks = [] }: PngOptions): Buffer {
  const perRow = values.length / height;
  const rows = Array.from({ length: height }, (_, y) => {
    const row = Buffer.alloc(1 + (perRow * bits) / 8);
    for (let i = 0; i < perRow; i++) {
      if (bits === 8) row[1 + i] = values[y * perRow + i]!;
      else row.writeUInt16BE(values[y * perRow + i]!, 1 + i * 2);
    }
    return row;
  });
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([bits, colourType, 0, 0, 0], 8);
  const chunk = (name: string, data: Uint8Array): Buffer => {
    const out = Buffer.alloc(12 + data.length);
    out.writeUInt32BE(data.length, 0);
    out.write(name, 4, 'latin1');
    out.set(data, 8);
    out.writeUInt32BE(crc32(out.subarray(4, 8 + data.length)), 8 + data.length);
    return out;
  };
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', header),
    ...chunks.map(([name, data]) => chunk(name, data)),
    chunk('IDAT', deflateSync(Buffer.concat(rows))),
    chunk('IEND', new Uint8Array()),
  ]);
}
