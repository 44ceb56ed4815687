// The content of a weights file, described before any element is read: dictionaries of tensors, each with its type and shape.
import type { Tensor } from '../../tensor.ts';
import { looksLikeTorchFile, openTorchFile } from '../torch/torchFile.ts';
import type { ByteSource } from './byteSource.ts';
import { isCompact, unpacked } from './compact.ts';
import { broken } from './refusals.ts';
import { looksLikeSafetensors, openSafetensors } from './safetensors.ts';

export interface WeightsFile {
  /** In the order of discovery: outer before inner. Never empty. */
  readonly groups: readonly TensorGroup[];
  /** Recognized by the version that Lightning writes into every checkpoint. */
  readonly isLightning: boolean;
}

/** One dictionary, by the keys that lead to it: `state_dict`, `classy_state_dict.base_model`; '' for the file's own. */
export interface TensorGroup {
  readonly container: string;
  readonly tensors: ReadonlyMap<string, StoredTensor>;
}

export interface StoredTensor {
  /** A name as in storedTypes; otherwise a name for an error: `torch.float8_e3m4`, `numpy.ndarray`. */
  readonly type: string;
  /** undefined for kinds without a shape here (quantized, sparse, not a tensor). */
  readonly shape: readonly number[] | undefined;
  /** Equal for two names of one tensor. */
  identity(): string;
  /** Types as in readSafetensors(). @throws UserError weightsBroken, weightsUnsafe */
  read(): Tensor;
}

/** Detects the format by the content, not by the extension. @throws UserError weightsBroken, weightsUnsafe */
export async function openWeightsFile(source: ByteSource): Promise<WeightsFile> {
  if (looksLikeSafetensors(source)) {
    const { tensors: stored, metadata } = openSafetensors(source);
    const tensors = isCompact(metadata) ? unpacked(source.name, stored, metadata) : stored;
    return { groups: [{ container: '', tensors }], isLightning: false };
  }
  if (looksLikeTorchFile(source)) return openTorchFile(source);
  throw broken(source.name, whatElse(source));
}

const signatures: readonly (readonly [start: string, what: string])[] = [
  ['<', 'it is a web page'],
  ['\x89HDF\r\n', 'it is an HDF5 file, as Keras writes, and only .pth and .safetensors files are read'],
  ['version https://git-lfs', 'it is a pointer of Git LFS, not the weights themselves (git lfs pull brings them)'],
];

function whatElse(source: ByteSource): string {
  const start = Buffer.from(source.read(0, Math.min(source.sizeBytes, 40))).toString('latin1');
  const known = signatures.find(([signature]) => start.startsWith(signature));
  return known ? known[1] : `it is neither a .pth nor a .safetensors file, or is cut off (${source.sizeBytes} bytes)`;
}
