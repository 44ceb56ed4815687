// Checks of tensors that every engine makes, whatever computes them.
import { sizeOf, type Tensor } from '../tensor.ts';
import type { TensorSpec } from './engine.ts';

/** The tensor with its actual shape. @throws Error when it is missing or does not match `spec` */
export function checkedInput(name: string, spec: TensorSpec, tensor: Tensor | undefined): Tensor {
  if (!tensor) throw new Error(`Input ${name} is missing`);
  const shape = spec.shape.map((n, axis) => (n === -1 ? (tensor.shape[axis] ?? 0) : n));
  if (tensor.dtype !== spec.dtype || tensor.data.length !== sizeOf(shape))
    throw new Error(
      `Input ${name} is ${tensor.dtype} [${tensor.shape}] with ${tensor.data.length} entries, ${spec.dtype} [${spec.shape}] is expected`,
    );
  return { ...tensor, shape };
}

/** Whether all values of a float tensor are finite. */
export function allFinite({ data }: Tensor): boolean {
  for (const value of data as Float32Array) if (!Number.isFinite(value)) return false;
  return true;
}
