// Weights to start from where there are none. The distributions are torchvision's; the draws are ours, by parameter name.
import type { Architecture } from '../../shared/contracts/recipe.ts';
import { normal, stream, uniform } from '../../shared/random.ts';
import { type Parameters, sizeOf } from '../tensor.ts';
import { type ParameterSpec, parametersOf } from './parameters.ts';

/**
 * All parameters as torchvision.models.ResNet.__init__ fills them: convolutions by kaiming_normal_(mode='fan_out',
 * nonlinearity='relu'), BatchNorm weight 1, bias 0, mean 0, variance 1, fc as torch.nn.Linear does by default.
 * num_batches_tracked is left out: it counts what never happens here.
 */
export const initialParameters = (architecture: Architecture, classCount: number, seed: number): Parameters =>
  fill(architecture, classCount, seed, () => true);

/** `fc.weight` [K, C] and `fc.bias` [K] of a new head, uniform in +-1/sqrt(C) as torch.nn.Linear. */
export const initialHead = (architecture: Architecture, classCount: number, seed: number): Parameters =>
  fill(architecture, classCount, seed, (name) => name.startsWith('fc.'));

function fill(
  architecture: Architecture,
  classCount: number,
  seed: number,
  wanted: (name: string) => boolean,
): Parameters {
  const specs = parametersOf(architecture, classCount);
  const headInputs = specs.find(({ name }) => name === 'fc.weight')!.shape[1]!;
  return new Map(
    specs
      .filter(({ name, role }) => role !== 'batchCount' && wanted(name))
      .map((spec) => [spec.name, { dtype: 'float32', shape: spec.shape, data: draw(spec, headInputs, seed) }]),
  );
}

function draw({ name, shape, role }: ParameterSpec, headInputs: number, seed: number): Float32Array {
  const data = new Float32Array(sizeOf(shape));
  const random = stream(seed, 'initialize', name);
  if (name.startsWith('fc.')) {
    const bound = 1 / Math.sqrt(headInputs);
    return data.map(() => uniform(random, -bound, bound));
  }
  if (shape.length === 4) {
    const [outChannels = 1, , kernel = 1] = shape;
    const deviation = Math.sqrt(2 / (outChannels * kernel * kernel));
    return data.map(() => deviation * normal(random));
  }
  return role === 'weight' || role === 'runningVar' ? data.fill(1) : data;
}
