// A trained model as a file that torchvision loads: load_state_dict(load_file('model.safetensors'), strict=True).
import type { Architecture } from '../../shared/contracts/architectures.ts';
import { parametersOf } from '../network/parameters.ts';
import type { Parameters, Tensor } from '../tensor.ts';
import { encodeSafetensors } from './formats/safetensors.ts';

/**
 * The safetensors bytes of a whole network; `format: pt` is added to the metadata.
 * @param parameters exactly those of the architecture with `classCount` classes
 */
export function encodeModel(
  network: Architecture,
  parameters: Parameters,
  classCount: number,
  metadata: Readonly<Record<string, string>>,
): Uint8Array {
  return encodeSafetensors(stateDict(network, parameters, classCount), { format: 'pt', ...metadata });
}

/** Names and order of torchvision's state_dict(); num_batches_tracked is 0 unless the training counted batches. */
export function stateDict(network: Architecture, parameters: Parameters, classCount: number): [string, Tensor][] {
  return parametersOf(network, classCount).map(({ name, shape, role }): [string, Tensor] => {
    if (role === 'batchCount') {
      const count = parameters.get(name)?.data[0] ?? 0;
      return [name, { dtype: 'int64', shape: [], data: BigInt64Array.of(BigInt(count)) }];
    }
    const tensor = parameters.get(name);
    if (!tensor || tensor.shape.join() !== shape.join())
      throw new Error(`${name} should be [${shape}], it is ${tensor ? `[${tensor.shape}]` : 'missing'}`);
    return [name, tensor];
  });
}
