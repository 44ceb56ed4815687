// What a file is, told by its first bytes: names lie (a web page saved as .jpg).

export type ImageType = 'jpeg' | 'png' | 'webp' | 'gif' | 'bmp' | 'tiff';

/** `type` when the bytes begin like one of the types we read; else what they look like, in words. */
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
];

const others: readonly (readonly [string, RegExp])[] = [
  ['a web page', /^\s*(?:<!doctype html|<html)/i],
  ['an SVG drawing', /^\s*(?:<\?xml[\s\S]*)?<svg/i],
  ['a HEIC or AVIF image, which is not read: convert it to JPEG or PNG', /^[\s\S]{4}ftyp(?:hei|hev|mif|msf|avi)/],
  ['a DICOM file, which is not read: convert it to PNG', /^[\s\S]{128}DICM/],
  ['a PDF document', /^%PDF/],
  ['a zip archive', /^PK../s],
  ['a Git LFS pointer: fetch the real files with "git lfs pull"', /^version https:\/\/git-lfs/],
  ['text', /^[\t\n\r\x20-\x7e]+$/],
  ['only zero bytes', /^\0+$/],
];
