// weights/: initial parameters of a network, from a name or a file.
// Absent: training, engines, code from a weights file (a .pth is read as data). Called by training/, trained.ts by commands and classification/.

import { type Architecture, architectureRow, starterWeightsOf } from '../../shared/contracts/architectures.ts';
import { type ErrorCode, type ErrorParams, UserError } from '../../shared/contracts/errors.ts';
import type { Problem, WeightsOrigin } from '../../shared/contracts/events.ts';
import type { Recipe } from '../../shared/contracts/recipe.ts';
import {
  isOfficialName,
  officialByFileName,
  officialWeights,
  starterByHash,
  starterName,
  starterWeights,
} from '../../shared/recipes/officialWeights.ts';
import { initialBackbone } from '../network/initialize.ts';
import type { Parameters } from '../tensor.ts';
import { otherNetworkByConfig } from './choice/besideConfig.ts';
import { fitBackbone } from './fit.ts';
import { type FileSource, openFile } from './formats/byteSource.ts';
import { quoted } from './formats/refusals.ts';
import { openWeightsFile } from './formats/weightsFile.ts';
import { type OfficialRequest, openOfficialFile, wrongHash } from './officialFile.ts';
import { openStarterFile, starterFile } from './starter/starterFile.ts';

export interface WeightsRequest extends OfficialRequest {
  readonly network: Architecture;
  /** IMAGENET1K_V1, IMAGENET1K_V2, "starter", "none" (random weights) or the path of a weights file. */
  readonly weights: string;
  /** Path of the network in a file with several; see the recipe. */
  readonly weightsPrefix?: string | undefined;
  /** For random weights. */
  readonly seed: number;
}

export interface LoadedWeights {
  /** Every parameter and statistic of the network except the head's, in torchvision's names and order, each with its own buffer. */
  readonly backbone: Parameters;
  readonly origin: WeightsOrigin;
}

/**
 * The backbone alone: the head is always new, because a run's classes are not the file's.
 * @throws UserError weightsNotFound, weightsNotAllowed, weightsUnknownName, weightsBroken, weightsUnsafe, those of fitBackbone(),
 * noStarterWeights, starterBroken, weightsNotHere, weightsNotFetched, downloadFailed, downloadHash, diskFull, cannotWrite; the signal's reason
 */
export async function loadWeights(request: WeightsRequest): Promise<LoadedWeights> {
  const { network, weights, seed } = request;
  if (weights === 'none') return { backbone: initialBackbone(network, seed), origin: randomOrigin };
  const isNamed = weights === starterName || isOfficialName(weights);
  const { source, origin: from } = await open(request);
  try {
    const other = isNamed || from.verified ? undefined : otherNetworkByConfig(weights);
    if (other !== undefined) throw new UserError('weightsMismatch', { file: weights, network, reason: other });
    const prefix = isNamed ? undefined : request.weightsPrefix; // only meaningful for a user's file
    const { parameters: backbone, layout } = fitBackbone(source.name, network, await openWeightsFile(source), prefix);
    return { backbone, origin: { ...from, layout } };
  } finally {
    source.close();
  }
}

interface Opened {
  readonly source: FileSource;
  readonly origin: WeightsOrigin;
}

function open(request: WeightsRequest): Promise<Opened> {
  if (request.weights === starterName) return openStarter(request);
  return isOfficialName(request.weights) ? openOfficial(request) : openLocal(request);
}

async function openStarter({ network, signal }: WeightsRequest): Promise<Opened> {
  const weights = starterWeights(network);
  return {
    source: await openStarterFile(weights, starterFile(weights), signal),
    origin: starterOrigin(weights.sha256),
  };
}

async function openOfficial(request: WeightsRequest): Promise<Opened> {
  const weights = officialWeights(request.network, request.weights);
  try {
    const { source, sha256 } = await openOfficialFile(weights, request);
    return { source, origin: { kind: 'official', name: weights.name, sha256, verified: true } };
  } catch (error) {
    throw withStarter(error, starterWeightsOf(request.network) !== undefined);
  }
}

/** An error of openOfficialFile(): where starter weights exist, its sentence names them. */
export function withStarter(error: unknown, hasStarter: boolean): unknown {
  const code = error instanceof UserError && hasStarter ? starterCodes[error.code] : undefined;
  return code === undefined ? error : new UserError(code, (error as UserError).params, { cause: error });
}

const starterCodes: Partial<Record<ErrorCode, 'weightsNotHere' | 'weightsNotFetched'>> = {
  weightsNotAllowed: 'weightsNotHere',
  downloadFailed: 'weightsNotFetched',
};

/** A copy of an official or the starter file counts as one, by its hash; a file that only has an official name is damaged. */
async function openLocal({ weights: file, signal }: WeightsRequest): Promise<Opened> {
  const source = openFile(file);
  try {
    const sha256 = await source.sha256(signal);
    const name = file.split(/[\\/]/).at(-1)!;
    const official = officialByFileName(name);
    if (official && !sha256.startsWith(official.sha256Prefix)) throw wrongHash(file, sha256, official.sha256Prefix);
    if (starterByHash(sha256)) return { source, origin: starterOrigin(sha256) };
    return { source, origin: { kind: 'file', name, sha256, verified: official !== undefined } };
  } catch (error) {
    source.close();
    throw error;
  }
}

const randomOrigin: WeightsOrigin = { kind: 'random', name: 'random', sha256: null, verified: false };

const starterOrigin = (sha256: string): WeightsOrigin => ({
  kind: 'starter',
  name: starterName,
  sha256,
  verified: true,
});

/** Notes to show about weights of this origin. */
export function notesOf(
  { kind, verified, name, layout }: WeightsOrigin,
  { network, medical }: Pick<Recipe, 'network' | 'medical'>,
): readonly Problem[] {
  if (kind === 'random') return [note('randomWeights', {})];
  if (kind === 'starter') {
    const [{ name, sizeMB }] = architectureRow(network).officialWeights;
    return [note(medical ? 'starterWeightsMedical' : 'starterWeights', { name, sizeMB })];
  }
  const others = layout?.alternatives.map(quoted).join(', ') ?? '';
  return [
    ...(verified ? [] : [note('unverifiedWeights', { name })]),
    ...(layout && others !== ''
      ? [note('weightsChosen', { name, taken: [layout.container, layout.prefix].filter(Boolean).join('.'), others })]
      : []),
  ];
}

type NoteCode = 'randomWeights' | 'starterWeights' | 'starterWeightsMedical' | 'unverifiedWeights' | 'weightsChosen';
const note = (code: NoteCode, params: ErrorParams): Problem => ({ code, params });
