// The networks in a weights file, found by names alone, under any prefix. Shapes are compared once one is chosen (fit.ts).
import { type Architecture, architectures, headOf } from '../../../shared/contracts/architectures.ts';
import { allFileNames, networkOf } from '../../network/architecture.ts';
import type { FileNames, Naming } from '../../network/network.ts';
import { type ParameterSpec, parametersOf } from '../../network/parameters.ts';
import type { StoredTensor, TensorGroup } from '../formats/weightsFile.ts';
import { withoutWrappers } from './wrappers.ts';

export interface Backbone {
  readonly group: TensorGroup;
  /** Prefix of every name, with its dot: `module.encoder_q.`; '' for none. */
  readonly prefix: string;
  readonly naming: Naming;
  /** The family with these names. */
  readonly family: FileNames;
  /** "3-4-6-3 bottleneck" for a ResNet: identifies the network within its family. */
  readonly skeleton: string;
  /** The group's tensors, by names without the parts that wrappers insert. */
  readonly tensors: ReadonlyMap<string, StoredTensor>;
}

/** Every place in the file with a network's first convolution and first block. */
export function findBackbones(groups: readonly TensorGroup[]): Backbone[] {
  return groups.flatMap((group) => {
    const tensors = unwrapped(group.tensors);
    return allFileNames.flatMap((family) =>
      family.namings.flatMap((naming) => {
        const [first, block] = family.landmarks.map(naming.inFile) as [string, string];
        return [...tensors.keys()].flatMap((name) => {
          if (!name.endsWith(first)) return [];
          const prefix = name.slice(0, -first.length);
          if ((prefix !== '' && !prefix.endsWith('.')) || !tensors.has(prefix + block)) return [];
          const skeleton = family.skeleton((n) => tensors.has(prefix + naming.inFile(n)));
          return [{ group, prefix, naming, family, tensors, skeleton }];
        });
      }),
    );
  });
}

/** The tensor for torchvision's name `name`. */
export const tensorIn = ({ tensors, prefix, naming }: Backbone, name: string): StoredTensor | undefined =>
  tensors.get(prefix + naming.inFile(name));

/** `state_dict.module.encoder_q.`: users choose a network by it; `.` is the outermost dictionary without a prefix. */
export const pathOf = ({ group, prefix }: Backbone): string =>
  `${group.container === '' ? '' : `${group.container}.`}${prefix}` || '.';

/** All parameters except the head and the counters of batches, in torchvision's order. */
export const backboneOf = (network: Architecture): readonly ParameterSpec[] =>
  parametersOf(network, 1).filter(({ part, role }) => role !== 'batchCount' && part !== headOf(network));

/** Whether the backbone is `network`'s, by its names. */
export const isNetwork = ({ family, skeleton }: Backbone, network: Architecture): boolean =>
  family === networkOf(network).files && skeleton === skeletonOf(network);

/** Cached, because they are compared with every backbone of a file, of which there may be many. */
const skeletons = new Map<Architecture, string>();

function skeletonOf(network: Architecture): string {
  const known = skeletons.get(network);
  if (known !== undefined) return known;
  const names = new Set(backboneOf(network).map(({ name }) => name));
  const skeleton = networkOf(network).files.skeleton((name) => names.has(name));
  skeletons.set(network, skeleton);
  return skeleton;
}

/** undefined: none of our networks. */
export const architectureOf = (backbone: Backbone): Architecture | undefined =>
  architectures.find((network) => isNetwork(backbone, network));

function unwrapped(tensors: ReadonlyMap<string, StoredTensor>): ReadonlyMap<string, StoredTensor> {
  const bare = new Map([...tensors].map(([name, tensor]) => [withoutWrappers(name), tensor]));
  return bare.size === tensors.size ? bare : tensors;
}
