// The directories of a TIFF file ("folders"), or of the block of EXIF in another one: where each entry's values are. What they mean is
// the caller's: tiff.ts reads the layout of the samples, metadata.ts what a file says of a person.

export interface TiffFile {
  readonly view: DataView;
  readonly little: boolean;
  readonly isBig: boolean;
}

export interface TiffEntry {
  readonly tag: number;
  /** 1 byte, 2 ASCII, 3 short, 4 long, 7 undefined, 16 long8, … @throws RangeError */
  type(): number;
  /** @throws RangeError */
  count(): number;
  /** Where the values begin, in the entry or elsewhere, of values of `size` bytes. @throws RangeError beyond the end */
  valuesAt(size: number): number;
  /** The entry's own value as an offset: of another folder. @throws RangeError */
  offset(): number;
}

/** undefined: no header of a TIFF file. @throws RangeError of fewer than four bytes */
export function openTiff(view: DataView): TiffFile | undefined {
  const order = view.getUint16(0);
  const little = order === 0x4949;
  const version = view.getUint16(2, little);
  if ((!little && order !== 0x4d4d) || (version !== 42 && version !== 43)) return undefined;
  return { view, little, isBig: version === 43 };
}

/** @throws RangeError beyond the end */
export const firstFolderAt = (file: TiffFile): number => offsetAt(file, file.isBig ? 8 : 4);

/** In the order of the file; of a folder that leads out of it those before the end, then a RangeError. */
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
      type: () => view.getUint16(entry + 2, little),
      count: valueCount,
      valuesAt: (size) => (valueCount() * size <= inline ? own : offsetAt(file, own)),
      offset: () => offsetAt(file, own),
    };
  }
}

const offsetAt = ({ view, little, isBig }: TiffFile, at: number): number =>
  isBig ? Number(view.getBigUint64(at, little)) : view.getUint32(at, little);
