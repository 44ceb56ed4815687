// checkpoint.safetensors: all that a run needs to go on after an epoch as if it had never been left. One file, replaced whole, so
// that no two generations can mix: the weights that the stage keeps are in it, whatever model.safetensors holds by then. The one before
// is kept as checkpoint.older.safetensors, for a run whose newest was damaged.
import { z } from 'zod';
import { UserError } from '../../shared/contracts/errors.ts';
import { EpochEvent } from '../../shared/contracts/events.ts';
import type { ParameterSpec } from '../network/parameters.ts';
import type { FloatTensor, Tensor } from '../tensor.ts';
import type { ByteSource } from '../weights/formats/byteSource.ts';
import { encodeSafetensors, readSafetensors, type TensorFile } from '../weights/formats/safetensors.ts';
import type { EpochResult, StageProgress } from './stage/stages.ts';

const About = z.object({
  /** 1: random weights trained with BatchNorm frozen, at capped rates. */
  version: z.union([z.literal(1), z.literal(2)]),
  stage: z.int().min(0),
  /** Epochs of the run before this stage. */
  epochsBefore: z.int().min(0),
  /** The stage's end, when this was its last epoch. */
  ends: z.enum(['completed', 'earlyStopping']).nullable(),
  kept: z.object({ epoch: z.int().min(1), loss: z.number() }),
  patience: z.object({ best: z.number().nullable(), waited: z.int().min(0) }),
  /** The run started from random weights: its stages train the whole network. */
  random: z.boolean(),
  /** Fingerprint of the dataset. */
  fingerprint: z.string(),
  /** The event recorded after the checkpoint: a process killed in between has not logged it. */
  event: EpochEvent,
});
type About = z.infer<typeof About>;

export interface Checkpoint extends StageProgress, Omit<About, 'kept' | 'patience' | 'version'> {
  /** The file bears a checksum, which holds. */
  readonly verified: boolean;
}

/**
 * All parameters by name; the optimizer's state as `<parameter>/<moment>`; `kept/<parameter>` where the kept weights differ from
 * the last ones. The rest is JSON in the metadata, as `progress`.
 */
export function encodeCheckpoint(
  result: EpochResult,
  about: Pick<About, 'stage' | 'epochsBefore' | 'random' | 'fingerprint' | 'event'>,
  metadata: Readonly<Record<string, string>>,
): Uint8Array {
  const { parameters, kept, patience, ends } = result;
  const other = [...kept.parameters].filter(([name, tensor]) => parameters.get(name) !== tensor);
  const tensors: [string, Tensor][] = [
    ...parameters,
    ...result.optimizerState,
    ...other.map(([name, tensor]): [string, Tensor] => [`${keptPrefix}${name}`, tensor]),
  ];
  const progress: About = {
    version: 2,
    ...about,
    ends,
    kept: { epoch: kept.epoch, loss: kept.loss },
    patience: { ...patience },
  };
  return encodeSafetensors(tensors, { ...metadata, progress: JSON.stringify(progress) });
}

/**
 * @param specs  every parameter of the run's network
 * @throws UserError checkpointUnusable: damaged, of another version, or not of this network
 */
export function readCheckpoint(
  file: string | Uint8Array | ByteSource,
  specs: readonly Omit<ParameterSpec, 'part'>[],
): Checkpoint {
  const { tensors, metadata, verified } = readFile(file);
  const about = aboutOf(metadata.get('progress'));
  if (about.random && about.version === 1)
    throw unusable(
      'an older version trained it from random weights with BatchNorm frozen; this version trains BatchNorm',
    );
  const names = new Map(specs.map(({ name, shape }) => [name, shape]));
  const parameters = new Map<string, FloatTensor>();
  // Batches are counted only where BatchNorm trains.
  for (const { name, shape, role } of specs)
    if (role !== 'batchCount' || tensors.has(name)) parameters.set(name, checked(name, tensors.get(name), shape));
  const kept = new Map(parameters);
  const optimizerState = new Map<string, Tensor>();
  for (const [name, tensor] of tensors) {
    if (names.has(name)) continue;
    const ofKept = name.startsWith(keptPrefix) ? name.slice(keptPrefix.length) : undefined;
    const shape = ofKept === undefined ? undefined : names.get(ofKept);
    if (ofKept !== undefined && shape) kept.set(ofKept, checked(name, tensor, shape));
    else optimizerState.set(name, tensor);
  }
  return {
    ...about,
    epoch: about.event.epoch,
    parameters,
    optimizerState,
    kept: { ...about.kept, parameters: kept },
    verified,
  };
}

function readFile(file: string | Uint8Array | ByteSource): TensorFile {
  try {
    return readSafetensors(file);
  } catch (error) {
    throw error instanceof UserError ? unusable(String(error.params.reason ?? error.message), error) : error;
  }
}

const keptPrefix = 'kept/';

function aboutOf(json: string | undefined): About {
  if (json === undefined) throw unusable('another version wrote it');
  try {
    const parsed = About.safeParse(JSON.parse(json));
    if (parsed.success) return parsed.data;
  } catch (error) {
    throw unusable('its description is damaged', error);
  }
  throw unusable('another version wrote it');
}

function checked(name: string, tensor: Tensor | undefined, shape: readonly number[]): FloatTensor {
  if (tensor?.dtype !== 'float32' || tensor.shape.join() !== shape.join())
    throw unusable(`it does not hold ${name} as it should`);
  return tensor as FloatTensor;
}

const unusable = (reason: string, cause?: unknown) => new UserError('checkpointUnusable', { reason }, { cause });
