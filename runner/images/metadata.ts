// Texts in a file beside its pixels: EXIF, XMP, IPTC, comments and text chunks of JPEG, PNG, WebP, AVIF, GIF, TIFF and portable
// any-maps, by field name. The input may be any bytes: parts that do not parse are skipped, and only little is read.
import { inflateSync } from 'node:zlib';
import { imageTypeOf } from './formats/imageType.ts';
import { entriesAt, firstFolderAt, openTiff, type TiffFile } from './tiffFolder.ts';

export interface MetadataText {
  /** Field name such as "EXIF Artist", "PNG Author", "XMP PatientName". */
  readonly field: string;
  readonly text: string;
}

export interface ImageMetadata {
  readonly texts: readonly MetadataText[];
  /** True if there is a GPS position. */
  readonly hasPosition: boolean;
}

const mostTexts = 200;
const mostCharacters = 4000;

/** Never throws. */
export function metadataOf(bytes: Uint8Array): ImageMetadata {
  const found = new Found();
  const kind = imageTypeOf(bytes);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    if (!('type' in kind)) return found;
    if (kind.type === 'jpeg') readJpeg(view, found);
    else if (kind.type === 'png') readPng(view, found);
    else if (kind.type === 'webp') readWebp(view, found);
    else if (kind.type === 'gif') readGif(view, found);
    else if (kind.type === 'tiff') readTiff(view, found);
    else if (kind.type === 'avif') readAvif(view, found);
    else if (kind.type === 'pnm') readPnm(view, found);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error; // a length that points outside the file: everything before it counts
  }
  return found;
}

class Found implements ImageMetadata {
  readonly texts: MetadataText[] = [];
  hasPosition = false;

  add(field: string, text: string): void {
    const plain = text.replaceAll('\0', ' ').trim().slice(0, mostCharacters);
    if (plain !== '' && this.texts.length < mostTexts) this.texts.push({ field, text: plain });
  }
}

/** @throws RangeError beyond the end */
function part(view: DataView, offset: number, length: number): DataView {
  return new DataView(view.buffer, view.byteOffset + offset, length);
}
const bytesOf = (view: DataView): Uint8Array => new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
const latin1 = (view: DataView): string => Buffer.from(bytesOf(view)).toString('latin1');
/** UTF-8, or Latin-1 if the bytes are not valid UTF-8. */
function textOf(view: DataView): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytesOf(view));
  } catch {
    return latin1(view);
  }
}

function readJpeg(view: DataView, found: Found): void {
  for (let at = 2; view.getUint8(at) === 0xff; ) {
    const marker = view.getUint8(at + 1);
    if (marker === 0xda || marker === 0xd9) return; // pixels begin
    const length = view.getUint16(at + 2);
    if (length < 2) return;
    const body = part(view, at + 4, length - 2);
    if (marker === 0xfe) found.add('JPEG comment', textOf(body));
    else if (marker === 0xe1) readApp1(body, found);
    else if (marker === 0xed) readIptc(body, found);
    at += 2 + length;
  }
}

function readApp1(body: DataView, found: Found): void {
  const head = latin1(part(body, 0, Math.min(40, body.byteLength)));
  if (head.startsWith('Exif\0\0')) guarded(() => readTiff(part(body, 6, body.byteLength - 6), found));
  else if (head.startsWith('http://ns.adobe.com/xap/1.0/\0'))
    readXmp(textOf(part(body, 29, body.byteLength - 29)), found);
}

function readPng(view: DataView, found: Found): void {
  for (let at = 8; at + 12 <= view.byteLength; ) {
    const length = view.getUint32(at);
    const type = latin1(part(view, at + 4, 4));
    if (type === 'IEND') return;
    if (['tEXt', 'zTXt', 'iTXt', 'eXIf'].includes(type)) {
      const body = part(view, at + 8, length);
      if (type === 'eXIf') guarded(() => readTiff(body, found));
      else readPngText(type, body, found);
    }
    at += 12 + length;
  }
}

function readPngText(type: string, body: DataView, found: Found): void {
  const keywordLength = bytesOf(body).indexOf(0);
  if (keywordLength < 1) return;
  const keyword = latin1(part(body, 0, keywordLength));
  const rest = (from: number) => part(body, from, body.byteLength - from);
  let text: string | undefined;
  if (type === 'tEXt') text = textOf(rest(keywordLength + 1));
  else if (type === 'zTXt') text = inflated(rest(keywordLength + 2));
  else {
    // compression flag and method, language and translated keyword, each ended by a zero
    const isCompressed = body.getUint8(keywordLength + 1) === 1;
    const language = bytesOf(body).indexOf(0, keywordLength + 3);
    const translated = language < 0 ? -1 : bytesOf(body).indexOf(0, language + 1);
    if (translated >= 0) text = isCompressed ? inflated(rest(translated + 1)) : textOf(rest(translated + 1));
  }
  if (text === undefined) return;
  if (keyword === 'XML:com.adobe.xmp') readXmp(text, found);
  else found.add(`PNG ${keyword}`, text);
}

function inflated(view: DataView): string | undefined {
  try {
    return inflateSync(bytesOf(view), { maxOutputLength: 1 << 20 }).toString('utf8');
  } catch {
    return undefined; // damaged, or longer than any text written by people
  }
}

function readWebp(view: DataView, found: Found): void {
  for (let at = 12; at + 8 <= view.byteLength; ) {
    const type = latin1(part(view, at, 4));
    const length = view.getUint32(at + 4, true);
    if (type === 'EXIF' || type === 'XMP ') {
      const body = part(view, at + 8, length);
      const skipped = latin1(part(body, 0, Math.min(6, length))) === 'Exif\0\0' ? 6 : 0;
      if (type === 'EXIF') guarded(() => readTiff(part(body, skipped, length - skipped), found));
      else readXmp(textOf(body), found);
    }
    at += 8 + length + (length % 2);
  }
}

/** EXIF and XMP are items anywhere in the file, located by a table of boxes: recognizing them by their own first bytes needs no table. */
function readAvif(view: DataView, found: Found): void {
  const text = latin1(view);
  const exif = /Exif\0\0(?=II\*\0|MM\0\*)|\0{4}(?=II\*\0|MM\0\*)/.exec(text);
  if (exif) {
    const at = exif.index + exif[0].length;
    guarded(() => readTiff(part(view, at, view.byteLength - at), found));
  }
  const xmp = text.indexOf('<x:xmpmeta');
  const end = text.indexOf('</x:xmpmeta>', xmp);
  if (xmp >= 0 && end > xmp) readXmp(textOf(part(view, xmp, end - xmp)), found);
}

/** Comments may be anywhere before the third number (PBM: the second), which ends the header. */
function readPnm(view: DataView, found: Found): void {
  const head = Buffer.from(bytesOf(part(view, 0, Math.min(view.byteLength, 1 << 16)))).toString('utf8');
  const token = /\s+|#([^\r\n]*)|\d+/y;
  token.lastIndex = 2;
  for (let numbers = head[1] === '1' || head[1] === '4' ? 2 : 3; numbers > 0; ) {
    const match = token.exec(head);
    if (!match) return;
    if (match[1] !== undefined) found.add('PNM comment', match[1]);
    else if (/\d/.test(match[0])) numbers--;
  }
}

/** Comments are located before the pixels or between frames: searched for in the first part of the file. */
function readGif(view: DataView, found: Found): void {
  const bytes = bytesOf(part(view, 0, Math.min(view.byteLength, 1 << 20)));
  for (let at = bytes.indexOf(0x21); at >= 0; at = bytes.indexOf(0x21, at + 1)) {
    if (bytes[at + 1] !== 0xfe) continue;
    const length = bytes[at + 2] ?? 0;
    // Within pixels the two bytes are a coincidence; a real text is printable and ends with a zero or continues.
    const text = latin1(part(view, at + 3, Math.min(length, bytes.length - at - 3)));
    if (length > 3 && /^[\x20-\x7e\r\n\t]+$/.test(text)) found.add('GIF comment', text);
  }
}

/** IPTC-IIM in Photoshop's resource block: 0x1c, record 2, data set, length, text. */
function readIptc(body: DataView, found: Found): void {
  const names: Readonly<Record<number, string>> = {
    80: 'By-line',
    116: 'Copyright',
    120: 'Caption',
    122: 'Writer',
    118: 'Contact',
  };
  const bytes = bytesOf(body);
  for (let at = bytes.indexOf(0x1c); at >= 0 && at + 5 <= bytes.length; at = bytes.indexOf(0x1c, at + 1)) {
    const name = bytes[at + 1] === 2 ? names[bytes[at + 2]!] : undefined;
    const length = body.getUint16(at + 3);
    if (name !== undefined && length > 0 && at + 5 + length <= bytes.length)
      found.add(`IPTC ${name}`, textOf(part(body, at + 5, length)));
  }
}

const tags: Readonly<Record<number, string>> = {
  270: 'ImageDescription',
  315: 'Artist',
  37510: 'UserComment',
  40091: 'XPTitle',
  40092: 'XPComment',
  40093: 'XPAuthor',
  40095: 'XPSubject',
  42032: 'CameraOwnerName',
};
const exifFolder = 0x8769;
const gpsFolder = 0x8825;

/** A TIFF file, or an EXIF block in another file: the first directory, EXIF's, and that of GPS. EXIF has no BigTIFF variant. */
function readTiff(view: DataView, found: Found): void {
  const file = openTiff(view);
  if (file && !file.isBig) readFolder(file, firstFolderAt(file), found, 0);
}

function readFolder(file: TiffFile, at: number, found: Found, depth: number): void {
  for (const entry of entriesAt(file, at, 500)) {
    const { tag } = entry;
    if (tag === exifFolder && depth === 0) guarded(() => readFolder(file, entry.offset(), found, 1));
    else if (tag === gpsFolder) guarded(() => readPosition(file, entry.offset(), found));
    else if (tags[tag] !== undefined && byteTypes.includes(entry.type())) {
      const length = entry.count();
      if (length === 0 || length > 1 << 16) continue;
      const value = guarded(() => part(file.view, entry.valuesAt(1), length));
      if (value) found.add(`EXIF ${tags[tag]}`, exifText(tag, value));
    }
  }
}

/** Bytes, ASCII, and undefined. */
const byteTypes: readonly number[] = [1, 2, 7];

const latitude = 2;

/** Cameras without a fix write an empty folder. */
function readPosition(file: TiffFile, at: number, found: Found): void {
  for (const { tag } of entriesAt(file, at, 100)) if (tag === latitude) found.hasPosition = true;
}

/** Windows' tags are UTF-16; a user comment begins with eight bytes that name its encoding. */
function exifText(tag: number, value: DataView): string {
  if (tag >= 0x9c9b && tag <= 0x9c9f) return new TextDecoder('utf-16le').decode(bytesOf(value));
  if (tag !== 0x9286) return textOf(value);
  const letters = latin1(part(value, 0, Math.min(8, value.byteLength)));
  const rest = part(value, letters.length, value.byteLength - letters.length);
  return letters.startsWith('UNICODE') ? new TextDecoder('utf-16le').decode(bytesOf(rest)) : textOf(rest);
}

const xmpNames = [
  'creator',
  'PersonInImage',
  'description',
  'PatientName',
  'PatientID',
  'PatientDOB',
  'PatientBirthDate',
  'PatientSex',
  'ReferringPhysician',
  'OwnerName',
];

/** Elements and attributes with these names, whatever their prefix. */
function readXmp(xml: string, found: Found): void {
  const text = xml.slice(0, 1 << 18);
  for (const name of xmpNames) {
    for (const [, inner] of text.matchAll(
      new RegExp(`<[\\w-]{1,40}:${name}(?:\\s[^>]{0,200})?>([^]{0,2000}?)</[\\w-]{1,40}:${name}>`, 'g'),
    ))
      found.add(`XMP ${name}`, inner!.replace(/<[^>]{0,400}>/g, ' ').replace(/\s+/g, ' '));
    for (const [, value] of text.matchAll(new RegExp(`\\s[\\w-]{1,40}:${name}="([^"]{0,2000})"`, 'g')))
      found.add(`XMP ${name}`, value!);
  }
}

/** Reads a part; if it points outside the file, the other parts still count. */
function guarded<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
