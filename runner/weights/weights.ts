// weights/: initial parameters of a network, from a name or a file.
// Absent: training, engines, code from a weights file (a .pth is read as data). Called by training/, trained.ts by commands and classification/.

import type { Architecture } from '../../shared/contracts/architectures.ts';
import { type ErrorParams, UserError } from '../../shared/contracts/errors.ts';
import type { Problem, WeightsOrigin } from '../../shared/contracts/events.ts';
import { isOfficialName, officialByFileName, officialWeights } from '../../shared/recipes/officialWeights.ts';
import { initialBackbone } from '../network/initialize.ts';
import type { Parameters } from '../tensor.ts';
import { otherNetworkByConfig } from './choice/besideConfig.ts';
import { fitBackbone } from './fit.ts';
import { type FileSource, openFile } from './formats/byteSource.ts';
import { quoted } from './formats/refusals.ts';
import { openWeightsFile } from './formats/weightsFile.ts';
import { type OfficialRequest, openOfficialFile, wrongHash } from './officialFile.ts';

export interface WeightsRequest extends OfficialRequest {
  readonly network: Architecture;
  /** IMAGENET1K_V1, IMAGENET1K_V2, "none" (random weights) or the path of a weights file. */
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
 * downloadFailed, downloadHash, diskFull, cannotWrite; the signal's reason
 */
export async function loadWeights(request: WeightsRequest): Promise<LoadedWeights> {
  const { network, weights, seed } = request;
  if (weights === 'none') return { backbone: initialBackbone(network, seed), origin: randomOrigin };
  const isOfficial = isOfficialName(weights);
  const { source, origin: from } = isOfficial ? await openOfficial(request) : await openLocal(request);
  try {
    const other = isOfficial || from.verified ? undefined : otherNetworkByConfig(weights);
    if (other !== undefined) throw new UserError('weightsMismatch', { file: weights, network, reason: other });
    const prefix = isOfficial ? undefined : request.weightsPrefix; // only meaningful for a user's file
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

async function openOfficial(request: WeightsRequest): Promise<Opened> {
  const weights = officialWeights(request.network, request.weights);
  const { source, sha256 } = await openOfficialFile(weights, request);
  return { source, origin: { kind: 'official', name: weights.name, sha256, verified: true } };
}

/** A copy of an official file counts as one, by its hash; a file that only has an official name is damaged. */
async function openLocal({ weights: file, signal }: WeightsRequest): Promise<Opened> {
  const source = openFile(file);
  try {
    const sha256 = await source.sha256(signal);
    const name = file.split(/[\\/]/).at(-1)!;
    const official = officialByFileName(name);
    if (official && !sha256.startsWith(official.sha256Prefix)) throw wrongHash(file, sha256, official.sha256Prefix);
    return { source, origin: { kind: 'file', name, sha256, verified: official !== undefined } };
  } catch (error) {
    source.close();
    throw error;
  }
}

const randomOrigin: WeightsOrigin = { kind: 'random', name: 'random', sha256: null, verified: false };

/** Notes to show about weights of this origin. */
export function notesOf({ kind, verified, name, layout }: WeightsOrigin): readonly Problem[] {
  if (kind === 'random') return [note('randomWeights', {})];
  const others = layout?.alternatives.map(quoted).join(', ') ?? '';
  return [
    ...(verified ? [] : [note('unverifiedWeights', { name })]),
    ...(layout && others !== ''
      ? [note('weightsChosen', { name, taken: [layout.container, layout.prefix].filter(Boolean).join('.'), others })]
      : []),
  ];
}

const note = (code: 'randomWeights' | 'unverifiedWeights' | 'weightsChosen', params: ErrorParams): Problem => ({
  code,
  params,
});
