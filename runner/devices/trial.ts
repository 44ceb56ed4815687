// Speed of a device at the work of a run.
import type { Recipe } from '../../shared/contracts/recipe.ts';
import { classObjective } from '../classification/objective.ts';
import type { Engine, ProgramSource, TensorSpec } from '../engine/engine.ts';
import { cutBelowHead } from '../network/cut.ts';
import { parametersOf } from '../network/parameters.ts';
import { inputTypeAt } from '../programs/inference.ts';
import { labelsTensor } from '../programs/labels.ts';
import { trainStepProgram } from '../programs/trainStep.ts';
import { trunkProgram } from '../programs/trunk.ts';
import { type Parameters, sizeOf, type Tensor } from '../tensor.ts';
import { stagesFromScratch } from '../training/fromScratch.ts';
import { initialStepState, trainedBatchNorm } from '../training/step/stepInputs.ts';

/** Smaller than most batches: short on a CPU, and rather a disadvantage for a GPU. */
const mostImages = 8;
/** The first runs allocate and compile. */
const warmUps = 2;

/** Images per second through the whole network and the training step of a run's last stage; takes about a second per program. */
export async function trialRate(engine: Engine, recipe: Recipe, now = () => performance.now()): Promise<number> {
  const parameters = evenParameters(recipe);
  const batch = Math.min(mostImages, recipe.batchSize.train);
  const stages = recipe.weights === 'none' ? stagesFromScratch(recipe.stages) : recipe.stages;
  const stage = stages.at(-1)!;
  const { unfreeze, optimizer } = stage;
  const common = { architecture: recipe.network, parameters, batch, imageSize: recipe.imageSize };
  const trunk = trunkProgram({
    ...common,
    cuts: [cutBelowHead(recipe.network)],
    input: 'pixels',
    featureType: 'float16',
  });
  const featureType = inputTypeAt(unfreeze);
  const objective = classObjective(recipe.network, 2);
  const step = trainStepProgram({
    ...common,
    unfreeze,
    objective,
    optimizer,
    featureType,
    batchNorm: trainedBatchNorm(stage),
  });
  let elapsedMs = 0;
  for (const source of [trunk, step]) elapsedMs += await timeOfRun(engine, source, parameters, now);
  return (batch * 1000) / elapsedMs;
}

/** Median time of at least three runs, within about half a second. */
async function timeOfRun(engine: Engine, source: ProgramSource, parameters: Parameters, now: () => number) {
  const program = await engine.load(source);
  if (source.state.length > 0) await program.writeState(initialStepState(source, parameters));
  const times: number[] = [];
  const run = async () => {
    const startMs = now();
    await program.run(
      Object.fromEntries(Object.entries(source.inputs).map(([name, spec]) => [name, feed(name, spec)])),
    );
    return now() - startMs;
  };
  for (let i = 0; i < warmUps; i++) await run();
  for (let total = 0; times.length < 3 || total < 500; ) {
    const elapsedMs = await run();
    total += elapsedMs;
    times.push(elapsedMs);
  }
  await program.dispose();
  return times.sort((a, b) => a - b)[times.length >> 1]!;
}

/** Constant parameters that keep results finite; speed depends on nothing else. */
const evenParameters = ({ network }: Recipe): Parameters =>
  new Map(
    parametersOf(network, 2)
      .filter(({ role }) => role !== 'batchCount')
      .map(({ name, shape }) => {
        const value = shape.length > 1 ? 1 / sizeOf(shape.slice(1)) : 0.5;
        return [name, { dtype: 'float32', shape, data: new Float32Array(sizeOf(shape)).fill(value) }];
      }),
  );

function feed(name: string, { dtype, shape }: TensorSpec): Tensor {
  const count = sizeOf(shape);
  if (name === 'labels') return labelsTensor(Array.from({ length: count }, (_, i) => i % 2));
  if (dtype === 'uint8') return { dtype, shape, data: new Uint8Array(count).fill(128) };
  if (dtype === 'float16') return { dtype, shape, data: new Uint16Array(count).fill(oneHalf) };
  return { dtype, shape, data: new Float32Array(count).fill(name === 'shares' ? 1 / count : 1e-3) };
}

/** 0.5 as binary16. */
const oneHalf = 0x3800;
