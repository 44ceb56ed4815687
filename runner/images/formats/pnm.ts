// Portable any-maps (.pbm, .pgm, .ppm, .pnm), which sharp's libraries do not read: mammograms of old collections are .pgm.
// P1 to P3 are text, P4 to P6 binary; PBM has one bit per pixel (1 is black), PGM gray, PPM red, green and blue.
// https://netpbm.sourceforge.net/doc/pgm.html and its sibling pages.

import type { Samples } from '../samples/samples.ts';
import { tooLarge } from './bmp.ts';

export interface DecodedPnm {
  readonly samples: Samples;
  /** True if another image follows in the file. */
  readonly hasMore: boolean;
  readonly complaints: readonly string[];
}

/**
 * The first image of the file; 16-bit values are big-endian.
 *
 * @throws Error with a reason for users
 */
export function decodePnm(bytes: Uint8Array, limitPixels: number): DecodedPnm {
  const reader = new Reader(bytes);
  const magic = reader.digit();
  const isBits = magic === 1 || magic === 4;
  const isText = magic <= 3;
  const colour = magic === 3 || magic === 6 ? 'rgb' : 'grey';
  const [width, height] = [reader.header(), reader.header()];
  const white = isBits ? 1 : reader.header();
  if (width === 0 || height === 0) throw new Error(`its size is ${width} x ${height}`);
  if (width * height > limitPixels) throw new Error(tooLarge(width, height, limitPixels));
  if (white < 1 || white > 65535) throw new Error(`its declared maximum is ${white}: 1 to 65535 is allowed`);
  const bands = colour === 'rgb' ? 3 : 1;
  const count = width * height * bands;
  // A value takes at least a byte, except for the bits of P4: memory is allocated only for as many values as the file can contain.
  const least = magic === 4 ? Math.ceil(width / 8) * height : isText || white < 256 ? count : count * 2;
  if (!isText) reader.skipOneBlank(least);
  if (reader.left < least) throw new Error(`its data ends early: ${reader.left} bytes of pixels, ${least} expected`);
  const data = isText
    ? reader.numbers(count, white, isBits)
    : magic === 4
      ? reader.packedBits(width, height)
      : white < 256
        ? reader.bytes(count)
        : reader.words(count);
  if (isBits) for (let i = 0; i < count; i++) data[i] = 1 - data[i]!;
  const above = data.some((value) => value > white);
  const rest = reader.rest();
  const hasMore = rest === 'image';
  return {
    samples: { width, height, bands, data, white, colour },
    hasMore,
    complaints: [
      ...(above ? [`values above ${white}, its declared maximum, count as white`] : []),
      ...(rest === 'bytes' ? ['bytes follow its pixels'] : []),
    ],
  };
}

const isBlank = (byte: number | undefined): boolean => byte !== undefined && (byte === 32 || (byte >= 9 && byte <= 13));
const isDigit = (byte: number | undefined): boolean => byte !== undefined && byte >= 48 && byte <= 57;
const hash = 35;
const newlines = [10, 13];

class Reader {
  private at = 1; // after the P
  private readonly source: Uint8Array;
  constructor(source: Uint8Array) {
    this.source = source;
  }

  get left(): number {
    return this.source.length - this.at;
  }

  digit(): number {
    return this.source[this.at++]! - 48;
  }

  /** A whole number, after blanks and comments. */
  header(): number {
    this.skipBlanks();
    if (!isDigit(this.source[this.at])) throw new Error('its header is damaged or cut off');
    return this.number();
  }

  private number(): number {
    let value = 0;
    while (isDigit(this.source[this.at])) value = Math.min(value * 10 + this.source[this.at++]! - 48, 2 ** 31);
    return value;
  }

  private skipBlanks(): void {
    for (;;) {
      if (isBlank(this.source[this.at])) this.at++;
      else if (this.source[this.at] === hash) this.skipLine();
      else return;
    }
  }

  /**
   * Skips the single blank that ends the header. Editors on Windows turn it into CR and LF, but LF may also be the first pixel: it counts
   * as a pixel if the header has other line ends, or if the pixels would otherwise be one byte short.
   */
  skipOneBlank(pixelBytes: number): void {
    while (this.source[this.at] === hash) this.skipLine();
    if (!isBlank(this.source[this.at])) throw new Error('its header is damaged or cut off');
    this.at++;
    const isCrlf = this.source[this.at - 1] === 13 && this.source[this.at] === 10;
    if (isCrlf && this.left > pixelBytes && this.headerHasOnlyCrlf()) this.at++;
  }

  private skipLine(): void {
    while (this.at < this.source.length && !newlines.includes(this.source[this.at]!)) this.at++;
  }

  private headerHasOnlyCrlf(): boolean {
    const header = Buffer.from(this.source.subarray(0, this.at - 1)).toString('latin1');
    return header.includes('\r\n') && !/\r(?!\n)|(?<!\r)\n/.test(header);
  }

  bytes(count: number): Uint8Array {
    return this.source.slice(this.at, (this.at += count));
  }

  words(count: number): Uint16Array {
    const out = new Uint16Array(count);
    for (let i = 0; i < count; i++, this.at += 2) out[i] = (this.source[this.at]! << 8) | this.source[this.at + 1]!;
    return out;
  }

  packedBits(width: number, height: number): Uint8Array {
    const out = new Uint8Array(width * height);
    const stride = Math.ceil(width / 8);
    for (let y = 0, to = 0; y < height; y++)
      for (let x = 0; x < width; x++, to++)
        out[to] = (this.source[this.at + y * stride + (x >> 3)]! >> (7 - (x & 7))) & 1;
    this.at += stride * height;
    return out;
  }

  /** Bits may follow one another without blanks. */
  numbers(count: number, white: number, isBits: boolean): Uint8Array | Uint16Array {
    const out = white < 256 ? new Uint8Array(count) : new Uint16Array(count);
    for (let i = 0; i < count; i++) {
      this.skipBlanks();
      if (!isDigit(this.source[this.at]))
        throw new Error(
          this.left <= 0 ? `its data ends early: ${i} of ${count} values` : `it has no number where value ${i} belongs`,
        );
      const value = isBits ? this.digitOf(this.at++) : this.number();
      if (isBits && value > 1) throw new Error(`its bit ${i} is ${value}`);
      if (value > (white < 256 ? 255 : 65535))
        throw new Error(`its value ${value} is above ${white}, its declared maximum`);
      out[i] = value;
    }
    return out;
  }

  private digitOf(at: number): number {
    return this.source[at]! - 48;
  }

  rest(): 'nothing' | 'image' | 'bytes' {
    let at = this.at;
    while (isBlank(this.source[at]) || this.source[at] === 0) at++;
    if (at >= this.source.length) return 'nothing';
    return this.source[at] === 80 && isDigit(this.source[at + 1]) ? 'image' : 'bytes';
  }
}
