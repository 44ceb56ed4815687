// The table of contents of a zip file, from its central directory alone (yauzl), checked so that every reader sees the same
// entries: unencrypted, with unique names, inside the file, without overlaps.
import crc32 from 'crc-32';
import { type Entry, fromRandomAccessReaderPromise, RandomAccessReader, type ZipFile } from 'yauzl';
import { UserError } from '../../../shared/contracts/errors.ts';
import type { ByteSource } from '../formats/byteSource.ts';
import { broken, quoted, unsafe } from '../formats/refusals.ts';

export interface ZipEntry {
  readonly offset: number;
  readonly sizeBytes: number;
  readonly crc32: number;
  /** True for an uncompressed entry, as written by torch.save. */
  readonly stored: boolean;
}

/** A training checkpoint of a ResNet-101 has 2,000. */
const mostEntries = 20_000;

/**
 * Name -> position of its bytes in `source`.
 * @throws UserError weightsBroken (damaged), weightsUnsafe (a trick: see the checks)
 */
export async function readZipEntries(source: ByteSource): Promise<Map<string, ZipEntry>> {
  const reader = new SourceReader(source);
  try {
    return await Promise.race([readEntries(source, reader), reader.failed]);
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw broken(source.name, `as a zip file it is damaged (${(error as Error).message})`, error);
  }
}

/** The bytes of one entry, verified with its checksum. */
export function readZipEntry(source: ByteSource, name: string, entry: ZipEntry): Uint8Array<ArrayBuffer> {
  // Never inflated: a few bytes could expand without limit.
  if (!entry.stored) throw unsafe(source.name, `its entry ${quoted(name)} is compressed`);
  const bytes = source.read(entry.offset, entry.sizeBytes);
  if (crc32.buf(bytes) >>> 0 !== entry.crc32) throw broken(source.name, `the checksum of ${quoted(name)} is wrong`);
  return bytes;
}

async function readEntries(source: ByteSource, reader: SourceReader): Promise<Map<string, ZipEntry>> {
  const zip = await fromRandomAccessReaderPromise(reader, source.sizeBytes, {
    autoClose: false,
    strictFileNames: true,
  });
  if (zip.entryCount > mostEntries) throw unsafe(source.name, `it has ${zip.entryCount} entries`);
  const entries = new Map<string, ZipEntry>();
  const spans: { readonly name: string; readonly begin: number; readonly end: number }[] = [];
  for await (const entry of zip.eachEntry()) {
    const name = entry.fileName;
    if (entries.has(name)) throw unsafe(source.name, `it has two entries ${quoted(name)}`);
    const offset = await dataOffset(source, zip, entry);
    const end = offset + entry.compressedSize;
    if (!(end <= source.sizeBytes)) throw broken(source.name, `the entry ${quoted(name)} ends beyond the file`);
    spans.push({ name, begin: entry.relativeOffsetOfLocalHeader, end });
    entries.set(name, {
      offset,
      sizeBytes: entry.uncompressedSize,
      crc32: entry.crc32,
      stored: entry.compressionMethod === 0,
    });
  }
  checkApart(source, spans);
  return entries;
}

async function dataOffset(source: ByteSource, zip: ZipFile, entry: Entry): Promise<number> {
  const name = quoted(entry.fileName);
  if (entry.isEncrypted()) throw unsafe(source.name, `its entry ${name} is encrypted`);
  const local = await zip.readLocalFileHeaderPromise(entry);
  // A reader that uses the local headers would see another file.
  if (!local.fileName.equals(entry.fileNameRaw))
    throw unsafe(source.name, `its entry ${name} bears another name in its own header`);
  if (local.compressionMethod !== entry.compressionMethod || local.generalPurposeBitFlag & 1)
    throw unsafe(source.name, `its entry ${name} is described in two ways`);
  return local.fileDataStart;
}

function checkApart(source: ByteSource, spans: readonly { name: string; begin: number; end: number }[]): void {
  let free = 0;
  for (const { name, begin, end } of spans.toSorted((a, b) => a.begin - b.begin)) {
    if (begin < free) throw unsafe(source.name, `its entry ${quoted(name)} lies over another one`);
    free = end;
  }
}

/** yauzl's access to the bytes. An error inside yauzl's own callbacks ends up in `failed` instead of ending the process. */
class SourceReader extends RandomAccessReader {
  readonly #source: ByteSource;
  #fail: (error: unknown) => void = () => {};
  readonly failed: Promise<never>;

  constructor(source: ByteSource) {
    super();
    this.#source = source;
    this.failed = new Promise((_, reject) => {
      this.#fail = reject;
    });
    // Raced later; until then a rejection must not count as unhandled.
    this.failed.catch(() => {});
  }

  override read(
    buffer: Buffer,
    offset: number,
    length: number,
    position: number,
    callback: (error: Error | null, bytesRead?: number) => void,
  ): void {
    queueMicrotask(() => {
      try {
        const inside = Number.isSafeInteger(position) && position >= 0 && position + length <= this.#source.sizeBytes;
        if (!inside) return callback(new Error('it points outside the file'));
        buffer.set(this.#source.read(position, length), offset);
        callback(null, length);
      } catch (error) {
        this.#fail(error);
      }
    });
  }
}
