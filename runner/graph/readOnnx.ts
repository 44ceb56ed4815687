// The inverse of onnx.ts: parses a message from untrusted bytes, under limits, with only the fields of onnxSchema.ts. A
// reader that skips unknown fields (as protobuf readers do) would let a file pass more to the runtime than we see here:
// external files, functions, graphs within attributes. So unknown and repeated fields are refused.
import { attributeTypes, onnxSchema } from './onnxSchema.ts';

/** The file is not a model that we write; `reason` completes "it was refused: ...". */
export class RefusedModel extends Error {
  readonly reason: string;
  constructor(reason: string) {
    super(`The ONNX model was refused: ${reason}.`);
    this.name = 'RefusedModel';
    this.reason = reason;
  }
}

export interface ModelMessage {
  readonly irVersion?: number;
  readonly producerName?: string;
  readonly docString?: string;
  readonly graph?: GraphMessage;
  readonly opsetImport?: readonly { readonly domain?: string; readonly version?: number }[];
  readonly metadataProps?: readonly { readonly key?: string; readonly value?: string }[];
}

export interface GraphMessage {
  readonly name?: string;
  readonly node?: readonly NodeMessage[];
  readonly initializer?: readonly TensorMessage[];
  readonly input?: readonly ValueMessage[];
  readonly output?: readonly ValueMessage[];
}

export interface NodeMessage {
  readonly opType?: string;
  readonly input?: readonly string[];
  readonly output?: readonly string[];
  readonly attribute?: readonly AttributeMessage[];
}

export interface AttributeMessage {
  readonly name?: string;
  readonly type?: number;
  readonly f?: number;
  readonly i?: number;
  readonly ints?: readonly number[];
}

export interface TensorMessage {
  readonly name?: string;
  readonly dims?: readonly number[];
  readonly dataType?: number;
  /** A view of the file's bytes. */
  readonly rawData?: Uint8Array;
}

export interface ValueMessage {
  readonly name?: string;
  readonly type?: {
    readonly tensorType?: {
      readonly elemType?: number;
      readonly shape?: { readonly dim?: readonly { readonly dimValue?: number; readonly dimParam?: string }[] };
    };
  };
}

/** Limits of the memory that reading a file can take. */
export interface ReadLimits {
  readonly messages: number;
  readonly textBytes: number;
  readonly numbers: number;
  readonly depth: number;
}

/** Limits for untrusted files: a ResNet-101's export has about 1,000 messages and 3 kB of names. */
const ofStrangers: ReadLimits = { messages: 20_000, textBytes: 4_000_000, numbers: 100_000, depth: 10 };

/** @throws RefusedModel for bytes that are not a message of onnxSchema.ts; the weights are not copied */
export function readOnnx(bytes: Uint8Array, limits = ofStrangers): ModelMessage {
  if (bytes.length === 0) throw new RefusedModel('it is empty');
  return new Reader(bytes, limits).message('ModelProto', bytes.length, 0) as ModelMessage;
}

interface Field {
  readonly id: number;
  readonly type: string;
  readonly rule?: string;
}
type TypeName = keyof typeof onnxSchema.nested;

/** Fields of every message: field number -> name and field. */
const fieldsOf = new Map(
  Object.entries<{ readonly fields: Readonly<Record<string, Field>> }>(onnxSchema.nested).map(([type, { fields }]) => [
    type,
    new Map(Object.entries(fields).map(([name, field]) => [field.id, { name, ...field }])),
  ]),
);

/** Features that a foreign file may use, by field number, as far as known (onnx.proto3). */
const knownElsewhere: Readonly<Record<string, string>> = {
  'ModelProto.20': 'it holds training information',
  'ModelProto.25': 'it defines functions of its own',
  'GraphProto.15': 'it holds sparse weights',
  'NodeProto.7': 'it asks for operators of another domain',
  'AttributeProto.5': 'an attribute holds a tensor',
  'AttributeProto.6': 'an attribute holds a graph',
  'AttributeProto.11': 'an attribute holds graphs',
  'TensorProto.13': 'its weights lie in another file',
  'TensorProto.14': 'its weights lie in another file',
};

const text = new TextDecoder('utf-8', { fatal: true });
const damaged = () => new RefusedModel('it is damaged, cut off, or no ONNX model');

class Reader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;
  readonly #maxDepth: number;
  readonly #left: { messages: number; textBytes: number; numbers: number };

  constructor(bytes: Uint8Array, { depth, ...counts }: ReadLimits) {
    this.#bytes = bytes;
    this.#maxDepth = depth;
    this.#left = counts;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  message(type: TypeName, end: number, depth: number): Record<string, unknown> {
    this.#spend('messages', 1);
    if (depth > this.#maxDepth) throw damaged();
    const fields = fieldsOf.get(type)!;
    const message: Record<string, unknown> = {};
    while (this.#at < end) {
      const isFirst = this.#at === 0;
      const tag = this.#varint(end);
      const field = fields.get(tag >>> 3);
      if (tag > 0xffff || tag >>> 3 === 0) throw damaged();
      if (!field && isFirst) throw new RefusedModel('it is not an ONNX model');
      if (!field) throw new RefusedModel(knownElsewhere[`${type}.${tag >>> 3}`] ?? foreign(type, tag >>> 3));
      const { name } = field;
      if (field.rule === 'repeated') {
        const list = (message[name] ??= []) as unknown[];
        for (const value of this.#values(field, tag & 7, end, depth)) list.push(value);
      } else {
        if (name in message) throw new RefusedModel(`${name} appears twice in it`);
        message[name] = this.#value(field, tag & 7, end, depth);
      }
    }
    if (this.#at !== end) throw damaged();
    return type === 'AttributeProto' ? withValue(message) : message;
  }

  /** Repeated numbers may be packed. */
  #values(field: Field, wire: number, end: number, depth: number): unknown[] {
    if (field.type !== 'int64' || wire !== lengthDelimited) return [this.#value(field, wire, end, depth)];
    const stop = this.#stop(end);
    const values: number[] = [];
    while (this.#at < stop) values.push(this.#integer(stop));
    return values;
  }

  #value({ type }: Field, wire: number, end: number, depth: number): unknown {
    switch (type) {
      case 'int32':
      case 'int64':
        if (wire !== varint) throw damaged();
        return this.#integer(end);
      case 'float':
        if (wire !== fixed32 || this.#at + 4 > end) throw damaged();
        this.#at += 4;
        return this.#view.getFloat32(this.#at - 4, true);
    }
    if (wire !== lengthDelimited) throw damaged();
    const stop = this.#stop(end);
    if (type === 'bytes' || type === 'string') {
      const part = this.#bytes.subarray(this.#at, stop);
      this.#at = stop;
      return type === 'bytes' ? part : this.#text(part);
    }
    return this.message(type as TypeName, stop, depth + 1);
  }

  #text(part: Uint8Array): string {
    this.#spend('textBytes', part.length);
    try {
      return text.decode(part);
    } catch {
      throw new RefusedModel('a name in it is not UTF-8');
    }
  }

  /** End of the part whose length comes next. */
  #stop(end: number): number {
    const length = this.#varint(end);
    if (length > end - this.#at) throw damaged();
    return this.#at + length;
  }

  #integer(end: number): number {
    this.#spend('numbers', 1);
    return this.#varint(end);
  }

  /** An int64; none of our models contains one that exceeds a number. */
  #varint(end: number): number {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      if (this.#at >= end) throw damaged();
      const byte = this.#bytes[this.#at++]!;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte >= 0x80) continue;
      const signed = Number(BigInt.asIntN(64, value));
      if (!Number.isSafeInteger(signed)) throw damaged();
      return signed;
    }
    throw damaged();
  }

  #spend(what: 'messages' | 'textBytes' | 'numbers', count: number): void {
    this.#left[what] -= count;
    if (this.#left[what] < 0) throw new RefusedModel('its structure is larger than that of any ResNet');
  }
}

/** Files that follow proto3, including those of early versions of Shoulders, leave out a value of 0 and an empty text. */
function withValue(attribute: Record<string, unknown>): Record<string, unknown> {
  switch (attribute.type) {
    case attributeTypes.int:
      return { i: 0, ...attribute };
    case attributeTypes.float:
      return { f: 0, ...attribute };
    case attributeTypes.string:
      return { s: new Uint8Array(), ...attribute };
  }
  return attribute;
}

const varint = 0;
const lengthDelimited = 2;
const fixed32 = 5;

const foreign = (type: string, id: number): string =>
  `it holds what no model of Shoulders holds (field ${id} of ${type})`;
