// Weights files that exist in memory only.

import { parametersOf } from '../../runner/network/parameters.ts';
import { sizeOf, type Tensor } from '../../runner/tensor.ts';
import type { StoredTensor, TensorGroup, WeightsFile } from '../../runner/weights/formats/weightsFile.ts';
import type { Architecture } from '../../shared/contracts/architectures.ts';

/** All names and shapes of a network without counters; zeros, except variances of 1. */
export function blank(network: Architecture, classCount = 1000): Map<string, Tensor & { data: Float32Array }> {
  return new Map(
    parametersOf(network, classCount)
      .filter(({ role }) => role !== 'batchCount')
      .map(({ name, shape, role }) => {
        const data = new Float32Array(sizeOf(shape)).fill(role === 'runningVar' ? 1 : 0);
        return [name, { dtype: 'float32', shape, data }];
      }),
  );
}

const types = { float32: 'F32', float16: 'F16', int64: 'I64', uint8: 'U8' } as const;

export const stored = (name: string, tensor: Tensor): StoredTensor => ({
  type: types[tensor.dtype],
  shape: tensor.shape,
  identity: () => name,
  read: () => tensor,
});

/** A file of one dictionary. */
export const fileOf = (tensors: Iterable<readonly [string, Tensor]>): WeightsFile =>
  fileOfGroups({ container: '', tensors: new Map([...tensors].map(([name, t]) => [name, stored(name, t)])) });

export const fileOfGroups = (...groups: TensorGroup[]): WeightsFile => ({ groups, isLightning: false });
