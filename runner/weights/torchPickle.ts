// What torch.save writes inside its pickle: the closed list of names it may use and the tensors they describe. A tensor is a window
// (offset, shape, strides) on a storage; here it stays a description, no element is read.
import { isKind, type PickleValue, type PickleWorld } from './pickle.ts';
import { broken, quoted, unsafe } from './refusals.ts';
import type { StoredType } from './storedTypes.ts';

/** A block of elements, by the key under which the file holds its bytes. */
export class StorageRef {
  readonly type: StoredType;
  readonly key: string;
  readonly length: number;
  constructor(type: StoredType, key: string, length: number) {
    this.type = type;
    this.key = key;
    this.length = length;
  }
}

/** Element (i, j, ...) is at offset + i * strides[0] + j * strides[1] + ... of its storage; checked to lie inside. */
export class TensorRef {
  readonly storage: StorageRef;
  readonly offset: number;
  readonly shape: readonly number[];
  readonly strides: readonly number[];
  constructor(storage: StorageRef, offset: number, shape: readonly number[], strides: readonly number[]) {
    this.storage = storage;
    this.offset = offset;
    this.shape = shape;
    this.strides = strides;
  }
}

export function torchWorld(file: string): PickleWorld {
  return {
    file,
    globals,
    call(name, args) {
      switch (name) {
        case 'collections.OrderedDict':
          return orderedDict(file, args);
        case 'torch._utils._rebuild_tensor':
        case 'torch._utils._rebuild_tensor_v2':
          return { kind: 'object', object: tensorRef(file, args) };
        case 'torch._utils._rebuild_parameter':
        case 'torch._utils._rebuild_parameter_with_state':
          if (!(objectOf(args[0]) instanceof TensorRef)) throw broken(file, 'a parameter in it is no tensor');
          return args[0]!;
        case 'torch.Size':
          return isKind(args[0], 'tuple') ? args[0] : { kind: 'tuple', items: [] };
        default: // torch.device: where the tensor was, which does not matter here
          return { kind: 'object', object: name };
      }
    },
    persistent: (id) => ({ kind: 'object', object: storageRef(file, id) }),
  };
}

/** The tensor that a value stands for, if it does. */
export function tensorOf(value: PickleValue | undefined): TensorRef | undefined {
  const object = objectOf(value);
  return object instanceof TensorRef ? object : undefined;
}

const storages: Readonly<Record<string, StoredType>> = {
  'torch.DoubleStorage': 'F64',
  'torch.FloatStorage': 'F32',
  'torch.HalfStorage': 'F16',
  'torch.BFloat16Storage': 'BF16',
  'torch.LongStorage': 'I64',
  'torch.IntStorage': 'I32',
  'torch.ShortStorage': 'I16',
  'torch.CharStorage': 'I8',
  'torch.ByteStorage': 'U8',
  'torch.BoolStorage': 'BOOL',
  'torch.storage.UntypedStorage': 'U8',
};

// name -> may it be called?
const globals: ReadonlyMap<string, boolean> = new Map([
  ['collections.OrderedDict', true],
  ['torch._utils._rebuild_tensor', true],
  ['torch._utils._rebuild_tensor_v2', true],
  ['torch._utils._rebuild_parameter', true],
  ['torch._utils._rebuild_parameter_with_state', true],
  ['torch.Size', true],
  ['torch.device', true],
  ...Object.keys(storages).map((name) => [name, false] as const),
]);

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
  const type = isKind(global, 'global') ? storages[global.name] : undefined;
  if (type === undefined || typeof key !== 'string' || !isCount(length))
    throw broken(file, 'a storage in it is malformed');
  if (window !== undefined && window !== null)
    throw broken(file, 'it holds storages inside storages, as old PyTorch did');
  return new StorageRef(type, key, length);
}

/** (storage, offset, shape, strides, ...) */
function tensorRef(file: string, args: readonly PickleValue[]): TensorRef {
  const [storageValue, offset, shapeValue, stridesValue] = args;
  const storage = objectOf(storageValue);
  const shape = counts(shapeValue);
  const strides = counts(stridesValue);
  if (!(storage instanceof StorageRef) || !isCount(offset) || !shape || !strides || shape.length !== strides.length)
    throw broken(file, 'a tensor in it is malformed');
  if (shape.length > 32) throw broken(file, `a tensor in it has ${shape.length} dimensions`);
  if (!shape.includes(0)) {
    const last = shape.reduce((sum, size, d) => sum + (size - 1) * strides[d]!, offset);
    if (!Number.isSafeInteger(last) || last >= storage.length)
      throw broken(
        file,
        `a tensor [${shape.join(', ')}] in it reaches beyond its storage of ${storage.length} elements`,
      );
  }
  return new TensorRef(storage, offset, shape, strides);
}

const isCount = (value: PickleValue | undefined): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;

function counts(value: PickleValue | undefined): readonly number[] | undefined {
  return isKind(value, 'tuple') && value.items.every(isCount) ? (value.items as readonly number[]) : undefined;
}
