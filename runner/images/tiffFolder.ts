// The directories ("folders") of a TIFF file, or of the EXIF block in another one: positions of each entry's values. Callers
// interpret them: tiff.ts reads the layout of the samples, firstPlane.ts removes bands, metadata.ts reads personal data.

export interface TiffFile {
  readonly view: DataView;
  readonly little: boolean;
  readonly isBig: boolean;
}

export interface TiffEntry {
  readonly tag: number;
  /** Positions in the file: of this entry, and behind it. */
  readonly at: number;
  readonly end: number;
  /** 1 byte, 2 ASCII, 3 short, 4 long, 7 undefined, 16 long8, … @throws RangeError */
  type(): number;
  /** @throws RangeError */
  count(): number;
  /** Position of the values, in the entry or elsewhere, for values of `size` bytes. @throws RangeError beyond the end */
  valuesAt(size: number): number;
  /** The entry's own value as the offset of another directory. @throws RangeError */
  offset(): number;
  /** Overwrites the entry's type, count and value. @throws RangeError */
  setShort(value: number): void;
}

/** undefined: not the header of a TIFF file. @throws RangeError for fewer than four bytes */
export function openTiff(view: DataView): TiffFile | undefined {
  const order = view.getUint16(0);
  const little = order === 0x4949;
  const version = view.getUint16(2, little);
  if ((!little && order !== 0x4d4d) || (version !== 42 && version !== 43)) return undefined;
  return { view, little, isBig: version === 43 };
}

/** @throws RangeError beyond the end */
export const firstFolderAt = (file: TiffFile): number => offsetAt(file, file.isBig ? 8 : 4);

/** In file order; if the directory points outside the file, the entries before the end, then a RangeError. */
export function* entriesAt(file: TiffFile, at: number, most: number): Generator<TiffEntry> {
  const { view, little, isBig } = file;
  const count = isBig ? Number(view.getBigUint64(at, little)) : view.getUint16(at, little);
  const [entrySize, inline, start] = isBig ? [20, 8, at + 8] : [12, 4, at + 2];
  for (let i = 0; i < Math.min(count, most); i++) {
    const entry = start + i * entrySize;
    const own = entry + 4 + inline;
    const valueCount = () => offsetAt(file, entry + 4);
    yield {
      tag: view.getUint16(entry, little),
      at: entry,
      end: entry + entrySize,
      type: () => view.getUint16(entry + 2, little),
      count: valueCount,
      valuesAt: (size) => (valueCount() * size <= inline ? own : offsetAt(file, own)),
      offset: () => offsetAt(file, own),
      setShort: (value) => {
        view.setUint16(entry + 2, 3, little);
        if (isBig) view.setBigUint64(entry + 4, 1n, little);
        else view.setUint32(entry + 4, 1, little);
        view.setUint16(own, value, little);
      },
    };
  }
}

const offsetAt = ({ view, little, isBig }: TiffFile, at: number): number =>
  isBig ? Number(view.getBigUint64(at, little)) : view.getUint32(at, little);
