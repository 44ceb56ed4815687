// The official ImageNet weights of torchvision. The eight hex digits in a file's name are the start of its SHA-256.
import { UserError } from '../contracts/errors.ts';
import type { Architecture } from '../contracts/recipe.ts';

export interface OfficialWeights {
  readonly name: string;
  readonly fileName: string;
  readonly sha256Prefix: string;
  /** For words and for bounds; the exact size is not known beforehand. */
  readonly sizeMB: number;
}

export const officialBaseUrl = 'https://download.pytorch.org/models/';

const catalogue: Readonly<Record<Architecture, readonly OfficialWeights[]>> = {
  resnet18: [entry('IMAGENET1K_V1', 'resnet18-f37072fd.pth', 45)],
  resnet34: [entry('IMAGENET1K_V1', 'resnet34-b627a593.pth', 84)],
  resnet50: [entry('IMAGENET1K_V1', 'resnet50-0676ba61.pth', 98), entry('IMAGENET1K_V2', 'resnet50-11ad3fa6.pth', 98)],
  resnet101: [
    entry('IMAGENET1K_V1', 'resnet101-63fe2227.pth', 171),
    entry('IMAGENET1K_V2', 'resnet101-cd907fc2.pth', 171),
  ],
};

/** Names of this form are official weights, everything else is a file (or "none"). */
export const isOfficialName = (weights: string): boolean => /^imagenet1k/i.test(weights) && !/[\\/.]/.test(weights);

/** @throws UserError weightsUnknownName */
export function officialWeights(network: Architecture, name: string): OfficialWeights {
  const known = catalogue[network];
  const found = known.find((weights) => weights.name === name.toUpperCase());
  if (!found)
    throw new UserError('weightsUnknownName', {
      name,
      network,
      known: known.map((weights) => weights.name).join(', '),
    });
  return found;
}

/** The official file of this name, of whichever network. */
export const officialByFileName = (fileName: string): OfficialWeights | undefined =>
  Object.values(catalogue)
    .flat()
    .find((weights) => weights.fileName === fileName);

function entry(name: string, fileName: string, sizeMB: number): OfficialWeights {
  return { name, fileName, sha256Prefix: fileName.slice(-12, -4), sizeMB };
}
