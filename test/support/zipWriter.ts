// A zip writer that can also write invalid zip files: every field can be set to a wrong value.
import crc32 from 'crc-32';

export interface ZipPart {
  readonly name: string;
  readonly data: Uint8Array;
  /** General purpose flags; 1: encrypted. */
  readonly flags?: number;
  /** 8: deflated. */
  readonly method?: number;
  readonly crc32?: number;
  readonly compressedSize?: number;
  readonly uncompressedSize?: number;
  /** Name in the entry's own header, if different. */
  readonly localName?: string;
  readonly localOffset?: number;
}

export function zipOf(parts: readonly ZipPart[], options: { entryCount?: number } = {}): Uint8Array {
  const pieces: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const part of parts) {
    const fixed = Buffer.alloc(26);
    fixed.writeUInt16LE(20, 0);
    fixed.writeUInt16LE(part.flags ?? 0, 2);
    fixed.writeUInt16LE(part.method ?? 0, 4);
    fixed.writeUInt32LE(part.crc32 ?? crc32.buf(part.data) >>> 0, 10);
    fixed.writeUInt32LE(part.compressedSize ?? part.data.length, 14);
    fixed.writeUInt32LE(part.uncompressedSize ?? part.data.length, 18);

    const localName = Buffer.from(part.localName ?? part.name);
    const local = Buffer.from(fixed);
    local.writeUInt16LE(localName.length, 22);
    const name = Buffer.from(part.name);
    const central = Buffer.from(fixed);
    central.writeUInt16LE(name.length, 22);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(part.localOffset ?? at, 10);
    directory.push(Buffer.from('PK\x01\x02\x14\x00', 'latin1'), central, tail, name);

    const entry = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), local, localName, part.data]);
    pieces.push(entry);
    at += entry.length;
  }
  const index = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 0, 'latin1');
  end.writeUInt16LE(options.entryCount ?? parts.length, 8);
  end.writeUInt16LE(options.entryCount ?? parts.length, 10);
  end.writeUInt32LE(index.length, 12);
  end.writeUInt32LE(at, 16);
  return new Uint8Array(Buffer.concat([...pieces, index, end]));
}
