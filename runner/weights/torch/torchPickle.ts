// Names in the pickle of torch.save that represent tensors, dictionaries and storages. A tensor is a window (offset,
// shape, strides) on a storage; here it stays a description, and no element is read.

import { broken, quoted, unsafe } from '../formats/refusals.ts';
import { isStoredType, type StoredType, storedTypes } from '../formats/storedTypes.ts';
import { isKind, type PickleValue, type PickleWorld } from './pickle.ts';

/** A block of elements, by the key of its bytes in the file. */
export class StorageRef {
  /** A name as in storedTypes, or PyTorch's own name of an unsupported type. */
  readonly type: string;
  readonly key: string;
  readonly length: number;
  constructor(type: string, key: string, length: number) {
    this.type = type;
    this.key = key;
    this.length = length;
  }

  /** Bytes per element; undefined for an unknown type. */
  get width(): number | undefined {
    return isStoredType(this.type) ? storedTypes[this.type] : quantized[this.type];
  }
}

/** Element (i, j, ...) is at offset + i * strides[0] + j * strides[1] + ... of its storage; bounds are checked if the type is known. */
export class TensorRef {
  readonly storage: StorageRef;
  /** The storage's type, or another one if the storage contains plain bytes. */
  readonly type: string;
  readonly offset: number;
  readonly shape: readonly number[];
  readonly strides: readonly number[];
  constructor(storage: StorageRef, type: string, offset: number, shape: readonly number[], strides: readonly number[]) {
    this.storage = storage;
    this.type = type;
    this.offset = offset;
    this.shape = shape;
    this.strides = strides;
  }
}

export function torchWorld(file: string): PickleWorld {
  const call = (name: string, args: readonly PickleValue[]): PickleValue | undefined => {
    switch (name) {
      case 'collections.OrderedDict':
        return orderedDict(file, args);
      case 'torch._utils._rebuild_tensor':
      case 'torch._utils._rebuild_tensor_v2':
        return { kind: 'object', object: tensorRef(file, args) };
      case 'torch._utils._rebuild_tensor_v3': // for types without a storage class of their own
        return { kind: 'object', object: tensorRef(file, args, args[6]) };
      case 'torch._utils._rebuild_parameter':
      case 'torch._utils._rebuild_parameter_with_state':
        return isKind(args[0], 'object') && args[0].object instanceof TensorRef ? args[0] : undefined;
      case 'torch._tensor._rebuild_from_type_v2': {
        // (function, class, its arguments, attributes): a tensor with attributes. Another class may give it another meaning.
        const [rebuild, type, inner] = args;
        const isPlain = isKind(type, 'global') && plainTensors.has(type.name);
        return isPlain && isKind(rebuild, 'global') && isKind(inner, 'tuple') && rebuild.name !== name
          ? call(rebuild.name, inner.items)
          : undefined;
      }
      case 'torch.Size':
        return isKind(args[0], 'tuple') ? args[0] : { kind: 'tuple', items: [] };
      default:
        return undefined;
    }
  };
  return {
    file,
    isProgram: (name) => programs.has(name) || programModules.has(name.slice(0, name.indexOf('.'))),
    call,
    persistent: (id) => ({ kind: 'object', object: storageRef(file, id) }),
  };
}

/** The tensor represented by a value, if any. */
export function tensorOf(value: PickleValue | undefined): TensorRef | undefined {
  const object = objectOf(value);
  return object instanceof TensorRef ? object : undefined;
}

const plainTensors = new Set([
  'torch.Tensor',
  'torch._tensor.Tensor',
  'torch.nn.parameter.Parameter',
  'torch.nn.parameter.Buffer',
]);

// Nothing here would run them. But a file that names them was made to harm users of other tools, and must not be accepted as sound.
const programModules = new Set(['os', 'posix', 'nt', 'subprocess', 'pty', 'runpy', 'commands']);
const programs = new Set([
  ...['eval', 'exec', 'execfile', 'compile', 'open', '__import__'].flatMap((f) => [
    `builtins.${f}`,
    `__builtin__.${f}`,
  ]),
  'importlib.import_module',
  'torch.load',
]);

const storages: Readonly<Record<string, StoredType>> = {
  'torch.DoubleStorage': 'F64',
  'torch.FloatStorage': 'F32',
  'torch.HalfStorage': 'F16',
  'torch.BFloat16Storage': 'BF16',
  'torch.ComplexDoubleStorage': 'C128',
  'torch.ComplexFloatStorage': 'C64',
  'torch.LongStorage': 'I64',
  'torch.IntStorage': 'I32',
  'torch.ShortStorage': 'I16',
  'torch.CharStorage': 'I8',
  'torch.ByteStorage': 'U8',
  'torch.BoolStorage': 'BOOL',
  'torch.storage.UntypedStorage': 'U8',
};

/** Widths of unsupported types: the older format puts their bytes between those of others. */
const quantized: Readonly<Record<string, number>> = {
  'torch.QUInt8Storage': 1,
  'torch.QInt8Storage': 1,
  'torch.QInt32Storage': 4,
  'torch.QUInt4x2Storage': 1,
  'torch.QUInt2x4Storage': 1,
};

const dtypes: Readonly<Record<string, StoredType>> = {
  'torch.float64': 'F64',
  'torch.float32': 'F32',
  'torch.float16': 'F16',
  'torch.bfloat16': 'BF16',
  'torch.float8_e4m3fn': 'F8_E4M3',
  'torch.float8_e5m2': 'F8_E5M2',
  'torch.float8_e4m3fnuz': 'F8_E4M3FNUZ',
  'torch.float8_e5m2fnuz': 'F8_E5M2FNUZ',
  'torch.float8_e8m0fnu': 'F8_E8M0',
  'torch.complex64': 'C64',
  'torch.complex128': 'C128',
  'torch.int64': 'I64',
  'torch.int32': 'I32',
  'torch.int16': 'I16',
  'torch.int8': 'I8',
  'torch.uint64': 'U64',
  'torch.uint32': 'U32',
  'torch.uint16': 'U16',
  'torch.uint8': 'U8',
  'torch.bool': 'BOOL',
};

const objectOf = (value: PickleValue | undefined): unknown => (isKind(value, 'object') ? value.object : undefined);

function orderedDict(file: string, args: readonly PickleValue[]): PickleValue {
  const entries = new Map<PickleValue, PickleValue>();
  const [pairs] = args;
  if (pairs !== undefined) {
    if (!isKind(pairs, 'list')) throw unsafe(file, 'it makes a dictionary of something else than pairs');
    for (const pair of pairs.items) {
      if (!(isKind(pair, 'list') || isKind(pair, 'tuple')) || pair.items.length !== 2)
        throw unsafe(file, 'it makes a dictionary of something else than pairs');
      const [key, value] = pair.items as [PickleValue, PickleValue];
      if (entries.has(key)) throw broken(file, `its pickle has the key ${quoted(String(key))} twice`);
      entries.set(key, value);
    }
  }
  return { kind: 'dict', entries };
}

/** ('storage', type, key, location, element count), in the old format with a sixth item: None or a window on another storage. */
function storageRef(file: string, id: PickleValue): StorageRef {
  if (!isKind(id, 'tuple') || id.items[0] !== 'storage')
    throw unsafe(file, 'it refers to something else than a storage');
  const [, global, key, , length, window] = id.items;
  if (!isKind(global, 'global') || typeof key !== 'string' || !isCount(length))
    throw broken(file, 'a storage in it is malformed');
  if (window !== undefined && window !== null)
    throw broken(file, 'it holds storages inside storages, as old PyTorch did');
  return new StorageRef(storages[global.name] ?? global.name, key, length);
}

/** (storage, offset, shape, strides, ...), and in the third version the type of the elements. */
function tensorRef(file: string, args: readonly PickleValue[], dtype?: PickleValue): TensorRef {
  const [storageValue, offset, shapeValue, stridesValue] = args;
  const storage = objectOf(storageValue);
  const shape = counts(shapeValue);
  const strides = counts(stridesValue);
  if (!(storage instanceof StorageRef) || !isCount(offset) || !shape || !strides || shape.length !== strides.length)
    throw broken(file, 'a tensor in it is malformed');
  if (shape.length > 32) throw broken(file, `a tensor in it has ${shape.length} dimensions`);
  const type = dtype === undefined ? storage.type : isKind(dtype, 'global') ? (dtypes[dtype.name] ?? dtype.name) : '';
  if (type === '') throw broken(file, 'a tensor in it is malformed');
  const length = elementsIn(storage, type);
  if (length !== undefined && !shape.includes(0)) {
    const last = shape.reduce((sum, size, d) => sum + (size - 1) * strides[d]!, offset);
    if (!Number.isSafeInteger(last) || last >= length)
      throw broken(file, `a tensor [${shape.join(', ')}] in it reaches beyond its storage of ${length} elements`);
  }
  return new TensorRef(storage, type, offset, shape, strides);
}

/** undefined: the width of this type is unknown. */
function elementsIn(storage: StorageRef, type: string): number | undefined {
  if (type === storage.type) return storage.length;
  if (!isStoredType(type) || storage.width === undefined) return undefined;
  return Math.floor((storage.length * storage.width) / storedTypes[type]);
}

const isCount = (value: PickleValue | undefined): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;

function counts(value: PickleValue | undefined): readonly number[] | undefined {
  return isKind(value, 'tuple') && value.items.every(isCount) ? (value.items as readonly number[]) : undefined;
}
