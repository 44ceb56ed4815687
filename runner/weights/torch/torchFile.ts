// Reads files of torch.save, in its zip format (PyTorch 1.6 and later) and in the older one, without executing anything.
import type { Tensor } from '../../tensor.ts';
import { type ByteSource, bytesSource, openFile } from '../formats/byteSource.ts';
import { broken, quoted, unsafe } from '../formats/refusals.ts';
import type { TensorFile } from '../formats/safetensors.ts';
import { decoded, isReadable, storedTypes } from '../formats/storedTypes.ts';
import type { StoredTensor, WeightsFile } from '../formats/weightsFile.ts';
import { isKind, type PickleValue, readPickle } from './pickle.ts';
import { entriesOf, tensorDictionaries } from './torchDictionaries.ts';
import { type StorageRef, type TensorRef, torchWorld } from './torchPickle.ts';
import { readZipEntries, readZipEntry, type ZipEntry } from './zipEntries.ts';

/** The pickle of a ResNet-101 has 100 kB, that of a training checkpoint some hundreds. */
const longestPickleBytes = 16e6;
/** Tensors may share a storage or repeat its elements; limit for the bytes that they describe, relative to the file. */
const mostBytesPerFileByte = 8;

/**
 * The state dict of a .pth file: the outermost dictionary of tensors, preferably the one under `state_dict`,
 * `model_state_dict` or `model`. Types as in readSafetensors; tensors are contiguous.
 * @param from path, bytes, or an opened source
 * @throws UserError weightsNotFound, weightsBroken (a single tensor of an unsupported type suffices), weightsUnsafe
 */
export async function readTorchFile(from: string | Uint8Array | ByteSource): Promise<Omit<TensorFile, 'verified'>> {
  if (typeof from === 'string') {
    const source = openFile(from);
    try {
      return await readTorchFile(source);
    } finally {
      source.close();
    }
  }
  const { groups } = await openTorchFile(from instanceof Uint8Array ? bytesSource(from) : from);
  const usual = ['state_dict', 'model_state_dict', 'model'].map((key) =>
    groups.find(({ container }) => container === key),
  );
  const { tensors } = usual.find((group) => group !== undefined) ?? groups[0]!;
  return { tensors: new Map([...tensors].map(([name, stored]) => [name, stored.read()])), metadata: new Map() };
}

/** Quick check for a zip file or a pickle. */
export function looksLikeTorchFile(source: ByteSource): boolean {
  if (source.sizeBytes < 4) return false;
  const [a, b] = source.read(0, 2);
  return (a === 0x50 && b === 0x4b) || (a === 0x80 && b! >= 2 && b! <= 5);
}

/** Position of a storage's bytes in the file. */
type Locate = (storage: StorageRef) => { readonly offset: number; readonly sizeBytes: number };

/** Every dictionary of tensors in the file. @throws UserError weightsBroken, weightsUnsafe */
export async function openTorchFile(source: ByteSource): Promise<WeightsFile> {
  if (source.sizeBytes < 4) throw broken(source.name, `it has only ${source.sizeBytes} bytes`);
  const isZip = source.read(0, 2)[0] === 0x50;
  const { value, locate } = isZip ? await readZipFormat(source) : readOldFormat(source);
  const budget = new Budget(source);
  const stored = (name: string, value: TensorRef | string): StoredTensor =>
    typeof value === 'string'
      ? {
          type: value,
          shape: undefined,
          identity: () => name,
          read: () => {
            throw broken(source.name, `${quoted(name)} is ${quoted(value)} instead of a tensor`);
          },
        }
      : {
          type: value.type,
          shape: value.shape,
          identity: () => JSON.stringify([value.storage.key, value.type, value.offset, value.shape, value.strides]),
          read: () => readTensor(source, name, value, locate, budget),
        };
  const groups = tensorDictionaries(source.name, value).map(({ container, values }) => ({
    container,
    tensors: new Map([...values].map(([name, each]) => [name, stored(name, each)])),
  }));
  return { groups, isLightning: entriesOf(value)?.has('pytorch-lightning_version') === true };
}

/** <name>/data.pkl and one entry <name>/data/<key> per storage. */
async function readZipFormat(source: ByteSource): Promise<{ value: PickleValue; locate: Locate }> {
  const entries = await readZipEntries(source);
  const pickles = [...entries.keys()].filter((name) => /^[^/]*\/data\.pkl$/.test(name));
  if (pickles.length !== 1) throw broken(source.name, 'it is a zip file, but not one that torch.save wrote');
  const folder = pickles[0]!.slice(0, -'data.pkl'.length);
  if (entries.has(`${folder}constants.pkl`))
    throw unsafe(source.name, 'it is a TorchScript program; save its state_dict() instead');
  const order = entries.get(`${folder}byteorder`);
  if (order && textOf(source, `${folder}byteorder`, order) !== 'little')
    throw broken(source.name, 'it was written on a big-endian machine');
  const entry = entries.get(pickles[0]!)!;
  if (entry.sizeBytes > longestPickleBytes)
    throw unsafe(
      source.name,
      `its pickle has ${entry.sizeBytes} bytes, as where arrays of NumPy were saved instead of tensors`,
    );
  const { value } = readPickle(readZipEntry(source, pickles[0]!, entry), 0, torchWorld(source.name));
  const checked = new Set<string>();
  return {
    value,
    locate({ key }) {
      const name = `${folder}data/${key}`;
      const data = entries.get(name);
      if (!data) throw broken(source.name, `the storage ${quoted(key)} is missing`);
      if (!checked.has(name)) readZipEntry(source, name, data);
      checked.add(name);
      return data;
    },
  };
}

function textOf(source: ByteSource, name: string, entry: ZipEntry): string {
  return entry.sizeBytes > 100 ? '' : new TextDecoder().decode(readZipEntry(source, name, entry)).trim();
}

/** Pickles of a magic number, a protocol version, the machine, the value and the storages' keys; then count and bytes of each. */
function readOldFormat(source: ByteSource): { value: PickleValue; locate: Locate } {
  const bytes = source.read(0, Math.min(source.sizeBytes, longestPickleBytes));
  const lengths = new Map<string, StorageRef>();
  const world = torchWorld(source.name);
  const recording = {
    ...world,
    persistent(id: PickleValue) {
      const value = world.persistent(id);
      const storage = isKind(value, 'object') ? (value.object as StorageRef) : undefined;
      const known = lengths.get(storage!.key);
      if (known && (known.type !== storage!.type || known.length !== storage!.length))
        throw broken(source.name, `the storage ${quoted(storage!.key)} is described in two ways`);
      lengths.set(storage!.key, storage!);
      return value;
    },
  };
  let at = 0;
  const next = (): PickleValue => {
    const { value, end } = readPickle(bytes, at, recording);
    at = end;
    return value;
  };
  if (next() !== 0x1950a86a20f9469cfc6cn)
    throw broken(source.name, 'it is a pickle, but not one that torch.save wrote');
  if (next() !== 1001) throw broken(source.name, 'its format is unknown');
  const machine = next();
  if (isKind(machine, 'dict') && machine.entries.get('little_endian') === false)
    throw broken(source.name, 'it was written on a big-endian machine');
  const value = next();
  const keys = next();
  if (!isKind(keys, 'list')) throw broken(source.name, 'it does not name its storages');

  const places = new Map<string, { offset: number; sizeBytes: number }>();
  for (const key of keys.items) {
    const storage = typeof key === 'string' ? lengths.get(key) : undefined;
    if (!storage || places.has(storage.key)) throw broken(source.name, 'its list of storages is malformed');
    if (storage.width === undefined)
      throw broken(source.name, `nothing is known of its element type ${quoted(storage.type)}`);
    const sizeBytes = storage.length * storage.width;
    if (!(at + 8 + sizeBytes <= source.sizeBytes)) throw broken(source.name, 'it is cut off: storages are missing');
    if (new DataView(source.read(at, 8).buffer).getBigInt64(0, true) !== BigInt(storage.length))
      throw broken(source.name, `the storage ${quoted(storage.key)} has another size than its tensors say`);
    places.set(storage.key, { offset: at + 8, sizeBytes });
    at += 8 + sizeBytes;
  }
  if (at !== source.sizeBytes) throw broken(source.name, `${source.sizeBytes - at} bytes follow its end`);
  return {
    value,
    locate({ key }) {
      const place = places.get(key);
      if (!place) throw broken(source.name, `the storage ${quoted(key)} is missing`);
      return place;
    },
  };
}

function readTensor(source: ByteSource, name: string, ref: TensorRef, locate: Locate, budget: Budget): Tensor {
  const { storage, type, offset, shape, strides } = ref;
  if (!isReadable(type)) throw broken(source.name, `the tensor ${quoted(name)} has the type ${quoted(type)}`);
  const width = storedTypes[type];
  const place = locate(storage);
  const sizeBytes = storage.length * storage.width!; // known for readable types
  if (place.sizeBytes !== sizeBytes)
    throw broken(
      source.name,
      `the storage of ${quoted(name)} has ${place.sizeBytes} bytes instead of ${sizeBytes} (${storage.length} x ${storage.type})`,
    );
  const count = shape.includes(0) ? 0 : shape.reduce((product, n) => product * n, 1);
  // The window from the first element to the last; for a contiguous tensor it is the tensor itself.
  const span = count === 0 ? 0 : shape.reduce((sum, size, d) => sum + (size - 1) * strides[d]!, 1);
  budget.spend((span + count) * width);
  const window = decoded(type, source.read(place.offset + offset * width, span * width));
  if (isContiguous(shape, strides)) return { shape, ...window };
  return { shape, dtype: window.dtype, data: gathered(window.data, count, shape, strides) };
}

function isContiguous(shape: readonly number[], strides: readonly number[]): boolean {
  let expected = 1;
  for (let d = shape.length - 1; d >= 0; d--) {
    if (shape[d] !== 1 && strides[d] !== expected) return false;
    expected *= shape[d]!;
  }
  return true;
}

function gathered<T extends Tensor['data']>(
  window: T,
  count: number,
  shape: readonly number[],
  strides: readonly number[],
): T {
  const out = new (window.constructor as new (length: number) => T)(count);
  const index = new Array<number>(shape.length).fill(0);
  for (let i = 0, from = 0; i < count; i++) {
    out[i] = window[from]!;
    for (let d = shape.length - 1; d >= 0; d--) {
      from += strides[d]!;
      if (++index[d]! < shape[d]!) break;
      from -= shape[d]! * strides[d]!;
      index[d] = 0;
    }
  }
  return out;
}

class Budget {
  readonly #source: ByteSource;
  #left: number;
  constructor(source: ByteSource) {
    this.#source = source;
    this.#left = mostBytesPerFileByte * source.sizeBytes;
  }
  spend(bytes: number): void {
    this.#left -= bytes;
    if (!(this.#left >= 0)) throw unsafe(this.#source.name, 'its tensors describe far more data than it holds');
  }
}
