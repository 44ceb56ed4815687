// A TIFF file's own description of its samples, so that none is misread: libvips takes any extra band for opacity and
// YCbCr for RGB. Only the first directory (image) is read, classic or BigTIFF. libtiff reads the pixels.

import { entriesAt, firstFolderAt, openTiff, type TiffEntry, type TiffFile } from '../tiffFolder.ts';

export interface TiffLayout {
  readonly bits: readonly number[];
  /** 1 unsigned, 2 signed, 3 float, 4 undefined, 5 and 6 complex. */
  readonly sampleFormat: number;
  readonly photometric: number | undefined;
  readonly samplesPerPixel: number;
  /** One entry per band beyond the colors: 0 unspecified, 1 premultiplied opacity, 2 opacity. */
  readonly extraSamples: readonly number[];
  readonly isPlanar: boolean;
  readonly isTiled: boolean;
  readonly compression: number;
  readonly inkSet: number;
  readonly maxSampleValue: number | undefined;
}

export const tag = {
  bitsPerSample: 258,
  compression: 259,
  photometric: 262,
  samplesPerPixel: 277,
  maxSampleValue: 281,
  planarConfiguration: 284,
  tileWidth: 322,
  inkSet: 332,
  extraSamples: 338,
  sampleFormat: 339,
  smallestValue: 340,
  largestValue: 341,
} as const;

/** @returns undefined if it is not a TIFF file, or its header points outside the file; the decoder then reports the error */
export function tiffLayout(bytes: Uint8Array): TiffLayout | undefined {
  try {
    const file = openTiff(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength));
    return file && layoutOf(valuesIn(file));
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

type Values = (tag: number) => readonly number[];

function layoutOf(values: Values): TiffLayout {
  const first = (tag: number) => values(tag)[0];
  const photometric = first(tag.photometric);
  const samplesPerPixel = first(tag.samplesPerPixel) ?? 1;
  const given = values(tag.extraSamples);
  const extraCount = Math.max(0, samplesPerPixel - (colourBands[photometric ?? -1] ?? (samplesPerPixel >= 3 ? 3 : 1)));
  return {
    bits: values(tag.bitsPerSample).length > 0 ? values(tag.bitsPerSample) : [1],
    sampleFormat: first(tag.sampleFormat) ?? 1,
    photometric,
    samplesPerPixel,
    extraSamples: Array.from({ length: extraCount }, (_, i) => given[i] ?? 0),
    isPlanar: first(tag.planarConfiguration) === 2,
    isTiled: first(tag.tileWidth) !== undefined,
    compression: first(tag.compression) ?? 1,
    inkSet: first(tag.inkSet) ?? 1,
    maxSampleValue: first(tag.maxSampleValue),
  };
}

/** Number of color bands by photometric interpretation; libtiff handles the others. */
const colourBands: Readonly<Record<number, number>> = { 0: 1, 1: 1, 2: 3, 3: 1, 5: 4, 6: 3 };

const sizes: Readonly<Record<number, number>> = { 1: 1, 3: 2, 4: 4, 16: 8 };

/** Whole numbers of the first directory by tag. @throws RangeError beyond the end */
function valuesIn(file: TiffFile): Values {
  const { view, little } = file;
  const entries = new Map<number, TiffEntry>();
  for (const entry of entriesAt(file, firstFolderAt(file), mostEntries)) entries.set(entry.tag, entry);
  return (tag) => {
    const entry = entries.get(tag);
    const size = entry && sizes[entry.type()];
    if (size === undefined) return [];
    const length = Math.min(entry!.count(), mostValues);
    const from = entry!.valuesAt(size);
    return Array.from({ length }, (_, i) => {
      const each = from + i * size;
      if (size === 1) return view.getUint8(each);
      if (size === 2) return view.getUint16(each, little);
      return size === 4 ? view.getUint32(each, little) : Number(view.getBigUint64(each, little));
    });
  };
}

export const mostEntries = 1000;
const mostValues = 1000;

/** Index of the opacity band among the extra bands; undefined: there is none. */
export function alphaAmong({ extraSamples }: TiffLayout): number | undefined {
  const at = extraSamples.findIndex((meaning) => meaning === 1 || meaning === 2);
  return at < 0 ? undefined : at;
}

/** Whether the bands are stored one after the other, and only the first of them is the picture. */
export const isFirstPlaneAlone = ({ isPlanar, photometric, samplesPerPixel }: TiffLayout): boolean =>
  isPlanar && samplesPerPixel > 1 && (photometric === 0 || photometric === 1);

/** Reason why pixels would be wrong or missing, completing "it was left out: ..."; undefined: no problem is known. */
export function tiffProblem(layout: TiffLayout): string | undefined {
  const { bits, sampleFormat, photometric, samplesPerPixel, extraSamples, isPlanar, isTiled, compression, inkSet } =
    layout;
  if (bits.some((each) => each !== bits[0]))
    return 'its bands have different numbers of bits: save it with 8 or 16 bits each';
  if (sampleFormat !== 1 && sampleFormat !== 4)
    return `its values are ${sampleFormats[sampleFormat] ?? 'of an unknown kind'}, whose black and white are undefined: ${asWhole}`;
  const depth = bits[0]!;
  if (![1, 2, 4, 8, 16].includes(depth) || (depth < 8 && samplesPerPixel > 1))
    return `its values have ${depth} bits: ${asWhole}`;
  const colours = otherColours[photometric ?? -1];
  if (colours) return `its colours are stored as ${colours}: save it as RGB or grey`;
  if (photometric === 6 && compression !== 6 && compression !== 7)
    return 'its colours are stored as YCbCr without JPEG compression: save it as RGB';
  if (photometric === 5 && (inkSet !== 1 || samplesPerPixel < 4)) return 'its inks are not CMYK: save it as RGB';
  if (isPlanar && isTiled && !isFirstPlaneAlone(layout))
    return 'it is stored in tiles, band by band: save it without tiles, or as PNG';
  if (extraSamples.includes(1) && extraSamples.length > 1)
    return 'it has a premultiplied opacity among other extra bands: save it without them';
  if (extraSamples.includes(1) && isFirstPlaneAlone(layout))
    return 'it has a premultiplied opacity, stored band by band: save it without opacity';
  return undefined;
}

const asWhole = 'save it with 8 or 16 bits per channel, unsigned';

const sampleFormats: Readonly<Record<number, string>> = {
  2: 'signed',
  3: 'floating-point numbers',
  5: 'complex numbers',
  6: 'complex numbers',
};

const otherColours: Readonly<Record<number, string>> = {
  4: 'a transparency mask',
  8: 'CIE L*a*b*',
  9: 'CIE L*a*b* (ICC)',
  10: 'CIE L*a*b* (ITU)',
  32803: 'raw data of a camera',
  34892: 'raw data of a camera',
  32844: 'logarithms of luminance (LogL)',
  32845: 'logarithms of luminance (LogLuv)',
};
