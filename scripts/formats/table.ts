// The tables of docs/formats.md, generated from test/reference/formats.json (the files, and other readers' pixels as measured by write.ts)
// and from decodeImage()'s current pixels of the same files.
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { brotliDecompressSync } from 'node:zlib';
import { decodeImage, UndecodableImage } from '../../runner/images/images.ts';

/** One reader's result for one file. */
export type Seen =
  | { readonly error: string }
  | {
      readonly size: readonly [width: number, height: number];
      readonly type: string;
      /** RGB at each probed place; null: outside of the picture. */
      readonly values: readonly (readonly number[] | null)[];
    };

export interface Variant {
  readonly group: string;
  readonly name: string;
  readonly file: string;
  /** Probed pixel as stored in the file, in its own units. */
  readonly stored: string;
  readonly probes: readonly (readonly [x: number, y: number])[];
  /** Size of the upright picture. */
  readonly size: readonly [width: number, height: number];
}

const otherReaders = ['pillow', 'imageFolder', 'opencv', 'openCv4', 'torchvision'] as const;
export type OtherReader = (typeof otherReaders)[number];

export interface Measured extends Variant, Readonly<Record<OtherReader, Seen>> {
  /** The file, compressed by Brotli, in base64. */
  readonly brotli: string;
}

export interface Reference {
  readonly versions: Readonly<Record<string, string>>;
  readonly variants: readonly Measured[];
}

const inRoot = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));
export const documentFile = inRoot('docs/formats.md');
export const referenceFile = inRoot('test/reference/formats.json');

export const readReference = async (): Promise<Reference> => JSON.parse(await readFile(referenceFile, 'utf8'));

export const bytesOf = ({ brotli }: Measured): Uint8Array => brotliDecompressSync(Buffer.from(brotli, 'base64'));

async function seenByShoulders(bytes: Uint8Array, probes: Variant['probes']): Promise<Seen> {
  try {
    const { width, height, data } = (await decodeImage(bytes)).image;
    const pixel = (at: number) => [...data.subarray(3 * at, 3 * at + 3)];
    const values = probes.map(([x, y]) => (x < width && y < height ? pixel(y * width + x) : null));
    return { size: [width, height], type: 'uint8', values };
  } catch (error) {
    if (error instanceof UndecodableImage) return { error: error.reason };
    throw error;
  }
}

/** The document with its tables replaced. */
export async function withTables(document: string, { versions, variants }: Reference): Promise<string> {
  const head = [
    'Variant',
    'In the file',
    'Shoulders',
    `Pillow ${versions.pillow}`,
    `OpenCV ${versions.opencv} and ${versions.openCv4}`,
    `torchvision ${versions.torchvision}`,
  ];
  const rows = new Map<string, string[]>();
  for (const each of variants) {
    const own = await seenByShoulders(bytesOf(each), each.probes);
    const cells = [each.name, each.stored, ...[own, each.pillow, each.opencv, each.torchvision].map(cellFor(each))];
    const addOther = (at: number, where: string, seen: Seen) => {
      const other = cellFor(each)(seen);
      if (other !== cells[at]) cells[at] += ` (${where}: ${other})`;
    };
    addOther(3, 'from an open file', each.imageFolder);
    addOther(4, versions.openCv4!, each.openCv4);
    rows.set(each.group, [...(rows.get(each.group) ?? []), line(cells)]);
  }
  let out = document;
  for (const [group, lines] of rows) {
    const [begin, end] = [`<!-- ${group} -->\n`, `<!-- end of ${group} -->`];
    const [from, to] = [out.indexOf(begin), out.indexOf(end)];
    if (from < 0 || to < from) throw new Error(`docs/formats.md has no place for the table of ${group}`);
    const table = [line(head), line(head.map(() => '---')), ...lines].join('\n');
    out = `${out.slice(0, from + begin.length)}\n${table}\n\n${out.slice(to)}`;
  }
  return out;
}

const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

const cellFor =
  ({ size }: Variant) =>
  (seen: Seen): string => {
    if ('error' in seen) return 'none';
    const values = seen.values.map((value) => (value === null ? 'outside' : shortest(value))).join(' / ');
    const [width, height] = seen.size;
    const turned = width === size[0] && height === size[1] ? '' : `, not turned (${width} x ${height})`;
    return `${values}${seen.type === 'uint8' ? '' : ` (${seen.type})`}${turned}`;
  };

/** A grey pixel as one number. */
const shortest = (value: readonly number[]): string => (new Set(value).size === 1 ? String(value[0]) : value.join(' '));
