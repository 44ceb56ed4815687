// The table of networks: each name with its arithmetic.
import type { Architecture } from '../../shared/contracts/architectures.ts';
import type { FileNames, NetworkDefinition } from './network.ts';
import { basic, bottleneck, resnet } from './resnets/resnet.ts';

const networks: Readonly<Record<Architecture, NetworkDefinition>> = {
  resnet18: resnet(basic, [2, 2, 2, 2]),
  resnet34: resnet(basic, [3, 4, 6, 3]),
  resnet50: resnet(bottleneck, [3, 4, 6, 3]),
  resnet101: resnet(bottleneck, [3, 4, 23, 3]),
};

export const networkOf = (architecture: Architecture): NetworkDefinition => networks[architecture];

/** The names in files of every family. */
export const allFileNames: readonly FileNames[] = [...new Set(Object.values(networks).map(({ files }) => files))];
