// Names, shapes and order of all parameters: what torchvision's state_dict() holds.
import type { Architecture, Unfreeze } from '../../shared/contracts/recipe.ts';
import { isBelow } from './cut.ts';
import type { Operations } from './operations.ts';
import { applyPart, type Part, parts } from './resnet.ts';

export interface ParameterSpec {
  /** torchvision's name, for example `layer4.0.bn1.running_mean`. */
  readonly name: string;
  readonly shape: readonly number[];
  readonly role: 'weight' | 'bias' | 'runningMean' | 'runningVar' | 'batchCount';
}

/** Every entry of `torchvision.models.<architecture>(num_classes=classCount).state_dict()`, in its order. */
export function parametersOf(architecture: Architecture, classCount: number): readonly ParameterSpec[] {
  const specs: ParameterSpec[] = [];
  const nothing = undefined;
  const recorder: Operations<undefined> = {
    conv(_, name, { inChannels, outChannels, kernel }) {
      specs.push({ name: `${name}.weight`, shape: [outChannels, inChannels, kernel, kernel], role: 'weight' });
    },
    batchNorm(_, name, channels) {
      specs.push(
        { name: `${name}.weight`, shape: [channels], role: 'weight' },
        { name: `${name}.bias`, shape: [channels], role: 'bias' },
        { name: `${name}.running_mean`, shape: [channels], role: 'runningMean' },
        { name: `${name}.running_var`, shape: [channels], role: 'runningVar' },
        { name: `${name}.num_batches_tracked`, shape: [], role: 'batchCount' },
      );
    },
    linear(_, name, inFeatures, outFeatures) {
      specs.push(
        { name: `${name}.weight`, shape: [outFeatures, inFeatures], role: 'weight' },
        { name: `${name}.bias`, shape: [outFeatures], role: 'bias' },
      );
    },
    relu: () => nothing,
    maxPool: () => nothing,
    add: () => nothing,
    globalAveragePool: () => nothing,
  };
  for (const part of parts) applyPart(recorder, architecture, part, nothing, classCount);
  return specs;
}

/** The part that owns a parameter: the first segment of its name, where bn1 belongs to conv1. */
export function partOf(name: string): Part {
  const first = name.split('.')[0]!;
  const part = parts.find((part) => part === (first === 'bn1' ? 'conv1' : first));
  if (part === undefined) throw new Error(`${name} is no parameter of a ResNet`);
  return part;
}

/** Does training change this parameter? BatchNorm statistics never train: BatchNorm runs in eval mode. */
export function isTrainable(name: string, unfreeze: Unfreeze): boolean {
  if (/\.(running_mean|running_var|num_batches_tracked)$/.test(name)) return false;
  const part = partOf(name);
  return !isBelow(part === 'conv1' ? 'all' : part, unfreeze);
}
