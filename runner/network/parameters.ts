// Names, shapes and order of all parameters, as in torchvision's state_dict().
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

/** Parameters owned by the operations of `build`, in their order. */
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

/** For any number of classes: everything but the head's shape. @throws Error if the network has no such parameter */
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

/** Whether the parameter belongs to the head, which starts with new weights and has its own learning rate. */
export const isOfHead = (architecture: Architecture, name: string): boolean =>
  partOf(architecture, name) === headOf(architecture);

/** Whether training changes this parameter. Statistics have no gradient: where BatchNorm trains, the step moves them. */
export function isTrainable(architecture: Architecture, name: string, unfreeze: Cut): boolean {
  const { role, part } = specOf(architecture, name);
  return (role === 'weight' || role === 'bias') && !isBelow(architecture, cutBelow(architecture, part), unfreeze);
}

/** Number of classes of a head with these parameters. @throws Error if there is no head */
export function classCountOf(architecture: Architecture, parameters: Parameters): number {
  const bias = parametersOf(architecture, 1).findLast(({ role }) => role === 'bias')!.name;
  const found = parameters.get(bias);
  if (!found) throw new Error(`The parameters lack ${bias}`);
  return found.shape[0]!;
}
