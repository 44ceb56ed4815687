// Whether the tensors of a file fit a network, and reading them. The head is left out, because it is always new.

import type { Architecture } from '../../shared/contracts/architectures.ts';
import { UserError } from '../../shared/contracts/errors.ts';
import type { WeightsLayout } from '../../shared/contracts/events.ts';
import { networkOf } from '../network/architecture.ts';
import type { FloatTensor, Parameters } from '../tensor.ts';
import { type Backbone, backboneOf, findBackbones, isNetwork, tensorIn } from './choice/backbones.ts';
import { chooseBackbone } from './choice/chooseBackbone.ts';
import { kindOf, specialKind, unknownNames, wordsOfOthers } from './choice/otherNetworks.ts';
import { broken, quoted } from './formats/refusals.ts';
import { isReadable } from './formats/storedTypes.ts';
import type { WeightsFile } from './formats/weightsFile.ts';

export interface Fitted {
  /** Parameters of the backbone, in torchvision's names and order. */
  readonly parameters: Parameters;
  readonly layout: WeightsLayout;
}

/**
 * Finds the network's backbone in a file, under any prefix and in any dictionary, and reads only that.
 * @param path  its path, as in the recipe's weightsPrefix; undefined: search for it
 * @throws UserError weightsNoNetwork, weightsWrongDepth, weightsSeveral, weightsNoPrefix, weightsMismatch, weightsNotFinite,
 * weightsBroken (a negative variance, a damaged tensor)
 */
export function fitBackbone(file: string, network: Architecture, opened: WeightsFile, path?: string): Fitted {
  const all = findBackbones(opened.groups);
  if (all.length === 0) {
    const { family } = networkOf(network).files;
    throw new UserError('weightsNoNetwork', { file, network, family, seen: wordsOfOthers(opened.groups) });
  }
  const choice = chooseBackbone(file, network, all, path);
  const backbone = choice?.backbone ?? all[0]!;
  if (!isNetwork(backbone, network)) {
    const looksLike = [...new Set(choice ? [kindOf(backbone)] : all.slice(0, 3).map(kindOf))].join(', ');
    throw new UserError('weightsWrongDepth', { file, network, looksLike });
  }
  const problems = problemsOf(backbone, network);
  if (problems.length > 0)
    throw new UserError('weightsMismatch', { file, network, reason: inWords(backbone, problems) });
  return {
    parameters: new Map(backboneOf(network).map(({ name }) => [name, readParameter(file, backbone, name)])),
    layout: layoutOf(opened, backbone, network, choice?.others ?? []),
  };
}

function problemsOf(backbone: Backbone, network: Architecture): string[] {
  const expected = backboneOf(network);
  const inFile = new Set(expected.map(({ name }) => nameInFile(backbone, name)));
  const stored = expected.map(({ name, shape }) => ({
    name: nameInFile(backbone, name),
    shape,
    tensor: tensorIn(backbone, name),
  }));
  return [
    ...stored.flatMap(({ name, tensor }) => (tensor ? [] : [`${quoted(name)} is missing`])),
    ...stored.flatMap(({ name, shape, tensor }) => {
      if (!tensor) return [];
      if (!isReadable(tensor.type) || tensor.type === 'I64' || tensor.type === 'U8')
        return [`${quoted(name)} is of the type ${quoted(tensor.type)}, which is not read`];
      if (tensor.shape?.join() === shape.join()) return [];
      return [`${quoted(name)} is [${tensor.shape?.join(', ')}] instead of [${shape.join(', ')}]`];
    }),
    ...unknownNames(backbone, inFile).map((name) => `${quoted(name)} is unknown`),
  ];
}

const nameInFile = ({ prefix, naming }: Backbone, name: string): string => prefix + naming.inFile(name);

/** The kind of network, if recognized, and the first three problems. */
function inWords(backbone: Backbone, problems: readonly string[]): string {
  const kind = specialKind(backbone);
  const rest = problems.length - 3;
  const few = problems.slice(0, 3).join(', ') + (rest > 0 ? ` and ${rest} more like these` : '');
  return kind === undefined ? few : `they look like ${kind} (${few})`;
}

function readParameter(file: string, backbone: Backbone, name: string): FloatTensor {
  const tensor = tensorIn(backbone, name)!.read() as FloatTensor;
  checkValues(file, nameInFile(backbone, name), tensor.data);
  return tensor;
}

function checkValues(file: string, name: string, values: Float32Array): void {
  // A sum would be quicker, but large finite values may overflow it.
  for (let i = 0; i < values.length; i++)
    if (!Number.isFinite(values[i]!)) throw new UserError('weightsNotFinite', { file, tensor: name });
  if (name.endsWith('running_var') && values.some((variance) => variance < 0))
    throw broken(file, `the variance ${name} is negative`);
}

function layoutOf(
  { groups, isLightning }: WeightsFile,
  backbone: Backbone,
  network: Architecture,
  others: readonly string[],
): WeightsLayout {
  const taken = new Set(backboneOf(network).map(({ name }) => nameInFile(backbone, name)));
  const counts = new Map<string, number>();
  const count = (part: string, tensors: number) => counts.set(part, (counts.get(part) ?? 0) + tensors);
  for (const name of backbone.tensors.keys())
    if (!taken.has(name) && !isCounter(name)) count(partOf(name, backbone.prefix), 1);
  for (const { container, tensors } of groups)
    if (container !== backbone.group.container)
      count(container.split('.')[0] || '.', [...tensors.keys()].filter((name) => !isCounter(name)).length);
  const listed = [...counts].slice(0, mostParts);
  return {
    tool: isLightning ? 'lightning' : null,
    container: backbone.group.container.slice(0, longestName),
    prefix: backbone.prefix.slice(0, longestName),
    naming: backbone.naming.name,
    passedOver: listed.map(([name, tensors]) => ({ name: name.slice(0, longestName), tensors })),
    otherParts: counts.size - listed.length,
    alternatives: others.slice(0, mostParts).map((path) => path.slice(0, longestName)),
  };
}

/** Number of parts that fit into a log line; the rest is counted. */
const mostParts = 8;
const longestName = 120;

/** BatchNorm's count of batches matters only in training. */
const isCounter = (name: string): boolean => name.endsWith('.num_batches_tracked');

/** `model.head.0.weight` beside `model.backbone.`: `model.head`; `model.fc.bias` below `model.`: `model.fc`. */
function partOf(name: string, prefix: string): string {
  const names = name.split('.');
  const of = prefix.split('.');
  let same = 0;
  while (same < names.length - 1 && names[same] === of[same]) same++;
  return names.slice(0, same + 1).join('.');
}
