// images/: decodes a file's bytes to upright 8-bit RGB pixels. Only this file and encode.ts (the reverse, for
// small pictures) import sharp.
// Absent: augmentation, floats, labels, writing. Called by dataset/ (the check of every file), views/ (training) and explain/.
import { readFile, stat } from 'node:fs/promises';
import sharp, { type Metadata, type SharpOptions } from 'sharp';
import type { Depth } from '../../shared/contracts/depth.ts';
import { isSystemError } from '../../shared/files/systemError.ts';
import { sixteenBitValues } from '../tensor.ts';
import { decodeBmp, tooLarge } from './formats/bmp.ts';
import { adviceFor, endsEarly } from './formats/complaints.ts';
import { firstPlaneOf } from './formats/firstPlane.ts';
import { fillBeside, smallerFirstFrame } from './formats/gif.ts';
import { type ImageType, imageTypeOf } from './formats/imageType.ts';
import { plainJpegHeader } from './formats/jpegHeader.ts';
import { decodePnm } from './formats/pnm.ts';
import { alphaAmong, isFirstPlaneAlone, type TiffLayout, tiffLayout, tiffProblem } from './formats/tiff.ts';
import { type Raster, type RgbImage, rgbOf } from './samples/raster.ts';
import { type SixteenBits, sixteenBitsOf } from './samples/sampleRange.ts';
import { bytesOf, type Samples } from './samples/samples.ts';
import { decoding } from './turns.ts';

export type { RgbImage } from './samples/raster.ts';

// Images come from anywhere: only the decoders for the promised types may run.
sharp.cache(false);
// Several images are decoded concurrently: threads within one of them would only wait for each other.
sharp.concurrency(1);
sharp.block({ operation: ['VipsForeignLoad'] });
sharp.unblock({
  operation: [
    'VipsForeignLoadJpeg',
    'VipsForeignLoadPng',
    'VipsForeignLoadWebp',
    'VipsForeignLoadNsgif',
    'VipsForeignLoadTiff',
    'VipsForeignLoadHeif', // AVIF: the libraries have no HEVC decoder, and imageType.ts rejects such files
  ],
});

/** Images of more pixels are refused by their header. Pillow's limit against decompression bombs. */
export const limitPixels = 178_956_970;
const limitFileBytes = 1 << 30;

export interface DecodeOptions {
  /**
   * Reduce an image by the largest whole factor that keeps its short side at least this long. A camera's photograph then takes
   * a fraction of the memory, and a view of a quarter of this side or more looks the same.
   */
  readonly maxShortSide?: number;
  /**
   * Number of bits of 16-bit values that carry the picture, for files that do not declare it: 12 for most detectors. 16, the full range,
   * when left out; "own": the fewest bits that hold this image, for viewing it.
   */
  readonly depth?: Depth | 'own';
}

/** Steps from a file to 8-bit RGB. Where torchvision's ImageFolder differs, the check reports it (dataset/checks/traits.ts). */
export const conversions = [
  'animated',
  'sixteenBit',
  'sixteenBitGrey',
  'moreThanEightBits',
  'cmyk',
  'profile',
  'greyProfile',
  'transparent',
  'greyTransparent',
  'extraBands',
  'extraBandsOfGrey',
  'firstPlane',
  'inverted16',
  'smallerFrame',
  'rotated',
] as const;
export type Conversion = (typeof conversions)[number];

/** `complaint`: the decoder's message about an image that is complete all the same. `width`, `height`: upright, before any reduction. */
export interface DecodeReport {
  readonly type: ImageType;
  readonly width: number;
  readonly height: number;
  readonly conversions: readonly Conversion[];
  readonly findings: readonly { readonly kind: 'suspect'; readonly reason: string }[];
  /** null: an 8-bit image. */
  readonly sixteenBits: SixteenBits | null;
}

/** The image cannot be used; `reason` completes "it was left out: ...". */
export class UndecodableImage extends Error {
  readonly reason: string;
  constructor(reason: string, options?: ErrorOptions) {
    super(`The image cannot be decoded: ${reason}.`, options);
    this.name = 'UndecodableImage';
    this.reason = reason;
  }
}

/**
 * Decodes the first frame: EXIF orientation applied, embedded profile and CMYK converted to sRGB, 16 bits scaled to 8 (by `depth`),
 * transparent parts of color images on white; extra bands are ignored.
 *
 * @param source  the file's bytes, or its path
 * @throws UndecodableImage when rows are missing, imageType.ts does not list the type, its samples are of a kind without a known
 *   black and white, or it is too large
 */
export async function decodeImage(
  source: Uint8Array | string,
  options: DecodeOptions = {},
): Promise<DecodeReport & { readonly image: RgbImage }> {
  const { raster, ...report } = await decodeRaster(source, options);
  return { ...report, image: rgbOf(raster) };
}

/** The image as decodeImage() returns it, except that gray images have one channel. */
export async function decodeRaster(
  source: Uint8Array | string,
  options: DecodeOptions = {},
): Promise<DecodeReport & { readonly raster: Raster }> {
  const bytes = typeof source === 'string' ? await readImageFile(source) : source;
  if (bytes.length === 0) throw new UndecodableImage('the file is empty');
  const kind = imageTypeOf(bytes);
  if (!('type' in kind)) throw new UndecodableImage(`the file is ${kind.looksLike}`);
  const { samples, whole, conversions, findings } = await decoders[kind.type](bytes, options);
  const sixteenBits =
    samples.white > 255 && conversions.some((each) => ofSixteenBits.includes(each))
      ? sixteenBitsOf(bytes, kind.type, samples, conversions.includes('inverted16'))
      : null;
  const { raster, transparent } = sixteenBits?.bytesAt(options.depth ?? 16) ?? bytesOf(samples);
  if (transparent) conversions.push(samples.colour === 'grey' ? 'greyTransparent' : 'transparent');
  const target = reducedSize(whole.width, whole.height, options.maxShortSide);
  const isReduced = target === undefined || (samples.width === target.width && samples.height === target.height);
  return {
    type: kind.type,
    ...whole,
    conversions,
    findings: findings.map((reason) => ({ kind: 'suspect', reason })),
    sixteenBits,
    raster: isReduced ? raster : await reduce(raster, target),
  };
}

const ofSixteenBits: readonly Conversion[] = ['sixteenBit', 'sixteenBitGrey'];

/** `whole`: upright size, before a reduction by the decoder. `conversions`, `findings`: lists that the caller owns. */
interface Decoded {
  readonly samples: Samples;
  readonly whole: { readonly width: number; readonly height: number };
  readonly conversions: Conversion[];
  readonly findings: readonly string[];
}

type Decoder = (bytes: Uint8Array, options: DecodeOptions) => Promise<Decoded> | Decoded;

const decoders: Readonly<Record<ImageType, Decoder>> = {
  jpeg: (bytes, options) => decodeBySharp(bytes, 'jpeg', options),
  png: (bytes, options) => decodeBySharp(bytes, 'png', options),
  webp: (bytes, options) => decodeBySharp(bytes, 'webp', options),
  gif: (bytes, options) => decodeBySharp(bytes, 'gif', options),
  tiff: (bytes, options) => decodeBySharp(bytes, 'tiff', options),
  avif: (bytes, options) => decodeBySharp(bytes, 'avif', options),
  bmp: decodeBitmap,
  pnm: decodeAnyMap,
};

/** Reads a whole file, and tries once more if another program held it for a moment. */
export async function readImageFile(
  file: string,
  read: (file: string) => Promise<Uint8Array> = readWithLimit,
): Promise<Uint8Array> {
  try {
    return await read(file);
  } catch (error) {
    if (!isSystemError(error) || !passing.includes(error.code)) throw error;
    return read(file);
  }
}

async function readWithLimit(file: string): Promise<Uint8Array> {
  const entry = await stat(file);
  // Reading a pipe would wait forever, reading a device would never end.
  if (!entry.isFile()) throw new UndecodableImage('it is not a file');
  const { size } = entry;
  if (size > limitFileBytes) throw new UndecodableImage(`the file has ${size} bytes, more than the limit of 1 GiB`);
  return readFile(file);
}

// Errors that another program, a virus scanner or a network disk may cause for a moment.
const passing = ['EBUSY', 'EPERM', 'EACCES', 'EAGAIN', 'EMFILE', 'EIO'];

async function decodeBySharp(file: Uint8Array, type: ImageType, options: DecodeOptions): Promise<Decoded> {
  const stored = type === 'tiff' ? tiffLayout(file) : undefined;
  const problem = stored && tiffProblem(stored);
  if (problem) throw new UndecodableImage(problem);
  const bytes = stored && isFirstPlaneAlone(stored) ? firstPlaneOf(file) : file;
  const layout = bytes === file ? stored : tiffLayout(bytes);
  const header = (type === 'jpeg' && plainHeader(bytes)) || (await readHeader(bytes));
  const { width, height } = header.autoOrient;
  const meaning = meaningOf(header, layout);
  const frame = type === 'gif' ? smallerFirstFrame(bytes) : undefined;
  // Libvips weights colors by opacity while it reduces: right only if the last band is an opacity that counts.
  const reduced =
    meaning.white === 255 && meaning.canReduce && !frame ? reducedSize(width, height, options.maxShortSide) : undefined;
  const decodeOnce = async (input: Uint8Array, failOn: NonNullable<SharpOptions['failOn']>): Promise<Samples> => {
    let pipeline = sharp(input, { ...limits, failOn, autoOrient: true, ignoreIcc: !meaning.profile });
    if (reduced) pipeline = pipeline.resize({ ...reduced, fit: 'fill', kernel: 'linear', fastShrinkOnLoad: false });
    // By default sharp converts 16-bit colors to Display P3 and leaves them there, and does not convert 16-bit grays.
    if (meaning.white > 255 && meaning.profile) pipeline = pipeline.withIccProfile('srgb', { attach: false });
    const { data, info } = await pipeline
      .toColourspace(meaning.space)
      .raw({ depth: meaning.white === 255 ? 'uchar' : 'ushort' })
      .toBuffer({ resolveWithObject: true });
    const expected = reduced ?? { width, height };
    const { channels } = info;
    const colours = meaning.colour === 'grey' ? 1 : 3;
    if (info.width !== expected.width || info.height !== expected.height || channels < colours)
      throw new Error(`${info.width} x ${info.height} x ${channels} pixels were decoded from ${width} x ${height}`);
    const values = meaning.white === 255 ? data : sixteenBitValues(data);
    if (values.length !== info.width * info.height * channels) throw new Error('rows are missing');
    const { colour, white, alpha, extra } = meaning;
    const samples: Samples = {
      ...expected,
      bands: channels,
      data: values,
      white,
      colour,
      ...(alpha !== undefined && { alpha: channels - extra + alpha }),
    };
    if (frame && channels === 3) fillBeside(frame, { ...expected, data });
    return samples;
  };
  const { samples, complaints } = await decodeWithPatience(bytes, type, (input, failOn) =>
    decoded(() => decodeOnce(input, failOn)),
  );
  return {
    samples,
    whole: { width, height },
    conversions: [...conversionsOf(header, meaning, stored), ...(frame ? (['smallerFrame'] as const) : [])],
    findings: complaints,
  };
}

const limits: SharpOptions = { limitInputPixels: limitPixels, limitInputChannels: 64, unlimited: false, pages: 1 };

/** The fields of a header that decoding needs. */
type Header = Pick<
  Metadata,
  'width' | 'height' | 'channels' | 'space' | 'depth' | 'format' | 'hasAlpha' | 'autoOrient'
> &
  Partial<Pick<Metadata, 'icc' | 'pages' | 'orientation' | 'bitsPerSample'>>;

/** The header as readHeader() would return it; undefined if only readHeader() can. */
function plainHeader(bytes: Uint8Array): Header | undefined {
  const plain = plainJpegHeader(bytes);
  if (!plain || plain.width * plain.height > limitPixels) return undefined;
  const { width, height, channels } = plain;
  const space = channels === 1 ? 'b-w' : 'srgb';
  return {
    width,
    height,
    channels,
    space,
    depth: 'uchar',
    format: 'jpeg',
    hasAlpha: false,
    autoOrient: { width, height },
  };
}

async function readHeader(bytes: Uint8Array): Promise<Header> {
  let header: Header;
  try {
    // No pixels are decoded here: the claimed size is checked below, with our message.
    header = await decoded(() => sharp(bytes, { ...limits, limitInputPixels: false }).metadata());
  } catch (error) {
    throw new UndecodableImage(adviceFor(reasonOf(error)), { cause: error });
  }
  const { width, height, channels } = header;
  if (width * height > limitPixels) throw new UndecodableImage(tooLarge(width, height, limitPixels));
  if (width * height * channels > limitPixels * 5)
    throw new UndecodableImage(
      `it has ${width} x ${height} pixels of ${channels} bands: save three of them as RGB, or one as grey`,
    );
  if (!eightOrSixteenBits.includes(header.depth))
    throw new UndecodableImage(`its values are of the type "${header.depth}": save it with 8 or 16 bits`);
  return header;
}

const eightOrSixteenBits = ['uchar', 'ushort'];

/** Interpretation of the decoder's bands. */
interface Meaning {
  readonly space: 'b-w' | 'srgb' | 'grey16' | 'rgb16';
  readonly colour: Samples['colour'];
  readonly white: number;
  /** Index of the opacity among the bands after the colors. */
  readonly alpha: number | undefined;
  /** Number of bands after the colors. */
  readonly extra: number;
  readonly canReduce: boolean;
  /** An embedded profile for colors other than sRGB, which applies to these bands. */
  readonly profile: Profile | undefined;
}

type Profile = 'rgb' | 'grey' | 'cmyk';

function meaningOf(header: Header, layout: TiffLayout | undefined): Meaning {
  const { space, depth, channels, hasAlpha, icc } = header;
  const isGrey = space === 'b-w' || space === 'grey16';
  const isCmyk = space === 'cmyk';
  // Libvips calls any band after the colors opacity: for TIFF only the file's own declaration counts.
  const extra = layout ? Math.max(0, channels - (isCmyk ? 4 : isGrey ? 1 : 3)) : Number(hasAlpha);
  const alpha = layout ? alphaAmong(layout) : hasAlpha ? 0 : undefined;
  const is16 = depth === 'ushort' && !isCmyk;
  return {
    space: isGrey ? (is16 ? 'grey16' : 'b-w') : is16 ? 'rgb16' : 'srgb',
    colour: isGrey ? 'grey' : 'rgb',
    white: is16 ? whiteOf(header) : 255,
    alpha,
    extra,
    canReduce: extra === 0 || (extra === 1 && alpha !== undefined && !isGrey),
    profile: profileOf(icc, isGrey ? 'grey' : isCmyk ? 'cmyk' : 'rgb'),
  };
}

/** 65535; AVIF stores 10 and 12 bits in the upper ones of 16. */
const whiteOf = ({ format, bitsPerSample = 16 }: Header): number =>
  format === 'heif' && bitsPerSample < 16 ? (2 ** bitsPerSample - 1) * 2 ** (16 - bitsPerSample) : 65535;

/**
 * Tries the strictest decoding first, then a lenient one after a complaint: if every row is there the image is kept and flagged;
 * if data ends early it is not, although a lenient decoder would fill the rest with gray and call it an image.
 */
async function decodeWithPatience(
  bytes: Uint8Array,
  type: ImageType,
  decode: (input: Uint8Array, failOn: 'warning' | 'error') => Promise<Samples>,
): Promise<{ readonly samples: Samples; readonly complaints: readonly string[] }> {
  const ended = type !== 'jpeg' || endsLikeJpeg(bytes);
  try {
    const samples = await decode(bytes, 'warning');
    return { samples, complaints: ended ? [] : ['bytes follow its end marker'] };
  } catch (strict) {
    const complaint = reasonOf(strict);
    if (!ended) {
      const samples = await decode(withEndMarker(bytes), 'warning').catch(() => undefined);
      if (samples) return { samples, complaints: ['its end marker is missing'] };
    }
    if (endsEarly.test(complaint)) throw new UndecodableImage(adviceFor(complaint), { cause: strict });
    try {
      return { samples: await decode(bytes, 'error'), complaints: [`the decoder complains: ${complaint}`] };
    } catch (lenient) {
      throw new UndecodableImage(adviceFor(reasonOf(lenient)), { cause: lenient });
    }
  }
}

/**
 * The result, or the error that belongs to this image. libvips has one error buffer per process and clears it after every
 * image: images decoded concurrently lose their reason or get another's, and whether an image is kept depends on it. So an image
 * that fails is decoded once more alone; other threads may decode too, so the attempts continue until two give the same reason.
 */
function decoded<T>(attempt: () => Promise<T>): Promise<T> {
  return decoding.shared(attempt).catch(() =>
    decoding.alone(async () => {
      const reasons = new Set<string>();
      for (let attempts = 1; ; attempts++) {
        try {
          return await attempt();
        } catch (error) {
          const reason = reasonOf(error);
          if (reasons.has(reason) || attempts === mostAttempts) throw error;
          if (reason !== noReason) reasons.add(reason); // another thread may have cleared it
        }
      }
    }),
  );
}

const mostAttempts = 8;
const noReason = 'no reason given';

function endsLikeJpeg(bytes: Uint8Array): boolean {
  let end = bytes.length;
  while (end > 2 && bytes[end - 1] === 0) end--; // cameras pad with zeros
  return bytes[end - 2] === 0xff && bytes[end - 1] === 0xd9;
}

function withEndMarker(bytes: Uint8Array): Uint8Array {
  const out = new Uint8Array(bytes.length + 2);
  out.set(bytes);
  out.set([0xff, 0xd9], bytes.length);
  return out;
}

/** The decoder's message on one line, without the names of its functions. */
function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const lines = text
    .split('\n')
    .map((line) => line.replace(/^(?:Input buffer has corrupt header: )?(?:[A-Za-z0-9_]+: )*/, '').trim())
    .filter((line) => line !== '');
  return [...new Set(lines)].join('; ').slice(0, 200) || noReason;
}

/**
 * Kind of an embedded profile that changes colors: it matches the image's color space (bytes 16 to 19) and, by its description in Latin
 * or UTF-16, is not sRGB, since converting sRGB to sRGB changes nothing and takes longer than decoding.
 */
function profileOf(profile: Buffer | undefined, kind: Profile): Profile | undefined {
  if (profile?.toString('latin1', 16, 20) !== profileSpace[kind]) return undefined;
  return kind === 'rgb' && /sRGB/i.test(profile.toString('latin1').replaceAll('\0', '')) ? undefined : kind;
}

const profileSpace: Readonly<Record<Profile, string>> = { rgb: 'RGB ', grey: 'GRAY', cmyk: 'CMYK' };

function conversionsOf(
  { pages, depth, space, orientation, format }: Header,
  { colour, profile }: Meaning,
  layout: TiffLayout | undefined,
): Conversion[] {
  const found: Conversion[] = [];
  if ((pages ?? 1) > 1) found.push('animated');
  if (depth === 'ushort')
    found.push(format === 'heif' ? 'moreThanEightBits' : colour === 'grey' ? 'sixteenBitGrey' : 'sixteenBit');
  if (space === 'cmyk') found.push('cmyk');
  if (profile === 'rgb') found.push('profile');
  if (profile === 'grey') found.push('greyProfile');
  if (layout && layout.extraSamples.length > (alphaAmong(layout) === undefined ? 0 : 1))
    found.push(colour === 'grey' ? 'extraBandsOfGrey' : 'extraBands');
  if (layout && isFirstPlaneAlone(layout)) found.push('firstPlane');
  if (layout?.photometric === 0 && depth === 'ushort') found.push('inverted16');
  if ((orientation ?? 1) > 1) found.push('rotated');
  return found;
}

function decodeBitmap(bytes: Uint8Array): Decoded {
  const { width, height, data } = inOurWords(() => decodeBmp(bytes, limitPixels));
  const samples: Samples = { width, height, bands: 3, data, white: 255, colour: 'rgb' };
  return { samples, whole: { width, height }, conversions: [], findings: [] };
}

function decodeAnyMap(bytes: Uint8Array): Decoded {
  const { samples, hasMore, complaints } = inOurWords(() => decodePnm(bytes, limitPixels));
  const { width, height, white, colour } = samples;
  const conversions: Conversion[] = [];
  if (hasMore) conversions.push('animated');
  if (white > 255) conversions.push(colour === 'grey' ? 'sixteenBitGrey' : 'sixteenBit');
  return { samples, whole: { width, height }, conversions, findings: complaints };
}

/** Reasons of our own decoders are already worded for users. */
function inOurWords<T>(decode: () => T): T {
  try {
    return decode();
  } catch (error) {
    if (error instanceof Error) throw new UndecodableImage(error.message, { cause: error });
    throw error;
  }
}

async function reduce(
  { width, height, channels, data }: Raster,
  size: { readonly width: number; readonly height: number },
): Promise<Raster> {
  const reduced = await decoding.shared(() =>
    sharp(data, { raw: { width, height, channels } })
      .resize({ ...size, fit: 'fill', kernel: 'linear' })
      .toColourspace(channels === 1 ? 'b-w' : 'srgb')
      .raw()
      .toBuffer(),
  );
  return { ...size, channels, data: reduced };
}

/** Size after division by a whole number >= 2 that keeps the short side at `maxShortSide` or more; undefined: no reduction. */
export function reducedSize(
  width: number,
  height: number,
  maxShortSide: number | undefined,
): { readonly width: number; readonly height: number } | undefined {
  const factor = maxShortSide === undefined ? 1 : Math.floor(Math.min(width, height) / maxShortSide);
  if (factor < 2) return undefined;
  return { width: Math.round(width / factor), height: Math.round(height / factor) };
}
