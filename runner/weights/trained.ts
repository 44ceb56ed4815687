// The kept weights of a run, model.safetensors, as a whole network: backbone and head.
import { basename, join } from 'node:path';
import { UserError } from '../contracts/errors.ts';
import type { Architecture } from '../contracts/recipe.ts';
import { files } from '../contracts/run.ts';
import { parametersOf } from '../network/parameters.ts';
import type { Parameters, Tensor } from '../tensor.ts';
import { openFile } from './byteSource.ts';
import { fitBackbone } from './fit.ts';
import { openSafetensors } from './safetensors.ts';

export interface TrainedModel {
  readonly parameters: Parameters;
  /** After which it was saved; 0 where the file does not say. */
  readonly epoch: number;
  /** Hex, of the file. */
  readonly sha256: string;
}

/**
 * @param runFolder  absolute
 * @throws UserError runWithoutWeights; as a weights file does: weightsBroken, weightsWrongDepth, weightsMismatch, weightsNotFinite
 */
export async function readTrainedModel(
  runFolder: string,
  network: Architecture,
  classCount: number,
): Promise<TrainedModel> {
  const source = openedModel(runFolder);
  try {
    const sha256 = await source.sha256();
    const { tensors, metadata } = openSafetensors(source);
    const file = { groups: [{ container: '', tensors }], isLightning: false };
    const fitted = fitBackbone(source.name, network, file);
    const head = parametersOf(network, classCount)
      .filter(({ name }) => name.startsWith('fc.'))
      .map(
        ({ name, shape }) => [name, headTensor(source.name, network, name, shape, tensors.get(name)?.read())] as const,
      );
    const epoch = Number(metadata.get('epoch'));
    return {
      parameters: new Map([...fitted.parameters, ...head]),
      epoch: Number.isSafeInteger(epoch) ? epoch : 0,
      sha256,
    };
  } finally {
    source.close();
  }
}

function openedModel(runFolder: string) {
  try {
    return openFile(join(runFolder, files.model));
  } catch (error) {
    if (error instanceof UserError && error.code === 'weightsNotFound')
      throw new UserError('runWithoutWeights', { run: basename(runFolder), file: files.model }, { cause: error });
    throw error;
  }
}

function headTensor(
  file: string,
  network: Architecture,
  name: string,
  shape: readonly number[],
  tensor: Tensor | undefined,
): Tensor & { readonly data: Float32Array } {
  if (tensor?.dtype !== 'float32' || tensor.shape.join() !== shape.join()) {
    const seen = tensor ? `is ${tensor.dtype} [${tensor.shape.join(', ')}]` : 'is missing';
    throw new UserError('weightsMismatch', {
      file,
      network,
      reason: `${name} ${seen}, [${shape.join(', ')}] is expected`,
    });
  }
  const { data } = tensor as Tensor & { readonly data: Float32Array };
  if (!data.every(Number.isFinite)) throw new UserError('weightsNotFinite', { file, tensor: name });
  return { ...tensor, data };
}
