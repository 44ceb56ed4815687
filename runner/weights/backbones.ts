// Which ResNets a weights file holds: by names alone, under whatever prefix. Shapes are compared once one is chosen (fit.ts).
import { type Architecture, architectures } from '../../shared/contracts/recipe.ts';
import { type ParameterSpec, parametersOf } from '../network/parameters.ts';
import { type NamingName, namingNames, namings, withoutWrappers } from './namings.ts';
import type { StoredTensor, TensorGroup } from './weightsFile.ts';

export interface Backbone {
  readonly group: TensorGroup;
  /** Before every name, with its dot: `module.encoder_q.`; '' for none. */
  readonly prefix: string;
  readonly naming: NamingName;
  /** "3-4-6-3 bottleneck": blocks in each stage and their kind. */
  readonly skeleton: string;
  /** The group's tensors, their names without what wrappers put in between. */
  readonly tensors: ReadonlyMap<string, StoredTensor>;
}

/** Every place in the file that has a ResNet's first convolution and first block. */
export function findBackbones(groups: readonly TensorGroup[]): Backbone[] {
  return groups.flatMap((group) => {
    const tensors = unwrapped(group.tensors);
    return namingNames.flatMap((naming) => {
      const { inFile } = namings[naming];
      const stem = inFile('conv1.weight');
      const firstBlock = inFile('layer1.0.conv1.weight');
      return [...tensors.keys()].flatMap((name) => {
        if (!name.endsWith(stem)) return [];
        const prefix = name.slice(0, -stem.length);
        if ((prefix !== '' && !prefix.endsWith('.')) || !tensors.has(prefix + firstBlock)) return [];
        return [{ group, prefix, naming, tensors, skeleton: skeleton((n) => tensors.has(prefix + inFile(n))) }];
      });
    });
  });
}

/** The tensor that torchvision calls `name`. */
export const tensorIn = ({ tensors, prefix, naming }: Backbone, name: string): StoredTensor | undefined =>
  tensors.get(prefix + namings[naming].inFile(name));

/** `state_dict.module.encoder_q.`: by this a person chooses; `.` is the outermost dictionary without a prefix. */
export const pathOf = ({ group, prefix }: Backbone): string =>
  `${group.container === '' ? '' : `${group.container}.`}${prefix}` || '.';

/** All that is no head and no counter of batches, in torchvision's order. */
export const backboneOf = (network: Architecture): readonly ParameterSpec[] =>
  parametersOf(network, 1).filter(({ name, role }) => role !== 'batchCount' && !name.startsWith('fc.'));

export const skeletonOf = (network: Architecture): string => {
  const names = new Set(backboneOf(network).map(({ name }) => name));
  return skeleton((name) => names.has(name));
};

export const networkOf = (skeleton: string): Architecture | undefined =>
  architectures.find((network) => skeletonOf(network) === skeleton);

function skeleton(has: (name: string) => boolean): string {
  const blocks = [1, 2, 3, 4].map((stage) => {
    let count = 0;
    while (has(`layer${stage}.${count}.conv1.weight`)) count++;
    return count;
  });
  return `${blocks.join('-')} ${has('layer1.0.conv3.weight') ? 'bottleneck' : 'basic'}`;
}

function unwrapped(tensors: ReadonlyMap<string, StoredTensor>): ReadonlyMap<string, StoredTensor> {
  const bare = new Map([...tensors].map(([name, tensor]) => [withoutWrappers(name), tensor]));
  return bare.size === tensors.size ? bare : tensors;
}
