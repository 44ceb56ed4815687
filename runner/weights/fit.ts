// Do these tensors fit this network? Names and shapes are torchvision's; the head is left out, it is always fresh.
import { UserError } from '../contracts/errors.ts';
import { type Architecture, architectures } from '../contracts/recipe.ts';
import { parametersOf } from '../network/parameters.ts';
import type { Parameters, Tensor } from '../tensor.ts';
import { broken, quoted } from './refusals.ts';

/**
 * The backbone's parameters in torchvision's order. A prefix that DataParallel or torch.compile put before every name is taken off;
 * `num_batches_tracked` and `fc` are passed over.
 * @throws UserError weightsWrongDepth, weightsMismatch, weightsNotFinite, weightsBroken (a negative variance)
 */
export function fitBackbone(file: string, network: Architecture, tensors: ReadonlyMap<string, Tensor>): Parameters {
  const found = withoutPrefix(tensors);
  const fileShape = skeleton(found.keys());
  if (fileShape !== skeletonOf(network))
    throw new UserError('weightsWrongDepth', { file, network, looksLike: inWords(fileShape) });

  const expected = backboneOf(network);
  const known = new Set(expected.map(({ name }) => name));
  const problems = [
    ...expected.filter(({ name }) => !found.has(name)).map(({ name }) => `${name} is missing`),
    ...expected.flatMap(({ name, shape }) => shapeProblem(name, shape, found.get(name))),
    ...[...found.keys()].filter((name) => isBackbone(name) && !known.has(name)).map((n) => `${quoted(n)} is unknown`),
  ];
  if (problems.length > 0) throw new UserError('weightsMismatch', { file, network, reason: firstFew(problems) });

  return new Map(
    expected.map(({ name }) => {
      const tensor = found.get(name) as Tensor & { readonly data: Float32Array };
      checkValues(file, name, tensor.data);
      return [name, tensor];
    }),
  );
}

const isBackbone = (name: string): boolean => !name.startsWith('fc.') && !name.endsWith('.num_batches_tracked');
const backboneOf = (network: Architecture) => parametersOf(network, 1).filter(({ name }) => isBackbone(name));

function withoutPrefix(tensors: ReadonlyMap<string, Tensor>): ReadonlyMap<string, Tensor> {
  const prefix = ['module.', '_orig_mod.'].find(
    (p) => tensors.size > 0 && [...tensors.keys()].every((n) => n.startsWith(p)),
  );
  if (prefix === undefined) return tensors;
  return withoutPrefix(new Map([...tensors].map(([name, tensor]) => [name.slice(prefix.length), tensor])));
}

/** "3-4-6-3 bottleneck": blocks in each stage and their kind, from the names alone; undefined: not a ResNet. */
function skeleton(names: Iterable<string>): string | undefined {
  const all = new Set(names);
  if (!all.has('conv1.weight') || !all.has('layer1.0.conv1.weight')) return undefined;
  const blocks = [1, 2, 3, 4].map((stage) => {
    let count = 0;
    while (all.has(`layer${stage}.${count}.conv1.weight`)) count++;
    return count;
  });
  return `${blocks.join('-')} ${all.has('layer1.0.conv3.weight') ? 'bottleneck' : 'basic'}`;
}

const skeletonOf = (network: Architecture): string | undefined => skeleton(backboneOf(network).map(({ name }) => name));

function inWords(shape: string | undefined): string {
  if (shape === undefined) return 'something that is not a ResNet';
  return architectures.find((network) => skeletonOf(network) === shape) ?? `a ResNet with ${shape} blocks`;
}

function shapeProblem(name: string, shape: readonly number[], tensor: Tensor | undefined): string[] {
  if (tensor === undefined) return [];
  if (tensor.dtype !== 'float32') return [`${name} is ${tensor.dtype}`];
  const same = tensor.shape.length === shape.length && shape.every((size, d) => size === tensor.shape[d]);
  return same ? [] : [`${name} is [${tensor.shape.join(', ')}] instead of [${shape.join(', ')}]`];
}

function firstFew(problems: readonly string[]): string {
  const rest = problems.length - 3;
  return problems.slice(0, 3).join(', ') + (rest > 0 ? ` and ${rest} more like these` : '');
}

function checkValues(file: string, name: string, values: Float32Array): void {
  // A sum would be quicker still, but large finite values may overflow it.
  for (let i = 0; i < values.length; i++)
    if (!Number.isFinite(values[i]!)) throw new UserError('weightsNotFinite', { file, tensor: name });
  if (name.endsWith('running_var') && values.some((variance) => variance < 0))
    throw broken(file, `the variance ${name} is negative`);
}
