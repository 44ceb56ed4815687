// Images per second of trunk and training step, through the engine as in a run. Prints one line per program for
// docs/benchmarks.md; on a shared machine, use the best.
//
//   node scripts/benchPrograms.ts [--threads 2] [--batch 32] [--runs 12] [--tensorflow FOLDER]
//
// FOLDER contains an installation of TensorFlow.js: both engines then run each program by turns, so that the machine's other work affects
// both alike.
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { classObjective } from '../runner/classification/objective.ts';
import type { ProgramSource } from '../runner/engine/engine.ts';
import { createCpuEngine } from '../runner/engine/onnx/onnxEngine.ts';
import { createTensorFlowEngine } from '../runner/engine/tensorflow/engine.ts';
import { initialParameters } from '../runner/network/initialize.ts';
import { trainStepProgram } from '../runner/programs/trainStep.ts';
import { trunkProgram } from '../runner/programs/trunk.ts';
import type { Parameters } from '../runner/tensor.ts';
import { photos } from '../shared/contracts/recipes.ts';
import { loaded, timeOfRun } from './timedRuns.ts';

const { values } = parseArgs({
  options: {
    threads: { type: 'string', default: '2' },
    batch: { type: 'string', default: '32' },
    runs: { type: 'string', default: '12' },
    tensorflow: { type: 'string' },
  },
});
const [threads, batch, runs] = [Number(values.threads), Number(values.batch), Number(values.runs)];
const imageSize = photos.imageSize;

const engines = [
  createCpuEngine(threads),
  ...(values.tensorflow === undefined ? [] : [await createTensorFlowEngine(threads, resolve(values.tensorflow))]),
];
for (const architecture of ['resnet18', 'resnet50'] as const) {
  const parameters = initialParameters(architecture, 2, 1);
  const common = { architecture, parameters, batch, imageSize, featureType: 'float16' } as const;
  const rates = { learningRate: { head: 1e-3 }, weightDecay: 1e-4 };
  const step = { ...common, unfreeze: 'layer4', objective: classObjective(architecture, 2) } as const;
  await measure(trunkProgram({ ...common, cuts: ['layer4'], input: 'pixels' }), parameters);
  await measure(trainStepProgram({ ...step, optimizer: { type: 'sgd', ...rates, momentum: 0.9 } }), parameters);
  await measure(
    trainStepProgram({ ...step, optimizer: { type: 'adamw', ...rates, betas: [0.9, 0.999], epsilon: 1e-8 } }),
    parameters,
    'AdamW',
  );
}
await Promise.all(engines.map((engine) => engine.dispose()));

async function measure(source: ProgramSource, parameters: Parameters, note = ''): Promise<void> {
  const programs = await Promise.all(engines.map((engine) => loaded(engine, source, parameters)));
  const elapsedMs: number[][] = engines.map(() => []);
  for (let i = 0; i < runs; i++)
    for (const [which, program] of programs.entries()) {
      const ms = await timeOfRun(program, source);
      // The first two runs allocate.
      if (i >= 2) elapsedMs[which]!.push(ms);
    }
  await Promise.all(programs.map((program) => program.dispose()));
  const rate = (ms: number) => ((batch * 1000) / ms).toFixed(1).padStart(6);
  for (const [which, { device }] of engines.entries()) {
    const sorted = elapsedMs[which]!.toSorted((a, b) => a - b);
    const median = sorted[sorted.length >> 1]!;
    const name = `${source.name} ${note}`.padEnd(34);
    console.log(`${name} ${device.engine.padEnd(22)} median ${rate(median)}  best ${rate(sorted[0]!)} images/s`);
  }
}
