// The tensors behind test/reference/*.json: every weight and image is drawn by its name, bit for bit as in
// make_reference.py. FNV-1a of "seed/name" seeds mulberry32.
import { readFileSync } from 'node:fs';
import { parametersOf } from '../../runner/network/parameters.ts';
import { type FloatTensor, type Parameters, sizeOf } from '../../runner/tensor.ts';
import type { Architecture } from '../../shared/contracts/architectures.ts';
import { stream } from '../../shared/random.ts';

const seed = 42;

export function referenceTensor(name: string, shape: readonly number[], low: number, high: number): FloatTensor {
  const random = stream(seed, name);
  const data = new Float32Array(sizeOf(shape));
  for (let i = 0; i < data.length; i++) data[i] = low + (high - low) * random();
  return { dtype: 'float32', shape, data };
}

/** The state_dict of make_reference.py's `network(arch, classes)`. */
export function referenceParameters(architecture: Architecture, classCount: number): Parameters {
  const specs = parametersOf(architecture, classCount).filter(({ role }) => role !== 'batchCount');
  const names = new Set(specs.map(({ name }) => name));
  return new Map(
    specs.map(({ name, shape }) => {
      const [low, high] = rangeOf(name, shape);
      const tensor = referenceTensor(name, shape, low, high);
      const endsBranch = name.endsWith('bn2.weight') && !names.has(name.replace('bn2', 'bn3'));
      return [name, name.endsWith('bn3.weight') || endsBranch ? scaled(tensor, 0.2) : tensor];
    }),
  );
}

function rangeOf(name: string, shape: readonly number[]): readonly [number, number] {
  if (shape.length > 1) {
    const bound = Math.sqrt(3 / sizeOf(shape.slice(1)));
    return [-bound, bound];
  }
  return name.endsWith('running_var') || name.endsWith('weight') ? [0.5, 1.5] : [-0.1, 0.1];
}

const scaled = (tensor: FloatTensor, factor: number): FloatTensor => ({
  ...tensor,
  data: tensor.data.map((value) => value * Math.fround(factor)),
});

/** Digest of a tensor: mean, population standard deviation and entries at flat positions. */
export interface Digest {
  readonly shape: readonly number[];
  readonly mean: number;
  readonly std: number;
  readonly at: readonly number[];
  readonly values: readonly number[];
}

export const readReference = <T>(name: string): T =>
  JSON.parse(readFileSync(new URL(`../reference/${name}.json`, import.meta.url), 'utf8')) as T;
