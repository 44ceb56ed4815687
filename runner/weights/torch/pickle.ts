// Reads pickled data: numbers, texts, lists, tuples, dictionaries, and nothing executable. A global (a Python name) is a tag, never
// looked up; a call (REDUCE) is answered from the caller's closed list. Any other class, call or instance becomes an opaque value: it has
// a name and accepts attributes, but nothing is built. Opcodes: those that Python's pickler emits in protocols 2 to 5
// (CPython Lib/pickletools.py names them); others are refused.
import { broken, quoted, unsafe } from '../formats/refusals.ts';

export type PickleValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | { readonly kind: 'tuple'; readonly items: readonly PickleValue[] }
  | { readonly kind: 'list'; readonly items: PickleValue[] }
  | PickleDict
  | { readonly kind: 'global'; readonly name: string }
  /** Result of a call in the closed list, or of a persistent id; only the caller can interpret it. */
  | { readonly kind: 'object'; readonly object: unknown }
  | PickleOpaque;

export interface PickleDict {
  readonly kind: 'dict';
  readonly entries: Map<PickleValue, PickleValue>;
}

/** An instance of an unknown class. */
export interface PickleOpaque {
  readonly kind: 'opaque';
  /** The class or function that creates it: `argparse.Namespace`. */
  readonly name: string;
  /** The items of a class that derives from a dictionary. */
  entries: Map<PickleValue, PickleValue> | undefined;
}

export interface PickleWorld {
  readonly file: string;
  /** True for a name whose call would start something in Python: a file that only names it is refused. */
  isProgram(name: string): boolean;
  /** The value of `name(...args)`; undefined: opaque. */
  call(name: string, args: readonly PickleValue[]): PickleValue | undefined;
  persistent(id: PickleValue): PickleValue;
}

/** A training checkpoint of a ResNet-101 has 300 kB of pickle and 30,000 values. */
const mostInstructions = 2_000_000;
/** Limit for `module.name` of a class; longer names would let a small pickle take much memory. */
const longestName = 1000;
/** Limit in bytes; no weights file needs larger whole numbers. */
const longestInteger = 1024;

/**
 * Reads one pickle that starts at `start`.
 * @returns its value and the offset after its STOP
 * @throws UserError weightsBroken (truncated or malformed), weightsUnsafe (a foreign name, call or instruction)
 */
export function readPickle(bytes: Uint8Array, start: number, world: PickleWorld): { value: PickleValue; end: number } {
  const { file } = world;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const stack: PickleValue[] = [];
  const marks: number[] = [];
  const memo = new Map<number, PickleValue>();
  let at = start;

  for (let instructions = 0; instructions < mostInstructions; instructions++) {
    const opcode = bytes[take(1)]!;
    switch (opcode) {
      case 0x80: {
        const protocol = bytes[take(1)]!;
        if (protocol < 2 || protocol > 5) throw malformed(`has protocol ${protocol}`);
        break;
      }
      case 0x95: // FRAME
        take(8);
        break;
      case 0x2e: // STOP
        if (stack.length !== 1 || marks.length > 0) throw malformed('leaves values behind');
        return { value: stack[0]!, end: at };

      case 0x4e: // NONE
        stack.push(null);
        break;
      case 0x88: // NEWTRUE
        stack.push(true);
        break;
      case 0x89: // NEWFALSE
        stack.push(false);
        break;
      case 0x4a: // BININT
        stack.push(view.getInt32(take(4), true));
        break;
      case 0x4b: // BININT1
        stack.push(bytes[take(1)]!);
        break;
      case 0x4d: // BININT2
        stack.push(view.getUint16(take(2), true));
        break;
      case 0x8a: // LONG1
        stack.push(longInteger(bytes[take(1)]!));
        break;
      case 0x8b: // LONG4
        stack.push(longInteger(view.getUint32(take(4), true)));
        break;
      case 0x47: // BINFLOAT
        stack.push(view.getFloat64(take(8), false));
        break;
      case 0x58: // BINUNICODE
        stack.push(text(view.getUint32(take(4), true)));
        break;
      case 0x8c: // SHORT_BINUNICODE
        stack.push(text(bytes[take(1)]!));
        break;
      case 0x55: // SHORT_BINSTRING
        stack.push(oldText(bytes[take(1)]!));
        break;
      case 0x54: // BINSTRING
        stack.push(oldText(view.getUint32(take(4), true)));
        break;
      case 0x8d: // BINUNICODE8
        stack.push(text(longLength()));
        break;
      case 0x42: // BINBYTES
        stack.push(slice(view.getUint32(take(4), true)));
        break;
      case 0x43: // SHORT_BINBYTES
        stack.push(slice(bytes[take(1)]!));
        break;
      case 0x8e: // BINBYTES8
      case 0x96: // BYTEARRAY8
        stack.push(slice(longLength()));
        break;

      case 0x28: // MARK
        marks.push(stack.length);
        break;
      case 0x30: // POP
        pop();
        break;
      case 0x31: // POP_MARK
        popMarked();
        break;
      case 0x29: // EMPTY_TUPLE
        stack.push({ kind: 'tuple', items: [] });
        break;
      case 0x85: // TUPLE1
      case 0x86: // TUPLE2
      case 0x87: // TUPLE3
        stack.push({ kind: 'tuple', items: popMany(opcode - 0x84) });
        break;
      case 0x74: // TUPLE
        stack.push({ kind: 'tuple', items: popMarked() });
        break;
      case 0x5d: // EMPTY_LIST
        stack.push({ kind: 'list', items: [] });
        break;
      case 0x61: // APPEND
        append([pop()]);
        break;
      case 0x65: // APPENDS
        append(popMarked());
        break;
      case 0x8f: // EMPTY_SET
        stack.push(opaque('set'));
        break;
      case 0x90: // ADDITEMS
        popMarked();
        if (!isKind(top(), 'opaque')) throw malformed('adds items to a value that is no set');
        break;
      case 0x91: // FROZENSET
        popMarked();
        stack.push(opaque('frozenset'));
        break;
      case 0x7d: // EMPTY_DICT
        stack.push({ kind: 'dict', entries: new Map() });
        break;
      case 0x73: // SETITEM
        setItems(popMany(2));
        break;
      case 0x75: // SETITEMS
        setItems(popMarked());
        break;

      case 0x71: // BINPUT
        memo.set(bytes[take(1)]!, top());
        break;
      case 0x72: // LONG_BINPUT
        memo.set(view.getUint32(take(4), true), top());
        break;
      case 0x94: // MEMOIZE
        memo.set(memo.size, top());
        break;
      case 0x68: // BINGET
        stack.push(recall(bytes[take(1)]!));
        break;
      case 0x6a: // LONG_BINGET
        stack.push(recall(view.getUint32(take(4), true)));
        break;

      case 0x63: // GLOBAL
        stack.push(named(line(), line()));
        break;
      case 0x93: {
        // STACK_GLOBAL
        const [module, name] = popMany(2);
        if (typeof module !== 'string' || typeof name !== 'string') throw malformed('names something by a value');
        stack.push(named(module, name));
        break;
      }
      case 0x52: {
        // REDUCE
        const [callee, args] = popMany(2);
        const name = nameOf(callee!);
        const known = isKind(callee, 'global') && isKind(args, 'tuple') ? world.call(name, args.items) : undefined;
        stack.push(known ?? opaque(name));
        break;
      }
      case 0x81: // NEWOBJ
        stack.push(opaque(nameOf(popMany(2)[0]!)));
        break;
      case 0x92: // NEWOBJ_EX
        stack.push(opaque(nameOf(popMany(3)[0]!)));
        break;
      case 0x62: {
        // BUILD. Attributes of an OrderedDict (torch's _metadata) or of an opaque value do not affect tensors.
        const state = pop();
        const isDict = isKind(top(), 'dict') && (isKind(state, 'dict') || isKind(state, 'tuple'));
        if (!isDict && !isKind(top(), 'opaque')) throw unsafe(file, 'it gives attributes to a value');
        break;
      }
      case 0x51: // BINPERSID
        stack.push(world.persistent(pop()));
        break;

      default:
        throw unsafe(file, `it uses the pickle instruction 0x${opcode.toString(16).padStart(2, '0')}`);
    }
  }
  throw unsafe(file, `it has more than ${mostInstructions} pickle instructions`);

  /** Skips the next `count` bytes and returns their offset. */
  function take(count: number): number {
    const offset = at;
    if (count > bytes.length - at) throw broken(file, 'its pickle is cut off');
    at += count;
    return offset;
  }

  function slice(length: number): Uint8Array {
    const offset = take(length);
    return bytes.subarray(offset, offset + length);
  }

  function text(length: number): string {
    const raw = slice(length);
    try {
      return utf8.decode(raw);
    } catch (error) {
      throw broken(file, 'a text in its pickle is not UTF-8', error);
    }
  }

  /** A string of Python 2: bytes in any encoding. */
  function oldText(length: number): string {
    const raw = slice(length);
    try {
      return utf8.decode(raw);
    } catch {
      return Buffer.from(raw).toString('latin1');
    }
  }

  function line(): string {
    const end = bytes.indexOf(0x0a, at);
    if (end < 0 || end - at > longestName) throw broken(file, 'its pickle is cut off');
    const content = text(end - at);
    take(1);
    return content;
  }

  function longLength(): number {
    const length = view.getBigUint64(take(8), true);
    if (length > BigInt(bytes.length)) throw broken(file, 'its pickle is cut off');
    return Number(length);
  }

  /** Two's complement, little-endian. */
  function longInteger(length: number): number | bigint | PickleOpaque {
    if (length > longestInteger) {
      take(length);
      return opaque('int');
    }
    const digits = [...slice(length)].reverse().map((byte) => byte.toString(16).padStart(2, '0'));
    const value = length === 0 ? 0n : BigInt.asIntN(8 * length, BigInt(`0x${digits.join('')}`));
    return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  }

  function floor(): number {
    return marks.at(-1) ?? 0;
  }

  function top(): PickleValue {
    if (stack.length <= floor()) throw malformed('takes a value where there is none');
    return stack.at(-1)!;
  }

  function pop(): PickleValue {
    const value = top();
    stack.pop();
    return value;
  }

  function popMany(count: number): PickleValue[] {
    if (stack.length - floor() < count) throw malformed('takes a value where there is none');
    return stack.splice(stack.length - count);
  }

  function popMarked(): PickleValue[] {
    const mark = marks.pop();
    if (mark === undefined) throw malformed('ends a group that never began');
    return stack.splice(mark);
  }

  function append(items: readonly PickleValue[]): void {
    const list = top();
    if (isKind(list, 'opaque')) return;
    if (!isKind(list, 'list')) throw unsafe(file, 'it appends to a value that is no list');
    for (const item of items) list.items.push(item);
  }

  function setItems(items: readonly PickleValue[]): void {
    const dict = top();
    if (isKind(dict, 'opaque')) dict.entries ??= new Map();
    else if (!isKind(dict, 'dict')) throw unsafe(file, 'it sets items of a value that is no dictionary');
    if (items.length % 2 !== 0) throw malformed('has a key without a value');
    const entries = dict.entries!;
    for (let i = 0; i < items.length; i += 2) {
      const key = items[i]!;
      if (entries.has(key)) throw malformed(`has the key ${quoted(String(key))} twice`);
      entries.set(key, items[i + 1]!);
    }
  }

  function recall(index: number): PickleValue {
    const value = memo.get(index);
    if (value === undefined) throw malformed('recalls a value that it never stored');
    return value;
  }

  function named(module: string, name: string): PickleValue {
    if (module.length + name.length > longestName) throw malformed('names something by a text without end');
    const full = `${module}.${name}`;
    if (world.isProgram(full)) throw unsafe(file, `it names ${quoted(full)}, a program that Python would run`);
    return { kind: 'global', name: full };
  }

  /** The name of a class, of a function, or of another call's result (the method of an object). */
  function nameOf(callee: PickleValue): string {
    if (!isKind(callee, 'global') && !isKind(callee, 'opaque')) throw unsafe(file, 'it calls a value');
    return callee.name;
  }

  function malformed(what: string): Error {
    return broken(file, `its pickle ${what}`);
  }
}

type Kinded = Extract<PickleValue, { kind: string }>;

export function isKind<K extends Kinded['kind']>(
  value: PickleValue | undefined,
  kind: K,
): value is Extract<Kinded, { kind: K }> {
  return typeof value === 'object' && value !== null && !(value instanceof Uint8Array) && value.kind === kind;
}

const opaque = (name: string): PickleOpaque => ({ kind: 'opaque', name, entries: undefined });

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
