// Conversion between our tensors and those of TensorFlow.js, which lacks float16 and uint8: they become float32 and int32.
import type * as tf from '@tensorflow/tfjs';
import type { Tensor } from '../../tensor.ts';
import { fromHalf, toHalf } from '../../weights/formats/half.ts';
import type { TensorSpec } from '../engine.ts';

export type TensorFlow = typeof tf;

export function toTensorFlow(tf: TensorFlow, { dtype, shape, data }: Tensor): tf.Tensor {
  const dims = [...shape];
  switch (dtype) {
    case 'float32':
      return tf.tensor(data as Float32Array, dims, 'float32');
    case 'float16':
      return tf.tensor(fromHalf(data as Uint16Array), dims, 'float32');
    case 'uint8':
      return tf.tensor(Int32Array.from(data as Uint8Array), dims, 'int32');
    case 'int64':
      throw new Error('Integers can only be parameters of operators');
  }
}

/** A copy, because TensorFlow.js may return the memory that it computes on. Programs only output floats and float16. */
export function fromTensorFlow(tensor: tf.Tensor, { dtype }: TensorSpec): Tensor {
  const data = tensor.dataSync();
  if (!(data instanceof Float32Array) || (dtype !== 'float32' && dtype !== 'float16'))
    throw new Error(`An output is ${dtype}, which this engine cannot return`);
  return { dtype, shape: tensor.shape, data: dtype === 'float16' ? toHalf(data) : data.slice() };
}
