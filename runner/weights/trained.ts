// The kept weights of a run, model.safetensors, as a whole network: backbone and head.
import { basename, join } from 'node:path';
import { type Architecture, headOf } from '../../shared/contracts/architectures.ts';
import { UserError } from '../../shared/contracts/errors.ts';
import { hasHashes, modelHash } from '../../shared/contracts/fileHashes.ts';
import { files } from '../../shared/contracts/run.ts';
import type { RunState } from '../../shared/contracts/runState.ts';
import { parametersOf } from '../network/parameters.ts';
import { sealBroken } from '../seal.ts';
import type { FloatTensor, Parameters, Tensor } from '../tensor.ts';
import { fitBackbone } from './fit.ts';
import { type FileSource, openFile } from './formats/byteSource.ts';
import { broken } from './formats/refusals.ts';
import { openSafetensors } from './formats/safetensors.ts';
import type { StoredTensor } from './formats/weightsFile.ts';

export interface TrainedModel {
  readonly parameters: Parameters;
  /** Epoch of the weights; 0 if the file does not record it. */
  readonly epoch: number;
  /** Hex digits, of the file. */
  readonly sha256: string;
}

/**
 * Verifies the file's own checksum, and that of the log.
 *
 * @param runFolder  absolute
 * @throws UserError runWithoutWeights, modelDamaged; and like a weights file: weightsBroken, weightsWrongDepth, weightsMismatch,
 * weightsNotFinite
 */
export async function readTrainedModel(
  runFolder: string,
  network: Architecture,
  state: RunState,
): Promise<TrainedModel> {
  const classCount = state.classNames.length;
  const source = openedModel(runFolder);
  try {
    const sha256 = await source.sha256();
    const { tensors, epoch } = verified(source, sha256, state);
    const file = { groups: [{ container: '', tensors }], isLightning: false };
    const fitted = fitBackbone(source.name, network, file);
    const head = parametersOf(network, classCount)
      .filter(({ part }) => part === headOf(network))
      .map(
        ({ name, shape }) => [name, headTensor(source.name, network, name, shape, tensors.get(name)?.read())] as const,
      );
    return { parameters: new Map([...fitted.parameters, ...head, ...batchCounts(network, tensors)]), epoch, sha256 };
  } finally {
    source.close();
  }
}

/** @throws UserError weightsBroken; modelDamaged if the log shows that the file was once intact */
function verified(source: FileSource, sha256: string, state: RunState) {
  try {
    const { tensors, metadata, verified } = openSafetensors(source);
    const stored = Number(metadata.get('epoch'));
    const epoch = Number.isSafeInteger(stored) ? stored : 0;
    const logged = modelHash(state, epoch);
    // For an epoch that the log does not contain yet, only the file's own checksum is available.
    if (logged === undefined ? hasHashes(state) && !verified : logged !== sha256) throw broken(source.name, sealBroken);
    return { tensors, epoch };
  } catch (error) {
    if (!(error instanceof UserError) || !hasHashes(state)) throw error;
    const params = { run: state.runId, file: files.model, reason: String(error.params.reason ?? error.message) };
    throw new UserError('modelDamaged', params, { cause: error });
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

/** num_batches_tracked of each BatchNorm whose batches the training counted. */
function batchCounts(network: Architecture, tensors: ReadonlyMap<string, StoredTensor>): [string, FloatTensor][] {
  return parametersOf(network, 1).flatMap(({ name, shape, role }): [string, FloatTensor][] => {
    const stored = role === 'batchCount' ? tensors.get(name)?.read() : undefined;
    const count = stored?.dtype === 'int64' ? Number((stored.data as BigInt64Array)[0]) : 0;
    return count > 0 ? [[name, { dtype: 'float32', shape, data: Float32Array.of(count) }]] : [];
  });
}

function headTensor(
  file: string,
  network: Architecture,
  name: string,
  shape: readonly number[],
  tensor: Tensor | undefined,
): FloatTensor {
  if (tensor?.dtype !== 'float32' || tensor.shape.join() !== shape.join()) {
    const seen = tensor ? `is ${tensor.dtype} [${tensor.shape.join(', ')}]` : 'is missing';
    throw new UserError('weightsMismatch', {
      file,
      network,
      reason: `${name} ${seen}, [${shape.join(', ')}] expected`,
    });
  }
  const { data } = tensor as FloatTensor;
  if (!data.every(Number.isFinite)) throw new UserError('weightsNotFinite', { file, tensor: name });
  return { ...tensor, data };
}
