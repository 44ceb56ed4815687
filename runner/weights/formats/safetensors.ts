// safetensors: 8 bytes header length, a JSON header {name: {dtype, shape, data_offsets}}, the data. Reading makes all checks of the
// format's reference implementation (github.com/huggingface/safetensors); the caller checks values (NaN).
import { seal, sealBroken, sealHolds, sealKey, unsealed } from '../../seal.ts';
import { sizeOf, type Tensor } from '../../tensor.ts';
import { type ByteSource, bytesSource, openFile } from './byteSource.ts';
import { type HeaderValue, parseHeaderJson } from './headerJson.ts';
import { broken, quoted } from './refusals.ts';
import { decoded, isReadable, isStoredType, storedTypes } from './storedTypes.ts';
import type { StoredTensor } from './weightsFile.ts';

export interface TensorFile {
  /** In the order of the file's header. float32, int64 or uint8; every tensor owns its buffer. */
  readonly tensors: Map<string, Tensor>;
  /** Metadata without the file's checksum. */
  readonly metadata: Map<string, string>;
  /** True for a file with a valid checksum. false: another program or an older version wrote it. */
  readonly verified: boolean;
}

/** Only compact files have such tensors (compact.ts), which no program takes as they are. */
export interface Int8Tensor {
  readonly dtype: 'int8';
  readonly shape: readonly number[];
  readonly data: Int8Array;
}

/** A tensor in its file, also of a type that read() refuses. */
export interface SafetensorsEntry extends StoredTensor {
  readonly shape: readonly number[];
  /** Its stored bytes, with a buffer of their own. */
  bytes(): Uint8Array<ArrayBuffer>;
}

/** A ResNet-101's header has 70 kB; the format allows 100 MB, which would take gigabytes as a tree of objects. */
const longestHeaderBytes = 16e6;
const mostDimensions = 32;

/**
 * Reads a whole file, and verifies its checksum if it has one: F64, F32, F16 and BF16 become float32, I64 int64, U8 uint8. Needs memory
 * for the result and one more tensor.
 * @param from path, bytes, or an opened source
 * @throws UserError weightsNotFound, weightsBroken
 */
export function readSafetensors(from: string | Uint8Array | ByteSource): TensorFile {
  if (typeof from === 'string') {
    const source = openFile(from);
    try {
      return readSource(source);
    } finally {
      source.close();
    }
  }
  return readSource(from instanceof Uint8Array ? bytesSource(from) : from);
}

/** The same, but tensors stay in the file until they are read: one of an unsupported type does no harm. */
export function openSafetensors(source: ByteSource): {
  readonly tensors: Map<string, SafetensorsEntry>;
  readonly metadata: Map<string, string>;
  readonly verified: boolean;
} {
  const { header, text, dataStart } = readHeader(source);
  const verified = verifiedBySeal(source, header, text);
  const metadata = new Map<string, string>();
  const entries: Entry[] = [];
  for (const [name, value] of header) {
    if (name === '__metadata__') readMetadata(source, value, metadata);
    else entries.push(readEntry(source, name, value));
  }
  checkLayout(source, entries, source.sizeBytes - dataStart);
  const stored = ({ name, type, shape, begin, end }: Entry): SafetensorsEntry => {
    const bytes = () => source.read(dataStart + begin, end - begin);
    return {
      type,
      shape,
      identity: () => name,
      bytes,
      read() {
        if (!isReadable(type)) throw broken(source.name, `the tensor ${quoted(name)} has the type ${quoted(type)}`);
        return { shape, ...decoded(type, bytes()) };
      },
    };
  };
  return { tensors: new Map(entries.map((entry) => [entry.name, stored(entry)])), metadata, verified };
}

/** Quick check for the format. */
export function looksLikeSafetensors(source: ByteSource): boolean {
  if (source.sizeBytes < 10) return false;
  const start = source.read(0, 9);
  const headerBytes = new DataView(start.buffer).getBigUint64(0, true);
  return start[8] === 0x7b && headerBytes <= BigInt(source.sizeBytes - 8);
}

/**
 * The bytes of a safetensors file. float32 is written as F32, float16 as F16, int64 as I64, int8 as I8, uint8 as U8. The header keeps the given
 * order; in the data wider elements come first, so that each tensor is aligned. Equal input gives equal bytes. The metadata begin with a
 * checksum of the whole file (seal.ts).
 */
export function encodeSafetensors(
  tensors: Iterable<readonly [string, Tensor | Int8Tensor]>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const entries = [...tensors];
  const offsets = new Map<string, readonly [number, number]>();
  let dataBytes = 0;
  for (const [name, tensor] of entries.toSorted(([, a], [, b]) => widthOf(b) - widthOf(a))) {
    if (name === '__metadata__' || offsets.has(name)) throw new Error(`Cannot write the tensor name ${name} (again)`);
    if (tensor.data.length !== sizeOf(tensor.shape)) throw new Error(`${name}: data and shape differ in size`);
    offsets.set(name, [dataBytes, (dataBytes += tensor.data.byteLength)]);
  }
  // Written by hand, because an object would move names that look like numbers to the front.
  const members = entries.map(
    ([name, tensor]) =>
      `${JSON.stringify(name)}:${JSON.stringify({ dtype: writtenTypes[tensor.dtype], shape: tensor.shape, data_offsets: offsets.get(name) })}`,
  );
  if (Object.hasOwn(metadata, sealKey)) throw new Error(`Cannot write the metadata ${sealKey}: it is the checksum's`);
  const told = Object.entries({ ...metadata }).map((pair) => pair.map((text) => JSON.stringify(text)).join(':'));
  members.unshift(`"__metadata__":{${[`"${sealKey}":"${unsealed}"`, ...told].join(',')}}`);
  const json = new TextEncoder().encode(`{${members.join(',')}}`);
  const headerBytes = Math.ceil(json.length / 8) * 8;

  const bytes = new Uint8Array(8 + headerBytes + dataBytes);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(headerBytes), true);
  bytes.set(json, 8);
  bytes.fill(0x20, 8 + json.length, 8 + headerBytes);
  for (const [name, { data }] of entries)
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), 8 + headerBytes + offsets.get(name)![0]);
  return seal(bytes);
}

const writtenTypes = { float32: 'F32', float16: 'F16', int64: 'I64', int8: 'I8', uint8: 'U8' } as const;
const widthOf = (tensor: Tensor | Int8Tensor): number => storedTypes[writtenTypes[tensor.dtype]];

interface Entry {
  readonly name: string;
  readonly type: string;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

function readSource(source: ByteSource): TensorFile {
  const { tensors, ...rest } = openSafetensors(source);
  return { ...rest, tensors: new Map([...tensors].map(([name, stored]) => [name, stored.read()])) };
}

function readHeader(source: ByteSource): { header: Map<string, HeaderValue>; text: string; dataStart: number } {
  const refuse = (reason: string, cause?: unknown) => broken(source.name, reason, cause);
  if (source.sizeBytes < 10) throw refuse(`it has only ${source.sizeBytes} bytes`);
  const headerBytes = new DataView(source.read(0, 8).buffer).getBigUint64(0, true);
  if (headerBytes > BigInt(source.sizeBytes - 8))
    throw refuse(`its header should have ${headerBytes} bytes, the file has ${source.sizeBytes}`);
  if (headerBytes > BigInt(longestHeaderBytes)) throw refuse(`its header of ${headerBytes} bytes is too long`);
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(source.read(8, Number(headerBytes)));
    if (!text.startsWith('{')) throw new Error('it does not start with {');
    return { header: parseHeaderJson(text) as Map<string, HeaderValue>, text, dataStart: 8 + Number(headerBytes) };
  } catch (error) {
    throw refuse(`its header is invalid: ${(error as Error).message}`, error);
  }
}

/** Verifies the checksum before anything else in the file is used. @throws UserError weightsBroken for a checksum that does not match */
function verifiedBySeal(source: ByteSource, header: ReadonlyMap<string, HeaderValue>, text: string): boolean {
  const metadata = header.get('__metadata__');
  const sha256 = metadata instanceof Map ? metadata.get(sealKey) : undefined;
  if (sha256 === undefined) return false;
  const at = typeof sha256 === 'string' && sha256.length === unsealed.length ? text.indexOf(sha256) : -1;
  const isWhole = at >= 0 && sealHolds(source, 8 + Buffer.byteLength(text.slice(0, at)), sha256 as string);
  if (!isWhole) throw broken(source.name, sealBroken);
  return true;
}

function readMetadata(source: ByteSource, value: HeaderValue, metadata: Map<string, string>): void {
  if (!(value instanceof Map)) throw broken(source.name, 'its metadata is not an object');
  for (const [key, text] of value) {
    if (typeof text !== 'string') throw broken(source.name, `its metadata ${quoted(key)} is not a text`);
    if (key !== sealKey) metadata.set(key, text);
  }
}

function readEntry(source: ByteSource, name: string, value: HeaderValue): Entry {
  const refuse = (reason: string) => broken(source.name, `the tensor ${quoted(name)} ${reason}`);
  if (!(value instanceof Map) || value.size !== 3) throw refuse('is not described by dtype, shape and data_offsets');
  const type = value.get('dtype');
  const shape = value.get('shape');
  const offsets = value.get('data_offsets');
  if (typeof type !== 'string') throw refuse('has no usable type');
  if (!isNumbers(shape) || shape.length > mostDimensions) throw refuse('has no usable shape');
  if (!isNumbers(offsets) || offsets.length !== 2) throw refuse('has no usable offsets');
  const [begin, end] = offsets as [number, number];
  // Every release of the format adds types; for an unknown one only the position is known.
  if (!isStoredType(type)) {
    if (begin > end) throw refuse('has no usable offsets');
    return { name, type, shape, begin, end };
  }
  const sizeBytes = shape.reduce((product, n) => product * n, storedTypes[type]);
  // A product beyond 2^53 is inexact, but then far larger than any file: it can never equal the difference of two offsets.
  if (!Number.isSafeInteger(sizeBytes) || end - begin !== sizeBytes)
    throw refuse(`should take ${sizeBytes} bytes (${type} [${shape.join(', ')}]) but takes ${end - begin}`);
  return { name, type, shape, begin, end };
}

/** No holes, no overlaps, nothing after the last tensor: every byte has exactly one meaning, or the file is refused. */
function checkLayout(source: ByteSource, entries: readonly Entry[], dataBytes: number): void {
  let expected = 0;
  for (const { name, begin, end } of entries.toSorted((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (begin !== expected)
      throw broken(
        source.name,
        `the tensor ${quoted(name)} starts at byte ${begin} of the data instead of ${expected}`,
      );
    expected = end;
  }
  if (expected !== dataBytes)
    throw broken(source.name, `its tensors take ${expected} bytes, but ${dataBytes} bytes follow the header`);
}

const isNumbers = (value: HeaderValue | undefined): value is number[] =>
  Array.isArray(value) && value.every((item) => typeof item === 'number');
