// Messages with arrays, encoded as bytes and decoded.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { frameOf, frameParser, readFrame, reusedPlaces } from '../../../../runner/engine/process/frames.ts';

const message = {
  id: 7,
  ok: true,
  value: [
    ['weights', { dtype: 'float32', shape: [2, 2], data: Float32Array.of(1.5, Number.NaN, -0, Infinity) }],
    ['halves', { data: Uint16Array.of(1, 65535) }],
    ['integers', { data: BigInt64Array.of(-(2n ** 63n), 5n) }],
    ['nothing', { data: new Uint8Array() }],
    ['bytes', { data: Uint8Array.of(9, 8, 7) }],
  ],
  words: ['grün', '', null, { deep: [] }],
};

const bytesOf = (value: unknown): Buffer => Buffer.concat(frameOf(value));

for (const size of [1, 3, 64, 1_000_000])
  test(`a frame cut into pieces of ${size} bytes arrives whole, and so does the next`, () => {
    const bytes = Buffer.concat([bytesOf(message), bytesOf({ id: 8 }), bytesOf(message)]);
    const arrived: unknown[] = [];
    const take = frameParser((each) => arrived.push(each));
    for (let start = 0; start < bytes.length; start += size) take(bytes.subarray(start, start + size));
    assert.deepEqual(arrived, [message, { id: 8 }, message]);
  });

test('a view of part of an array is sent as that part alone', () => {
  const part = Float32Array.of(1, 2, 3, 4).subarray(1, 3);
  const arrived: unknown[] = [];
  frameParser((each) => arrived.push(each))(bytesOf({ part }));
  assert.deepEqual(arrived, [{ part: Float32Array.of(2, 3) }]);
});

test('an array of a non-tensor type is refused', () => {
  assert.throws(() => frameOf({ data: new Float64Array(1) }), /Only arrays of Float32Array/);
});

/** Copies the bytes into the reader's buffers. */
function read(bytes: Uint8Array, places: ReturnType<typeof reusedPlaces>): Record<string, Uint8Array> {
  const frame = readFrame(places);
  let at = 0;
  let place = frame.next();
  for (; !place.done; place = frame.next()) {
    place.value.set(bytes.subarray(at, at + place.value.length));
    at += place.value.length;
  }
  return place.value as Record<string, Uint8Array>;
}

test('transient arrays reuse the buffer of the last array of their size, others get new memory', () => {
  const places = reusedPlaces(2);
  const frame = (passing: boolean, ...data: number[]) =>
    Buffer.concat(frameOf({ x: Uint8Array.from(data) }, { passing }));
  const first = read(frame(true, 1, 2), places).x!;
  const kept = read(frame(false, 3, 4), places).x!;
  const second = read(frame(true, 5, 6), places).x!;
  assert.equal(second.buffer, first.buffer);
  assert.deepEqual([...second], [5, 6]);
  assert.notEqual(kept.buffer, first.buffer);
  assert.deepEqual([...kept], [3, 4]);
});

test('two arrays of one message never share a buffer', () => {
  const bytes = Buffer.concat(frameOf({ x: Uint8Array.of(1), y: Uint8Array.of(2) }, { passing: true }));
  const { x, y } = read(bytes, reusedPlaces());
  assert.deepEqual([[...x!], [...y!]], [[1], [2]]);
});

test('the least recently used buffer is dropped first', () => {
  const places = reusedPlaces(2);
  const [one, two] = [places(0, 1), places(0, 2)];
  assert.equal(places(0, 1), one);
  places(0, 3);
  assert.equal(places(0, 1), one);
  assert.notEqual(places(0, 2), two);
});
