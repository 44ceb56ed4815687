// The table of networks: the arithmetic of each name.
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

/** Names of parameters in files, for every family. */
export const allFileNames: readonly FileNames[] = [...new Set(Object.values(networks).map(({ files }) => files))];
