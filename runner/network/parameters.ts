// Names, shapes and order of all parameters: what torchvision's state_dict() holds.
import {
  type Architecture,
  architectureRow,
  type Cut,
  headOf,
  type Part,
} from '../../shared/contracts/architectures.ts';
import type { Parameters } from '../tensor.ts';
import { networkOf } from './architecture.ts';
import { cutBelow, isBelow } from './cut.ts';
import type { Operations } from './operations.ts';

export interface ParameterSpec {
  /** torchvision's name, for example `layer4.0.bn1.running_mean`. */
  readonly name: string;
  readonly shape: readonly number[];
  readonly role: 'weight' | 'bias' | 'runningMean' | 'runningVar' | 'batchCount';
  /** The part that owns it. */
  readonly part: Part;
}

/** Every entry of `torchvision.models.<architecture>(num_classes=classCount).state_dict()`, in its order. */
export function parametersOf(architecture: Architecture, classCount: number): readonly ParameterSpec[] {
  const { apply } = networkOf(architecture);
  return architectureRow(architecture).parts.flatMap((part) =>
    parametersIn((o) => apply(o, part, undefined, classCount)).map((spec) => ({ ...spec, part })),
  );
}

/** Parameters that the operations of `build` own, in the order of the operations. */
export function parametersIn(build: (o: Operations<undefined>) => unknown): readonly Omit<ParameterSpec, 'part'>[] {
  const specs: Omit<ParameterSpec, 'part'>[] = [];
  build(recorder((name, role, shape) => specs.push({ name, shape, role })));
  return specs;
}

function recorder(
  add: (name: string, role: ParameterSpec['role'], shape: readonly number[]) => unknown,
): Operations<undefined> {
  const nothing = () => undefined;
  return {
    conv(_, name, { inChannels, outChannels, kernel }) {
      add(`${name}.weight`, 'weight', [outChannels, inChannels, kernel, kernel]);
    },
    batchNorm(_, name, channels) {
      add(`${name}.weight`, 'weight', [channels]);
      add(`${name}.bias`, 'bias', [channels]);
      add(`${name}.running_mean`, 'runningMean', [channels]);
      add(`${name}.running_var`, 'runningVar', [channels]);
      add(`${name}.num_batches_tracked`, 'batchCount', []);
    },
    linear(_, name, inFeatures, outFeatures) {
      add(`${name}.weight`, 'weight', [outFeatures, inFeatures]);
      add(`${name}.bias`, 'bias', [outFeatures]);
    },
    relu: nothing,
    maxPool: nothing,
    add: nothing,
    globalAveragePool: nothing,
  };
}

const byName = new Map<Architecture, ReadonlyMap<string, ParameterSpec>>();

/** Of any number of classes: all but the head's shape. @throws Error where the network has no such parameter */
function specOf(architecture: Architecture, name: string): ParameterSpec {
  let specs = byName.get(architecture);
  if (!specs) {
    specs = new Map(parametersOf(architecture, 1).map((spec) => [spec.name, spec]));
    byName.set(architecture, specs);
  }
  const spec = specs.get(name);
  if (!spec) throw new Error(`${name} is no parameter of ${architecture}`);
  return spec;
}

/** The part that owns a parameter. */
export const partOf = (architecture: Architecture, name: string): Part => specOf(architecture, name).part;

/** Does the parameter belong to the head, which starts fresh and has a learning rate of its own? */
export const isOfHead = (architecture: Architecture, name: string): boolean =>
  partOf(architecture, name) === headOf(architecture);

/** Does training change this parameter? BatchNorm statistics never train: BatchNorm runs in eval mode. */
export function isTrainable(architecture: Architecture, name: string, unfreeze: Cut): boolean {
  const { role, part } = specOf(architecture, name);
  return (role === 'weight' || role === 'bias') && !isBelow(architecture, cutBelow(architecture, part), unfreeze);
}

/** Classes that the head of these parameters tells apart. @throws Error where there is no head */
export function classCountOf(architecture: Architecture, parameters: Parameters): number {
  const bias = parametersOf(architecture, 1).findLast(({ role }) => role === 'bias')!.name;
  const found = parameters.get(bias);
  if (!found) throw new Error(`The parameters lack ${bias}`);
  return found.shape[0]!;
}
