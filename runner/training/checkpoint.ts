import type { Tensor } from '../tensor.ts';
import { encodeSafetensors } from '../weights/safetensors.ts';
import type { EpochResult } from './stages.ts';

/** checkpoint.safetensors: all parameters by name, the optimizer's state as `<parameter>/<moment>`; strings in its metadata. */
export function encodeCheckpoint(result: EpochResult, metadata: Readonly<Record<string, string>>): Uint8Array {
  const tensors: [string, Tensor][] = [...result.parameters, ...result.optimizerState];
  return encodeSafetensors(tensors, metadata);
}
