// Decoders' error messages turned into advice: what is wrong with the file and how to save it instead.

/** Advice that completes "it was left out: ...", from the decoder's message. */
export function adviceFor(words: string): string {
  for (const [pattern, advice] of advices) {
    const match = pattern.exec(words);
    if (match) return advice(match, words);
  }
  return `it cannot be decoded: save it again as PNG (the decoder says: ${words})`;
}

/** Messages of decoders about an incomplete image that lenient decoding cannot complete. */
export const endsEarly =
  /premature end|truncat|end of (?:file|stream|data|image)|unexpected eof|rows are missing|too (?:few|short)|not enough (?:data|bytes|input)|ran out of data|Read error (?:at|on) (?:scanline|strip|tile)|fewer bytes|expected \d+ bytes/i;

type Advice = (match: RegExpExecArray, words: string) => string;

const asPlainTiff = 'save it as PNG, or as TIFF with LZW, Deflate or no compression';

const advices: readonly (readonly [RegExp, Advice])[] = [
  [
    /\b([A-Z][A-Za-z0-9-]*) compression support is not configured/,
    ([, name]) => `its TIFF compression (${name}) is not read: ${asPlainTiff}`,
  ],
  [
    /Compression scheme (\d+)/,
    ([, code]) =>
      `its TIFF compression (${compressions[Number(code)] ?? `number ${code}`}) is not read: ${asPlainTiff}`,
  ],
  [/labq|labs|\blab\b/i, () => 'its colours are stored as CIE L*a*b*: save it as RGB or grey'],
  [
    /not a whole number of bytes|bits[_ ]?per[_ ]?sample|samples out of range/i,
    () => 'its values do not fill 8 or 16 bits: save it with 8 or 16 bits per channel, unsigned',
  ],
  [
    /data precision (\d+)/,
    ([, bits]) => `its values have ${bits} bits, which few JPEG decoders read: save it as PNG with 16 bits`,
  ],
  [/marker type 0xf7/, () => 'its JPEG compression (JPEG-LS) is not read: save it as PNG'],
  [/channel limit/, () => 'it has too many bands: save three of them as RGB, or one as grey'],
  [/tiled separate planes/, () => 'it is stored in tiles, band by band: save it without tiles, or as PNG'],
  [/no known route from '(\w+)'/, ([, space]) => `its colours (${space}) are not read: save it as RGB or grey`],
  [endsEarly, () => 'its data ends early: copy or download it again'],
  [
    /crc|checksum|adler|incorrect (?:data|header) check|bad huff|corrupt|damaged|invalid/i,
    (_, words) => {
      const reason = words.replace(/^Input buffer has corrupt header:\s*/, ''); // often without anything behind the colon
      const said = reason === '' ? '' : ` (the decoder says: ${reason})`;
      return `it is damaged: copy or download it again, or export it again from its source${said}`;
    },
  ],
  [
    /unsupported image format|not in a known format|unsupported codec/i,
    () => 'its data does not match the type given by its first bytes: save it again as PNG',
  ],
  [/memory/i, (_, words) => `it needs more memory than is available (${words})`],
];

const compressions: Readonly<Record<number, string>> = {
  32809: 'ThunderScan',
  32908: 'PixarFilm',
  32909: 'PixarLog',
  33003: 'JPEG 2000',
  33004: 'JPEG 2000',
  33005: 'JPEG 2000',
  34661: 'JBIG',
  34676: 'SGILog',
  34712: 'JPEG 2000',
  34887: 'LERC',
  34892: 'lossy JPEG of DNG',
  34925: 'LZMA',
  50000: 'Zstandard',
  50001: 'WebP',
  50002: 'JPEG XL',
};
