// Initial weights for a network without given ones. The distributions are torchvision's; the draws are ours, by parameter name.
import { type Architecture, headOf } from '../../shared/contracts/architectures.ts';
import { normal, stream, uniform } from '../../shared/random.ts';
import { type Parameters, sizeOf } from '../tensor.ts';
import { type ParameterSpec, parametersOf } from './parameters.ts';

/**
 * All parameters as initialized by torchvision.models.ResNet.__init__: convolutions by kaiming_normal_(mode='fan_out',
 * nonlinearity='relu'), BatchNorm weight 1, bias 0, mean 0, variance 1, the head like torch.nn.Linear by default.
 * num_batches_tracked is left out: only training counts batches.
 */
export const initialParameters = (architecture: Architecture, classCount: number, seed: number): Parameters =>
  fill(architecture, classCount, seed, () => true);

/** All parameters except the head's. */
export const initialBackbone = (architecture: Architecture, seed: number): Parameters =>
  fill(architecture, 0, seed, ({ part }) => part !== headOf(architecture));

/** Weight [K, C] and bias [K] of a new head, uniform in +-1/sqrt(C) like torch.nn.Linear. */
export const initialHead = (architecture: Architecture, classCount: number, seed: number): Parameters =>
  fill(architecture, classCount, seed, ({ part }) => part === headOf(architecture));

function fill(
  architecture: Architecture,
  classCount: number,
  seed: number,
  wanted: (spec: ParameterSpec) => boolean,
): Parameters {
  const specs = parametersOf(architecture, classCount);
  const head = headOf(architecture);
  const headInputs = specs.find(({ part, role }) => part === head && role === 'weight')!.shape[1]!;
  return new Map(
    specs
      .filter((spec) => spec.role !== 'batchCount' && wanted(spec))
      .map((spec) => [
        spec.name,
        { dtype: 'float32', shape: spec.shape, data: draw(spec, spec.part === head ? headInputs : null, seed) },
      ]),
  );
}

/** @param headInputs  number of features that enter the head; null: a parameter of the backbone */
function draw({ name, shape, role }: ParameterSpec, headInputs: number | null, seed: number): Float32Array {
  const data = new Float32Array(sizeOf(shape));
  const random = stream(seed, 'initialize', name);
  if (headInputs !== null) {
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
