// images/: from a file's bytes to upright 8-bit RGB pixels. Only this file and encode.ts (its way back, for
// small pictures) import sharp.
// Absent: augmentation, floats, labels, writing. Called by dataset/ (the check of every file), views/ (training) and explain/.
import { readFile, stat } from 'node:fs/promises';
import sharp, { type Metadata, type SharpOptions } from 'sharp';
import { isSystemError } from '../systemError.ts';
import { decodeBmp, tooLarge } from './bmp.ts';
import { type ImageType, imageTypeOf } from './imageType.ts';
import { layOnWhite, type Raster, type RgbImage, rasterOf, rgbOf } from './raster.ts';

export type { RgbImage } from './raster.ts';

// Images come from anywhere: only the decoders for the types we promise may run.
sharp.cache(false);
sharp.block({ operation: ['VipsForeignLoad'] });
sharp.unblock({
  operation: [
    'VipsForeignLoadJpeg',
    'VipsForeignLoadPng',
    'VipsForeignLoadWebp',
    'VipsForeignLoadNsgif',
    'VipsForeignLoadTiff',
  ],
});

/** Images of more pixels are refused, by their header. Pillow's limit against decompression bombs. */
export const limitPixels = 178_956_970;
const limitFileBytes = 1 << 30;

export interface DecodeOptions {
  /**
   * Reduce an image by the largest whole factor that leaves its short side at least this long. A photograph from a camera then takes
   * a fraction of the memory, and a view of a quarter of this side or more is the same to the eye.
   */
  readonly maxShortSide?: number;
}

/** What was done to make 8-bit RGB of it. */
export const conversions = ['animated', 'sixteenBit', 'cmyk', 'transparent', 'rotated'] as const;
export type Conversion = (typeof conversions)[number];

/** `complaint`: the decoder had one, yet every row is there. `width`, `height`: upright, before any reduction. */
export interface DecodeReport {
  readonly type: ImageType;
  readonly width: number;
  readonly height: number;
  readonly conversions: readonly Conversion[];
  readonly findings: readonly { readonly kind: 'suspect'; readonly reason: string }[];
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
 * Decodes the first frame: EXIF orientation applied, embedded profile and CMYK converted to sRGB, 16 bits scaled to 8 (never clipped),
 * transparent parts laid on white.
 *
 * @param source  the file's bytes, or its path
 * @throws UndecodableImage when rows are missing, the type is not one of JPEG, PNG, WebP, GIF, BMP, TIFF, or it is too large
 */
export async function decodeImage(
  source: Uint8Array | string,
  options: DecodeOptions = {},
): Promise<DecodeReport & { readonly image: RgbImage }> {
  const { raster, ...report } = await decodeRaster(source, options);
  return { ...report, image: rgbOf(raster) };
}

/** As decodeImage, grey images with one channel. */
export async function decodeRaster(
  source: Uint8Array | string,
  options: DecodeOptions = {},
): Promise<DecodeReport & { readonly raster: Raster }> {
  const bytes = typeof source === 'string' ? await readImageFile(source) : source;
  if (bytes.length === 0) throw new UndecodableImage('the file is empty');
  const kind = imageTypeOf(bytes);
  if (!('type' in kind)) throw new UndecodableImage(`the file is ${kind.looksLike}`);
  return kind.type === 'bmp' ? decodeBitmap(bytes, options) : decodeBySharp(bytes, kind.type, options);
}

/** Reads a whole file, a second time if another program held it for a moment. */
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
  const { size } = await stat(file);
  if (size > limitFileBytes) throw new UndecodableImage(`the file has ${size} bytes, more than 1 GiB are not read`);
  return readFile(file);
}

// What another program, a virus scanner or a network disk may cause for a moment.
const passing = ['EBUSY', 'EPERM', 'EACCES', 'EAGAIN', 'EMFILE', 'EIO'];

interface Pixels {
  readonly raster: Raster;
  /** Some pixel was not opaque. */
  readonly transparent: boolean;
}

async function decodeBySharp(
  bytes: Uint8Array,
  type: ImageType,
  options: DecodeOptions,
): Promise<DecodeReport & { readonly raster: Raster }> {
  const header = await readHeader(bytes);
  const { width, height } = header.autoOrient;
  const reduced = reducedSize(width, height, options.maxShortSide);
  const decode = async (input: Uint8Array, failOn: NonNullable<SharpOptions['failOn']>): Promise<Pixels> => {
    let pipeline = sharp(input, { ...limits, failOn, autoOrient: true, ignoreIcc: isSrgbProfile(header.icc) });
    if (reduced) pipeline = pipeline.resize({ ...reduced, fit: 'fill', kernel: 'linear', fastShrinkOnLoad: false });
    const grey = (header.space === 'b-w' || header.space === 'grey16') && header.icc === undefined && !header.hasAlpha;
    const { data, info } = await pipeline
      .toColourspace(grey ? 'b-w' : 'srgb')
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    const expected = reduced ?? { width, height };
    const { channels } = info;
    if (info.width !== expected.width || info.height !== expected.height || channels === 2)
      throw new Error(`${info.width} x ${info.height} x ${channels} pixels came out of ${width} x ${height}`);
    if (data.length !== info.width * info.height * channels) throw new Error('rows are missing');
    if (channels === 1) return { raster: { ...expected, channels, data }, transparent: false };
    if (channels === 3) return { raster: rasterOf({ ...expected, data }), transparent: false };
    const { data: flat, transparent } = layOnWhite(data);
    return { raster: rasterOf({ ...expected, data: flat }), transparent };
  };
  const { raster, transparent, complaints } = await decodeWithPatience(bytes, type, decode);
  return {
    raster,
    type,
    width,
    height,
    conversions: conversionsOf(header, transparent),
    findings: complaints.map((reason) => ({ kind: 'suspect', reason })),
  };
}

const limits: SharpOptions = { limitInputPixels: limitPixels, limitInputChannels: 5, unlimited: false, pages: 1 };

async function readHeader(bytes: Uint8Array): Promise<Metadata> {
  let header: Metadata;
  try {
    // No pixels are decoded here: the claimed size is judged below, in our words.
    header = await sharp(bytes, { ...limits, limitInputPixels: false }).metadata();
  } catch (error) {
    throw new UndecodableImage(reasonOf(error), { cause: error });
  }
  const { width, height } = header;
  if (width * height > limitPixels) throw new UndecodableImage(tooLarge(width, height, limitPixels));
  if (!eightOrSixteenBits.includes(header.depth))
    throw new UndecodableImage(`its values are of the type "${header.depth}": save it with 8 or 16 bits`);
  return header;
}

const eightOrSixteenBits = ['uchar', 'ushort'];

/**
 * The strictest decoding first. A decoder that complains is heard again: when every row is there the image is kept and flagged;
 * when data ends early it is not, although a lenient decoder would fill the rest with grey and call it an image.
 */
async function decodeWithPatience(
  bytes: Uint8Array,
  type: ImageType,
  decode: (input: Uint8Array, failOn: 'warning' | 'error') => Promise<Pixels>,
): Promise<Pixels & { readonly complaints: readonly string[] }> {
  const ended = type !== 'jpeg' || endsLikeJpeg(bytes);
  try {
    const pixels = await decode(bytes, 'warning');
    return { ...pixels, complaints: ended ? [] : ['bytes follow its end marker'] };
  } catch (strict) {
    const complaint = reasonOf(strict);
    if (!ended) {
      const pixels = await decode(withEndMarker(bytes), 'warning').catch(() => undefined);
      if (pixels) return { ...pixels, complaints: ['its end marker is missing'] };
    }
    if (endsEarly.test(complaint)) throw new UndecodableImage(complaint, { cause: strict });
    try {
      return { ...(await decode(bytes, 'error')), complaints: [`the decoder complains: ${complaint}`] };
    } catch (lenient) {
      throw new UndecodableImage(reasonOf(lenient), { cause: lenient });
    }
  }
}

const endsEarly =
  /premature end|truncat|end of (?:file|stream|data|image)|unexpected eof|rows are missing|too (?:few|short)/i;

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

/** The decoder's own words, on one line, without its call names. */
function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const lines = text
    .split('\n')
    .map((line) => line.replace(/^(?:Input buffer has corrupt header: )?(?:[A-Za-z0-9_]+: )*/, '').trim())
    .filter((line) => line !== '');
  return [...new Set(lines)].join('; ').slice(0, 200) || 'no reason given';
}

/**
 * By the profile's colour space (bytes 16 to 19) and its description, Latin or UTF-16. Converting sRGB to sRGB changes nothing and takes
 * longer than decoding.
 */
function isSrgbProfile(profile: Buffer | undefined): boolean {
  if (profile?.toString('latin1', 16, 20) !== 'RGB ') return false;
  return /sRGB/i.test(profile.toString('latin1').replaceAll('\0', ''));
}

function conversionsOf({ pages, depth, space, orientation }: Metadata, transparent: boolean): Conversion[] {
  const found: Conversion[] = [];
  if ((pages ?? 1) > 1) found.push('animated');
  if (depth === 'ushort') found.push('sixteenBit');
  if (space === 'cmyk') found.push('cmyk');
  if (transparent) found.push('transparent');
  if ((orientation ?? 1) > 1) found.push('rotated');
  return found;
}

function decodeBitmap(bytes: Uint8Array, { maxShortSide }: DecodeOptions) {
  let image: RgbImage;
  try {
    image = decodeBmp(bytes, limitPixels);
  } catch (error) {
    if (error instanceof Error) throw new UndecodableImage(error.message, { cause: error });
    throw error;
  }
  const { width, height } = image;
  const report = { type: 'bmp', width, height, conversions: [], findings: [] } as const;
  const reduced = reducedSize(width, height, maxShortSide);
  if (!reduced) return Promise.resolve({ ...report, raster: rasterOf(image) });
  return sharp(image.data, { raw: { width, height, channels: 3 } })
    .resize({ ...reduced, fit: 'fill', kernel: 'linear' })
    .raw()
    .toBuffer()
    .then((data) => ({ ...report, raster: rasterOf({ ...reduced, data }) }));
}

/** The size after division by a whole number >= 2 that keeps the short side at `maxShortSide` or more; undefined: as it is. */
export function reducedSize(
  width: number,
  height: number,
  maxShortSide: number | undefined,
): { readonly width: number; readonly height: number } | undefined {
  const factor = maxShortSide === undefined ? 1 : Math.floor(Math.min(width, height) / maxShortSide);
  if (factor < 2) return undefined;
  return { width: Math.round(width / factor), height: Math.round(height / factor) };
}
