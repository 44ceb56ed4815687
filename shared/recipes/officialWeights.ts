// The weights that are known by name: the official ones of each network, and the shipped starter weights.
import {
  type Architecture,
  architectureRow,
  architectures,
  type OfficialWeights,
  type StarterWeights,
  starterWeightsOf,
} from '../contracts/architectures.ts';
import { UserError } from '../contracts/errors.ts';

/** The shipped starter weights, in a recipe and in a run's origin of weights. A file of this name: ./starter. */
export const starterName = 'starter';

export const officialBaseUrl = 'https://download.pytorch.org/models/';

/** Names of this form are official weights, everything else is a file (or "starter", or "none"). */
export const isOfficialName = (weights: string): boolean => /^imagenet1k/i.test(weights) && !/[\\/.]/.test(weights);

/** @throws UserError weightsUnknownName */
export function officialWeights(network: Architecture, name: string): OfficialWeights {
  const known = architectureRow(network).officialWeights;
  const found = known.find((weights) => weights.name === name.toUpperCase());
  if (!found)
    throw new UserError('weightsUnknownName', {
      name,
      network,
      known: known.map((weights) => weights.name).join(', '),
    });
  return found;
}

/** Official weights with this file name, for any network. */
export const officialByFileName = (fileName: string): OfficialWeights | undefined =>
  architectures
    .flatMap((architecture) => architectureRow(architecture).officialWeights)
    .find((weights) => weights.fileName === fileName);

/** @throws UserError noStarterWeights */
export function starterWeights(network: Architecture): StarterWeights {
  const found = starterWeightsOf(network);
  if (found) return found;
  const known = architectures.filter((other) => starterWeightsOf(other) !== undefined);
  throw new UserError('noStarterWeights', { network, known: known.join(', ') || '–' });
}

/** The network with the starter weights of this hash. */
export const starterByHash = (sha256: string): Architecture | undefined =>
  architectures.find((network) => starterWeightsOf(network)?.sha256 === sha256);
