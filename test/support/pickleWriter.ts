// Pickles by hand, opcode by opcode (CPython's Lib/pickletools.py names them), for what torch.save would never write.

export type Piece = Uint8Array | string | number | readonly Piece[];

/** Numbers are single bytes, texts are ASCII. */
export function bytesOf(...pieces: Piece[]): Uint8Array {
  return new Uint8Array(
    Buffer.concat(
      pieces.map((piece) => {
        if (typeof piece === 'number') return Buffer.from([piece]);
        if (typeof piece === 'string') return Buffer.from(piece, 'latin1');
        return Buffer.from(piece instanceof Uint8Array ? piece : bytesOf(...piece));
      }),
    ),
  );
}

export const pickle = (...body: Piece[]): Uint8Array => bytesOf(0x80, 2, ...body, '.');
export const text = (value: string): Piece => ['X', uint32(Buffer.byteLength(value)), value];
export const int = (value: number): Piece => ['J', uint32(value >>> 0)];
export const global = (module: string, name: string): Piece => `c${module}\n${name}\n`;
export const tuple = (...items: Piece[]): Piece => ['(', items, 't'];
export const dict = (...items: (readonly [string, Piece])[]): Piece => [
  '}(',
  items.flatMap(([k, v]) => [text(k), v]),
  'u',
];
export const call = (callee: Piece, ...args: Piece[]): Piece => [callee, tuple(...args), 'R'];
export const storage = (key: string, length: number, type = 'FloatStorage'): Piece => [
  tuple(text('storage'), global('torch', type), text(key), text('cpu'), int(length)),
  'Q',
];
export const tensor = (source: Piece, offset: number, shape: readonly number[], strides: readonly number[]): Piece =>
  call(
    global('torch._utils', '_rebuild_tensor_v2'),
    source,
    int(offset),
    tuple(...shape.map(int)),
    tuple(...strides.map(int)),
    0x89,
    call(global('collections', 'OrderedDict')),
  );

export function uint32(value: number): Uint8Array {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}
