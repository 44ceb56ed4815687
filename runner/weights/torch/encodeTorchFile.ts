// A state dict in the format of torch.save: torch.load(file, weights_only=True) returns an OrderedDict of tensors.
import crc32 from 'crc-32';
import type { DType, Tensor } from '../../tensor.ts';

/** The bytes of a .pth file in the given order. Equal input gives equal bytes. Up to 4 GB. */
export function encodeTorchFile(tensors: Iterable<readonly [string, Tensor]>): Uint8Array {
  const entries = [...tensors];
  return storedZip([
    { name: 'model/data.pkl', data: stateDictPickle(entries) },
    { name: 'model/byteorder', data: ascii('little') },
    ...entries.map(([, { data }], key) => ({
      name: `model/data/${key}`,
      data: new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
    })),
    { name: 'model/version', data: ascii('3\n') },
  ]);
}

const storageNames: Readonly<Record<DType, string>> = {
  float32: 'FloatStorage',
  float16: 'HalfStorage',
  int64: 'LongStorage',
  uint8: 'ByteStorage',
};

/** Protocol 2: OrderedDict() filled with name -> _rebuild_tensor_v2(storage, 0, shape, strides, False, OrderedDict()). */
function stateDictPickle(entries: readonly (readonly [string, Tensor])[]): Uint8Array {
  const emptyDict = 'ccollections\nOrderedDict\n)R';
  const pieces: Uint8Array[] = [ascii(`\x80\x02${emptyDict}(`)];
  entries.forEach(([name, { dtype, shape, data }], key) => {
    pieces.push(
      text(name),
      ascii('ctorch._utils\n_rebuild_tensor_v2\n(('),
      text('storage'),
      ascii(`ctorch\n${storageNames[dtype]}\n`),
      text(String(key)),
      text('cpu'),
      integer(data.length),
      ascii('tQ'),
      integer(0),
      tuple(shape),
      tuple(contiguousStrides(shape)),
      ascii(`\x89${emptyDict}tR`),
    );
  });
  pieces.push(ascii('u.'));
  return joined(pieces);
}

const ascii = (characters: string): Uint8Array => Uint8Array.from(characters, (c) => c.charCodeAt(0));
const tuple = (items: readonly number[]): Uint8Array => joined([ascii('('), ...items.map(integer), ascii('t')]);
const integer = (value: number): Uint8Array => joined([ascii('J'), uint32(value)]);

function text(value: string): Uint8Array {
  const bytes = new TextEncoder().encode(value);
  return joined([ascii('X'), uint32(bytes.length), bytes]);
}

function contiguousStrides(shape: readonly number[]): number[] {
  const strides: number[] = [];
  let stride = 1;
  for (const size of shape.toReversed()) {
    strides.unshift(stride);
    stride *= Math.max(1, size);
  }
  return strides;
}

/** PyTorch maps storages into memory at multiples of this. */
const alignment = 64;

/** A zip file of uncompressed entries; an extra field in each header moves its data to the alignment. */
function storedZip(files: readonly { readonly name: string; readonly data: Uint8Array }[]): Uint8Array {
  const pieces: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let at = 0;
  for (const { name, data } of files) {
    const nameBytes = ascii(name);
    const unpadded = at + 30 + nameBytes.length + 4;
    const padding = Math.ceil(unpadded / alignment) * alignment - unpadded;
    // version 2.0, no flags, stored, 1980-01-01 00:00
    const fixed = joined([uint16(20), uint16(0), uint16(0), uint16(0), uint16(0x21), uint32(crc32.buf(data))]);
    const sizes = joined([uint32(data.length), uint32(data.length), uint16(nameBytes.length)]);
    const extra = joined([ascii('FB'), uint16(padding), new Uint8Array(padding)]);
    const header = joined([ascii('PK\x03\x04'), fixed, sizes, uint16(extra.length), nameBytes, extra]);
    directory.push(joined([ascii('PK\x01\x02'), uint16(20), fixed, sizes, new Uint8Array(12), uint32(at), nameBytes]));
    pieces.push(header, data);
    at += header.length + data.length;
  }
  const index = joined(directory);
  const count = uint16(files.length);
  const end = joined([ascii('PK\x05\x06'), uint32(0), count, count, uint32(index.length), uint32(at), uint16(0)]);
  return joined([...pieces, index, end]);
}

const uint16 = (value: number): Uint8Array => Uint8Array.of(value, value >> 8);
const uint32 = (value: number): Uint8Array => Uint8Array.of(value, value >> 8, value >> 16, value >> 24);

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}
