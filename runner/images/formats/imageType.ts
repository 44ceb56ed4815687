// The type of a file by its first bytes, because extensions may be wrong (a web page saved as .jpg).

import { reasonDicom } from '../../../shared/dataset/imageNames.ts';

export type ImageType = 'jpeg' | 'png' | 'webp' | 'gif' | 'bmp' | 'tiff' | 'pnm' | 'avif';

/** `type` when the bytes begin like a type that we read; else a description of what they look like. */
export function imageTypeOf(bytes: Uint8Array): { readonly type: ImageType } | { readonly looksLike: string } {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 160)).toString('latin1');
  for (const [type, signature] of signatures) if (signature.test(head)) return { type };
  for (const [words, signature] of others) if (signature.test(head)) return { looksLike: words };
  return { looksLike: 'not an image' };
}

const signatures: readonly (readonly [ImageType, RegExp])[] = [
  ['jpeg', /^\xff\xd8\xff/],
  ['png', /^\x89PNG\r\n/],
  ['webp', /^RIFF[\s\S]{4}WEBP/],
  ['gif', /^GIF8[79]a/],
  ['bmp', /^BM[\s\S]{12}/],
  ['tiff', /^(?:II[*+]\0|MM\0[*+])/],
  ['pnm', /^P[1-6][\s#]/],
  // The major brand, or one of the compatible brands.
  ['avif', /^\0\0\0[\s\S]ftyp(?:avif|(?:mif1|miaf)[\s\S]{4}(?:[\s\S]{4}){0,8}?avif)/],
];

const others: readonly (readonly [string, RegExp])[] = [
  ['a web page', /^\s*(?:<!doctype html|<html)/i],
  ['an SVG drawing', /^\s*(?:<\?xml[\s\S]*)?<svg/i],
  ['an AVIF sequence, which is not read: save a frame of it as PNG or AVIF', /^[\s\S]{4}ftypavis/],
  ['a HEIC image, which is not read: convert it to JPEG or PNG', /^[\s\S]{4}ftyp(?:hei|hev|mif|msf)/],
  [reasonDicom, /^[\s\S]{128}DICM/],
  ['a JPEG 2000 image, which is not read: convert it to PNG', /^(?:\0\0\0\fjP {2}|\xff\x4f\xff\x51)/],
  ['a JPEG XL image, which is not read: convert it to PNG', /^(?:\xff\n|\0\0\0\fJXL )/],
  ['a Photoshop document, which is not read: save it as PNG or TIFF', /^8BPS/],
  ['a PAM or PFM image, which is not read: convert it to PNG', /^P[7Ff]\s/],
  ['a PDF document', /^%PDF/],
  ['a zip archive', /^PK../s],
  ['a Git LFS pointer: fetch the real files with "git lfs pull"', /^version https:\/\/git-lfs/],
  ['text', /^[\t\n\r\x20-\x7e]+$/],
  ['only zero bytes', /^\0+$/],
];
