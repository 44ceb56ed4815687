// The official weights of each network, by name and by file.
import { type Architecture, architectureRow, architectures, type OfficialWeights } from '../contracts/architectures.ts';
import { UserError } from '../contracts/errors.ts';

export const officialBaseUrl = 'https://download.pytorch.org/models/';

/** Names of this form are official weights, everything else is a file (or "none"). */
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
