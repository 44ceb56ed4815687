// Element types in weights files, and their conversion to ours: every floating type becomes float32.
import type { Tensor } from '../../tensor.ts';
import { fromHalf } from './half.ts';

/** Bytes per element, by safetensors' names. Types with several elements per byte (F4, F6) are not included. */
export const storedTypes = {
  F64: 8,
  F32: 4,
  F16: 2,
  BF16: 2,
  F8_E4M3: 1,
  F8_E5M2: 1,
  F8_E4M3FNUZ: 1,
  F8_E5M2FNUZ: 1,
  F8_E8M0: 1,
  C64: 8,
  C128: 16,
  I64: 8,
  I32: 4,
  I16: 2,
  I8: 1,
  U64: 8,
  U32: 4,
  U16: 2,
  U8: 1,
  BOOL: 1,
} as const;
export type StoredType = keyof typeof storedTypes;
export type ReadableType = 'F64' | 'F32' | 'F16' | 'BF16' | 'I64' | 'U8';

export const isStoredType = (type: string): type is StoredType => Object.hasOwn(storedTypes, type);

/** Other types (float8, complex, future ones) are named and skipped: no parameter of a ResNet is stored as one. */
export const isReadable = (type: string): type is ReadableType =>
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
