// Plain tensors, as they pass between rooms and threads. Absent: arithmetic.

export type DType = 'float32' | 'float16' | 'int64' | 'uint8';

/** Row-major data with its shape. float16 is stored as its bit pattern in a Uint16Array. */
export interface Tensor {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly data: Float32Array | Uint16Array | BigInt64Array | Uint8Array;
}

export type FloatTensor = Tensor & { readonly data: Float32Array };

/**
 * Network parameters and BatchNorm statistics by torchvision's names, all float32; num_batches_tracked only where a run's training counted
 * batches.
 */
export type Parameters = ReadonlyMap<string, FloatTensor>;

/** Pairs of bytes as 16-bit values, in the machine's byte order: a view, or a copy where the bytes are not aligned. */
export function sixteenBitValues(bytes: Uint8Array): Uint16Array {
  // Not slice(), which shares the memory of a Buffer and stays where it is.
  const { buffer, byteOffset, byteLength } = bytes.byteOffset % 2 === 0 ? bytes : new Uint8Array(bytes);
  return new Uint16Array(buffer, byteOffset, byteLength / 2);
}

export const sizeOf = (shape: readonly number[]): number => shape.reduce((product, n) => product * n, 1);
