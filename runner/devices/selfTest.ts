// Whether a device computes the same as the CPU: ResNet-18 from pixels to features, and two training steps of its layer4 and head,
// with BatchNorm frozen and trained, on random numbers: every kind of operator that a run needs. A faulty driver gives different numbers,
// or none.
import type { Optimizer } from '../../shared/contracts/optimizers.ts';
import { stream, uniform } from '../../shared/random.ts';
import { classObjective } from '../classification/objective.ts';
import type { Engine, ProgramSource } from '../engine/engine.ts';
import { featureShape } from '../network/cut.ts';
import { parametersOf } from '../network/parameters.ts';
import { labelsTensor } from '../programs/labels.ts';
import { trainStepProgram } from '../programs/trainStep.ts';
import { trunkProgram } from '../programs/trunk.ts';
import { type FloatTensor, type Parameters, sizeOf } from '../tensor.ts';
import { initialStepState, stepScalars } from '../training/step/stepInputs.ts';
import { toHalf } from '../weights/formats/half.ts';

// The last maps have 2 x 2 positions: BatchNorm in train mode needs some values per channel, or it magnifies rounding.
const batch = 4;
const imageSize = 64;
const unfreeze = 'layer4';
// A large epsilon: with a small one, AdamW's first step is the sign of a gradient, which rounding flips where it is close to zero.
const optimizer: Optimizer = {
  type: 'adamw',
  learningRate: { head: 0.01, backbone: 0.01 },
  weightDecay: 0.01,
  betas: [0.9, 0.999],
  epsilon: 1e-3,
};

/** Allowed difference, relative to a tensor's largest entry. Devices add in different orders; float32 results still agree to about 1e-5. */
const allowed = 2e-3;

/** @returns the difference in words; undefined: they agree */
export async function differenceBetween(device: Engine, reference: Engine): Promise<string | undefined> {
  const parameters = drawnParameters();
  const sources = [undefined, { momentum: 0.1 }].map((batchNorm) =>
    trainStepProgram({
      architecture: 'resnet18',
      parameters,
      unfreeze,
      objective: classObjective('resnet18', 2),
      batch,
      imageSize,
      featureType: 'float16',
      optimizer,
      batchNorm,
    }),
  );
  const trunk = trunkProgram({
    architecture: 'resnet18',
    parameters,
    cuts: ['layer4', 'head'],
    batch,
    imageSize,
    input: 'pixels',
    featureType: 'float32',
  });
  const measure = async (engine: Engine) => {
    const found = new Map(await forward(engine, trunk));
    for (const source of sources)
      for (const [name, values] of await steps(engine, source, parameters))
        found.set(source === sources[0] ? name : `${name} with BatchNorm in train mode`, values);
    return found;
  };
  // The device first: if there is none, it reports so before the CPU does any work.
  const found = await measure(device);
  const expected = await measure(reference);
  for (const [name, values] of expected) {
    const most = values.reduce((largest, x) => Math.max(largest, Math.abs(x)), 1e-6);
    const other = found.get(name)!;
    // NaN passes through Math.max, and any comparison with it below is false.
    const off = values.reduce((largest, x, i) => Math.max(largest, Math.abs(x - other[i]!)), 0);
    if (!(off <= allowed * most)) return `${name} is off by ${((100 * off) / most).toPrecision(2)} %`;
  }
  return undefined;
}

async function forward(engine: Engine, source: ProgramSource) {
  const program = await engine.load(source);
  const { shape } = source.inputs.pixels!;
  const pixels = Uint8Array.from(drawn('pixels', shape, 0, 256).data);
  const out = await program.run({ pixels: { dtype: 'uint8', shape, data: pixels } });
  await program.dispose();
  return Object.entries(out).map(([name, { data }]) => [name, data as Float32Array] as const);
}

/** Outputs and the changes of the state, by name. */
async function steps(engine: Engine, source: ProgramSource, parameters: Parameters) {
  const program = await engine.load(source);
  const start = initialStepState(source, parameters);
  await program.writeState(start);
  const found = new Map<string, Float32Array>();
  for (const step of [1, 2]) {
    const rates = { learningRate: 0.01, momentum: 0.9 };
    const features = drawn(`features ${step}`, [batch, ...featureShape('resnet18', unfreeze, imageSize)], 0, 1);
    const out = await program.run({
      features: { ...features, dtype: 'float16', data: toHalf(features.data) },
      labels: labelsTensor([0, 1, 0, 1]),
      shares: { dtype: 'float32', shape: [batch], data: Float32Array.of(0.4, 0.3, 0.2, 0.1) },
      ...stepScalars(optimizer, { head: rates, backbone: rates }, step),
    });
    for (const [name, { data }] of Object.entries(out)) found.set(`${name} of step ${step}`, data as Float32Array);
  }
  for (const [name, { data }] of await program.readState()) {
    const before = start.get(name)!.data as Float32Array;
    found.set(
      name,
      (data as Float32Array).map((x, i) => x - before[i]!),
    );
  }
  await program.dispose();
  return found;
}

/** Random parameters with the magnitudes of a trained network. */
function drawnParameters(): Parameters {
  return new Map(
    parametersOf('resnet18', 2)
      .filter(({ role }) => role !== 'batchCount')
      .map(({ name, shape }) => {
        const bound = shape.length > 1 ? Math.sqrt(3 / sizeOf(shape.slice(1))) : 0.1;
        const nearOne = shape.length === 1 && /running_var|weight/.test(name);
        return [name, drawn(name, shape, nearOne ? 0.5 : -bound, nearOne ? 1.5 : bound)];
      }),
  );
}

function drawn(name: string, shape: readonly number[], low: number, high: number): FloatTensor {
  const random = stream(1, 'selfTest', name);
  const numbers = Float32Array.from({ length: drawnNumbers }, () => uniform(random, low, high));
  const data = new Float32Array(sizeOf(shape));
  for (let i = 0; i < data.length; i++) data[i] = numbers[i % drawnNumbers]!;
  return { dtype: 'float32', shape, data };
}

/** Length after which the numbers repeat: drawing eleven million takes a second. Prime, so that no row of a matrix repeats. */
const drawnNumbers = 4099;
