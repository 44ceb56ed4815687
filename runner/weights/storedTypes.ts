// Element types as weights files hold them, and their way to ours: every floating type becomes float32.
import type { Tensor } from '../tensor.ts';

/** Bytes an element takes, by safetensors' names. */
export const storedTypes = {
  F64: 8,
  F32: 4,
  F16: 2,
  BF16: 2,
  I64: 8,
  I32: 4,
  I16: 2,
  I8: 1,
  U8: 1,
  BOOL: 1,
} as const;
export type StoredType = keyof typeof storedTypes;
export type ReadableType = 'F64' | 'F32' | 'F16' | 'BF16' | 'I64' | 'U8';

export const isReadable = (type: StoredType): type is ReadableType =>
  type === 'F64' || type === 'F32' || type === 'F16' || type === 'BF16' || type === 'I64' || type === 'U8';

/**
 * Little-endian elements to float32 (F64, F32, F16, BF16), int64 (I64) or uint8 (U8). F64 is rounded to nearest; beyond float32 it
 * becomes infinite. F32, I64 and U8 keep the buffer of `bytes`, which must be its own (offset 0).
 */
export function decoded(type: ReadableType, bytes: Uint8Array<ArrayBuffer>): Pick<Tensor, 'dtype' | 'data'> {
  switch (type) {
    case 'F32':
      return { dtype: 'float32', data: new Float32Array(bytes.buffer) };
    case 'F64':
      return { dtype: 'float32', data: new Float32Array(new Float64Array(bytes.buffer)) };
    case 'F16':
      return { dtype: 'float32', data: fromHalf(new Uint16Array(bytes.buffer)) };
    case 'BF16':
      return { dtype: 'float32', data: fromBfloat(new Uint16Array(bytes.buffer)) };
    case 'I64':
      return { dtype: 'int64', data: new BigInt64Array(bytes.buffer) };
    case 'U8':
      return { dtype: 'uint8', data: bytes };
  }
}

/** bfloat16 is the upper half of a float32. */
function fromBfloat(bits: Uint16Array): Float32Array {
  const words = new Uint32Array(bits.length);
  for (let i = 0; i < bits.length; i++) words[i] = bits[i]! << 16;
  return new Float32Array(words.buffer);
}

function fromHalf(bits: Uint16Array): Float32Array {
  halfValues ??= Float32Array.from({ length: 65536 }, (_, i) => halfValue(i));
  const values = new Float32Array(bits.length);
  for (let i = 0; i < bits.length; i++) values[i] = halfValues[bits[i]!]!;
  return values;
}

// A table of all values: 25 million elements in a tenth of a second, where arithmetic per element takes a second.
let halfValues: Float32Array | undefined;

/** IEEE 754 binary16: 1 sign, 5 exponent (bias 15), 10 fraction bits. */
function halfValue(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return sign * (1024 + fraction) * 2 ** (exponent - 25);
}
