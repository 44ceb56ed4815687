import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { sizeOf, type Tensor } from '../../../../runner/tensor.ts';
import { encodeSafetensors, readSafetensors } from '../../../../runner/weights/formats/safetensors.ts';
import { checkFlips, flipped } from '../../../support/bitFlips.ts';
import { assertProperty } from '../../../support/property.ts';
import { checkRefused } from '../checkRefused.ts';
import { checkExpected, reference } from '../expected.ts';

test('readSafetensors() reads what the Python library wrote: F64, F32, F16, BF16, I64', () => {
  const { tensors, metadata } = readSafetensors(reference('all.safetensors'));
  checkExpected(tensors);
  assert.deepEqual([...metadata].sort(), [
    ['format', 'pt'],
    ['note', 'naïve'],
  ]);
});

test('readSafetensors() reads the same from bytes, and its tensors do not alias them', () => {
  const bytes = new Uint8Array(readFileSync(reference('all.safetensors')));
  const { tensors } = readSafetensors(bytes);
  bytes.fill(0);
  checkExpected(tensors);
});

test('readSafetensors() converts every half-precision value to float32 as IEEE 754 defines', () => {
  const bits = Uint16Array.from({ length: 65536 }, (_, i) => i);
  const { tensors } = readSafetensors(encodeSafetensors([['h', { dtype: 'float16', shape: [65536], data: bits }]]));
  const values = tensors.get('h')!.data as Float32Array;
  for (let i = 0; i < 65536; i++) {
    const magnitude = i & 0x7fff;
    if (magnitude > 0x7c00) assert.ok(Number.isNaN(values[i]));
    else if (magnitude === 0x7c00) assert.equal(values[i], i === magnitude ? Infinity : -Infinity);
    else if (magnitude >= 0x400) {
      // The same fraction and the exponent moved from bias 15 to bias 127: the float32 with these bits.
      const float = new Float32Array(
        new Uint32Array([((i & 0x8000) << 16) | ((magnitude << 13) + (112 << 23))]).buffer,
      );
      assert.equal(values[i], float[0]);
    } else assert.equal(values[i], ((i & 0x8000 ? -1 : 1) * magnitude) / 2 ** 24);
  }
});

const arbitraryTensor: fc.Arbitrary<Tensor> = fc
  .tuple(fc.array(fc.nat(4), { maxLength: 4 }), fc.constantFrom('float32', 'int64', 'uint8'), fc.nat())
  .map(([shape, dtype, seed]) => {
    const n = sizeOf(shape);
    if (dtype === 'float32') return { dtype, shape, data: Float32Array.from({ length: n }, (_, i) => seed / (i + 3)) };
    if (dtype === 'int64') return { dtype, shape, data: BigInt64Array.from({ length: n }, (_, i) => BigInt(i - seed)) };
    return { dtype: 'uint8', shape, data: Uint8Array.from({ length: n }, (_, i) => seed + i) };
  });

test('readSafetensors() returns what encodeSafetensors() was given, in its order', () => {
  const names = fc.string().filter((name) => name !== '__metadata__');
  const entries = fc.uniqueArray(fc.tuple(names, arbitraryTensor), { selector: ([name]) => name, maxLength: 8 });
  assertProperty(
    fc.property(entries, fc.dictionary(fc.string(), fc.string()), (tensors, metadata) => {
      const back = readSafetensors(encodeSafetensors(tensors, metadata));
      assert.deepEqual([...back.tensors], tensors);
      assert.deepEqual([...back.metadata], Object.entries(metadata));
    }),
    { numRuns: 200 },
  );
});

test('encodeSafetensors() aligns the data and every tensor to its element size', () => {
  const bytes = encodeSafetensors([
    ['a', { dtype: 'uint8', shape: [3], data: new Uint8Array(3) }],
    ['b', { dtype: 'float32', shape: [1], data: new Float32Array(1) }],
    ['c', { dtype: 'int64', shape: [], data: new BigInt64Array(1) }],
  ]);
  const headerBytes = Number(new DataView(bytes.buffer).getBigUint64(0, true));
  assert.equal(headerBytes % 8, 0);
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + headerBytes)));
  assert.deepEqual(Object.keys(header), ['__metadata__', 'a', 'b', 'c']);
  assert.deepEqual(
    [header.c.data_offsets, header.b.data_offsets, header.a.data_offsets],
    [
      [0, 8],
      [8, 12],
      [12, 15],
    ],
  );
});

test('encodeSafetensors() refuses a tensor whose data do not fill its shape, and duplicate names', () => {
  const one: Tensor = { dtype: 'uint8', shape: [], data: new Uint8Array(1) };
  assert.throws(() => encodeSafetensors([['a', { ...one, shape: [2] }]]), /differ in size/);
  assert.throws(
    () =>
      encodeSafetensors([
        ['a', one],
        ['a', one],
      ]),
    /again/,
  );
});

/** A file with this header text (or object) and this many bytes of data. */
function fileOf(header: string | object, dataBytes = 0, headerBytes?: bigint): Uint8Array {
  const json = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(headerBytes ?? BigInt(json.length));
  return new Uint8Array(Buffer.concat([length, json, Buffer.alloc(dataBytes)]));
}
const f32 = (shape: number[], begin: number, end: number) => ({ dtype: 'F32', shape, data_offsets: [begin, end] });

const attacks: readonly (readonly [string, Uint8Array, RegExp])[] = [
  ['an empty file', new Uint8Array(), /only 0 bytes/],
  ['a file cut inside the header', fileOf({ a: f32([1], 0, 4) }, 4).subarray(0, 20), /header should have/],
  ['a file cut inside the data', fileOf({ a: f32([2], 0, 8) }, 7), /take 8 bytes, but 7/],
  ['a header length of 2^63', fileOf('{}', 0, 2n ** 63n), /header should have/],
  ['a header length of 2^64-1', fileOf('{}', 0, 2n ** 64n - 1n), /header should have/],
  ['a header of 17 MB', fileOf(`{${' '.repeat(17e6)}}`), /too long/],
  ['a header that is no object', fileOf('[1]      '), /does not start with/],
  ['a header that starts with a space', fileOf(' {}'), /does not start with/],
  ['a byte order mark', fileOf('\ufeff{}'), /does not start with/],
  ['bytes that are not UTF-8', fileOf('{"a":1}').with(10, 0xff), /header is invalid/],
  ['two JSON texts', fileOf('{}{}'), /after its end/],
  ['an unfinished object', fileOf('{"a":{"dtype":"F32"'), /ends too early/],
  ['a trailing comma', fileOf('{"a":{},}'), /unexpected/],
  ['deep nesting', fileOf(`{"a":${'['.repeat(100_000)}`), /nested too deeply/],
  ['a negative offset', fileOf('{"a":{"dtype":"F32","shape":[1],"data_offsets":[-4,0]}}', 4), /unexpected/],
  ['a fraction as size', fileOf('{"a":{"dtype":"F32","shape":[1.5],"data_offsets":[0,4]}}', 4), /unexpected/],
  ['an exponent as size', fileOf('{"a":{"dtype":"F32","shape":[1e1],"data_offsets":[0,40]}}', 40), /unexpected/],
  [
    'a number beyond 2^53',
    fileOf('{"a":{"dtype":"F32","shape":[9007199254740993],"data_offsets":[0,4]}}', 4),
    /number/,
  ],
  [
    'a number of 10,000 digits',
    fileOf(`{"a":{"dtype":"F32","shape":[${'9'.repeat(10_000)}],"data_offsets":[0,4]}}`),
    /number/,
  ],
  [
    'a name given twice',
    fileOf(
      '{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"a":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}',
      2,
    ),
    /"a" appears twice/,
  ],
  [
    'the same name in other letters of JSON',
    fileOf(
      '{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"\\u0061":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}',
      2,
    ),
    /"a" appears twice/,
  ],
  ['a field given twice', fileOf('{"a":{"dtype":"F32","dtype":"F64","shape":[1],"data_offsets":[0,4]}}', 4), /twice/],
  ['an additional field', fileOf({ a: { ...f32([1], 0, 4), strides: [1] } }, 4), /not described/],
  ['no shape', fileOf({ a: { dtype: 'F32', data_offsets: [0, 4] } }, 4), /not described/],
  ['a tensor that is a text', fileOf({ a: 'F32' }), /not described/],
  ['an unknown type', fileOf({ a: { ...f32([1], 0, 4), dtype: 'F128' } }, 4), /has the type "F128"/],
  ['a type named like a method', fileOf({ a: { ...f32([1], 0, 4), dtype: 'toString' } }, 4), /has the type "toString"/],
  ['a type that no network has', fileOf({ a: { ...f32([1], 0, 1), dtype: 'BOOL' } }, 1), /type "BOOL"/],
  ['three offsets', fileOf({ a: { dtype: 'F32', shape: [1], data_offsets: [0, 4, 4] } }, 4), /no usable offsets/],
  ['100 dimensions', fileOf({ a: f32(Array(100).fill(1), 0, 4) }, 4), /no usable shape/],
  ['a size that is not shape x type', fileOf({ a: f32([3], 0, 8) }, 8), /should take 12 bytes/],
  ['offsets in reverse', fileOf({ a: f32([1], 4, 0) }, 4), /takes -4/],
  [
    'a shape whose product wraps to 4',
    fileOf({ a: f32([4194305, 4194305, 211106198978564], 0, 16) }, 16),
    /should take/,
  ],
  ['a shape whose product is infinite', fileOf({ a: f32(Array(32).fill(2 ** 52), 0, 16) }, 16), /should take Infinity/],
  ['infinity times zero', fileOf({ a: f32([...Array(31).fill(2 ** 52), 0], 0, 0) }), /should take NaN/],
  ['an overlap', fileOf({ a: f32([2], 0, 8), b: f32([2], 4, 12) }, 12), /starts at byte 4 of the data instead of 8/],
  ['two tensors in one place', fileOf({ a: f32([1], 0, 4), b: f32([1], 0, 4) }, 4), /instead of 4/],
  ['a hole', fileOf({ a: f32([1], 0, 4), b: f32([1], 8, 12) }, 12), /instead of 4/],
  ['bytes behind the last tensor', fileOf({ a: f32([1], 0, 4) }, 5), /but 5 bytes follow/],
  ['bytes without a tensor', fileOf('{}', 100), /but 100 bytes follow/],
  ['metadata that is no object', fileOf('{"__metadata__":["a"]}'), /metadata is not an object/],
  ['metadata that is no text', fileOf('{"__metadata__":{"a":1}}'), /metadata "a" is not a text/],
];
for (const [name, bytes, words] of attacks)
  test(`readSafetensors() refuses ${name}`, () => checkRefused(() => readSafetensors(bytes), 'weightsBroken', words));

test('readSafetensors() treats __proto__ and constructor as ordinary names', () => {
  const { tensors, metadata } = readSafetensors(
    fileOf(
      '{"__metadata__":{"__proto__":"x"},"__proto__":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"constructor":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}',
      2,
    ),
  );
  assert.deepEqual([...tensors.keys()], ['__proto__', 'constructor']);
  assert.equal(metadata.get('__proto__'), 'x');
  assert.equal(({} as { shape?: unknown }).shape, undefined);
});

test('readSafetensors() names a missing file', () =>
  checkRefused(() => readSafetensors('/nowhere/w.safetensors'), 'weightsNotFound', /\/nowhere\/w\.safetensors/));

const sealed = () =>
  encodeSafetensors(
    [
      ['layer.weight', { dtype: 'float32', shape: [3, 5], data: Float32Array.from({ length: 15 }, (_, i) => i / 7) }],
      ['count', { dtype: 'int64', shape: [], data: new BigInt64Array(1) }],
    ],
    { note: 'naïve', epoch: '3' },
  );

test('readSafetensors() detects any flipped bit of data, names, shapes and metadata', async () => {
  const bytes = sealed();
  // A flipped bit of the checksum's own name makes it another program's metadata; all values are still read as before.
  const read = (of: Uint8Array) => [...readSafetensors(of).tensors];
  const { noticed } = await checkFlips(bytes, read, /Cannot read the weights/, { count: 400 });
  assert.ok(noticed > 360, `${noticed} of 400`);
  const dataStart = 8 + Number(new DataView(bytes.buffer).getBigUint64(0, true));
  const data = { count: 100, from: dataStart };
  assert.equal((await checkFlips(bytes, read, /its checksum does not match/, data)).noticed, 100);
});

test('the checksum in a safetensors file is the SHA-256 of the file with zeros in its place', () => {
  const bytes = Buffer.from(sealed());
  const at = bytes.indexOf('"shoulders_sha256":"') + '"shoulders_sha256":"'.length;
  const told = bytes.toString('latin1', at, at + 64);
  bytes.fill('0', at, at + 64);
  assert.equal(createHash('sha256').update(bytes).digest('hex'), told);
});

test('readSafetensors() reads a file without a checksum, and reports it', () => {
  assert.equal(readSafetensors(reference('all.safetensors')).verified, false);
  assert.equal(readSafetensors(sealed()).verified, true);
});

test('readSafetensors() verifies files larger than one chunk', () => {
  const data = new Float32Array(3 << 20).fill(1);
  const bytes = encodeSafetensors([['w', { dtype: 'float32', shape: [data.length], data }]]);
  assert.equal(readSafetensors(bytes).verified, true);
  return checkRefused(() => readSafetensors(flipped(bytes, bytes.length - 1, 6)), 'weightsBroken', /checksum/);
});
