// Messages with arrays as bytes in a pipe between two of our processes. A frame is the length of its header and a flag, the header (JSON
// with placeholders for arrays), then the arrays' bytes as they are in memory: nothing is encoded or copied here.

const arrayTypes = { Float32Array, Uint16Array, BigInt64Array, Uint8Array } as const;
type ArrayType = keyof typeof arrayTypes;
type NumberArray = InstanceType<(typeof arrayTypes)[ArrayType]>;

interface Mark {
  /** Position among the arrays' bytes. */
  readonly $array: number;
  readonly type: ArrayType;
  readonly length: number;
}

export interface FrameOptions {
  /** Lets the receiver reuse these arrays' memory for a later such message: it has finished with them by then. */
  readonly passing?: boolean;
}

/**
 * The parts of a frame, in writing order. Arrays are not copied: they must not change until they are written.
 *
 * @param message  a value that JSON can represent, plus arrays of a tensor's types
 */
export function frameOf(message: unknown, { passing = false }: FrameOptions = {}): readonly Uint8Array[] {
  const arrays: NumberArray[] = [];
  const header = new TextEncoder().encode(JSON.stringify(marked(message, arrays)));
  const prefix = Uint32Array.of(header.length, passing ? 1 : 0);
  return [bytesOf(prefix), header, ...arrays.map(bytesOf)].filter(({ length }) => length > 0);
}

/** Provides memory for the arrays of a passing message: see FrameOptions. */
export type Places = (index: number, sizeBytes: number) => ArrayBuffer;

/**
 * Reads one frame: yields, one after another, the buffers to fill with the next bytes, and returns the message.
 *
 * @param places  memory for passing arrays; newly allocated when left out
 */
export function* readFrame(places: Places = fresh): Generator<Uint8Array, unknown, void> {
  const prefix = new Uint32Array(2);
  yield bytesOf(prefix);
  const [headerLength = 0, passing] = prefix;
  const header = new Uint8Array(headerLength);
  yield header;
  const arrays: NumberArray[] = [];
  const placeOf = passing ? places : fresh;
  const message: unknown = JSON.parse(new TextDecoder().decode(header), (_, value: unknown) => {
    if (!isMark(value)) return value;
    const { $array: index, type, length } = value;
    const Type = arrayTypes[type];
    arrays[index] = new Type(placeOf(index, length * Type.BYTES_PER_ELEMENT), 0, length);
    return arrays[index];
  });
  for (const array of arrays) if (array.length > 0) yield bytesOf(array);
  return message;
}

/** Parses frames from a pipe's chunks, whatever their size. */
export function frameParser(onMessage: (message: unknown) => void): (piece: Uint8Array) => void {
  let frame = readFrame();
  let place = frame.next();
  let filled = 0;
  return (piece) => {
    for (let taken = 0; taken < piece.length; ) {
      const target = place.value as Uint8Array;
      const part = piece.subarray(taken, taken + target.length - filled);
      target.set(part, filled);
      taken += part.length;
      filled += part.length;
      if (filled < target.length) return;
      filled = 0;
      place = frame.next();
      if (!place.done) continue;
      onMessage(place.value);
      frame = readFrame();
      place = frame.next();
    }
  };
}

/**
 * Reuses memory for arrays of the same size at the same index: allocating costs more than the copy into it (docs/engines.md). The least
 * recently used goes when there are more than `most`.
 */
export function reusedPlaces(most = 16): Places {
  const places = new Map<string, ArrayBuffer>();
  return (index, sizeBytes) => {
    const key = `${index} ${sizeBytes}`;
    const place = places.get(key) ?? new ArrayBuffer(sizeBytes);
    places.delete(key);
    places.set(key, place);
    if (places.size > most) places.delete(places.keys().next().value!);
    return place;
  };
}

const fresh: Places = (_, sizeBytes) => new ArrayBuffer(sizeBytes);

function marked(value: unknown, arrays: NumberArray[]): unknown {
  if (ArrayBuffer.isView(value)) {
    const type = (Object.keys(arrayTypes) as ArrayType[]).find((each) => value instanceof arrayTypes[each]);
    if (!type) throw new Error(`Only arrays of ${Object.keys(arrayTypes).join(', ')} cross to another process`);
    const array = value as NumberArray;
    return { $array: arrays.push(array) - 1, type, length: array.length } satisfies Mark;
  }
  if (Array.isArray(value)) return value.map((each) => marked(each, arrays));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, marked(each, arrays)]));
}

const isMark = (value: unknown): value is Mark => typeof value === 'object' && value !== null && '$array' in value;

const bytesOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array =>
  new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength);
