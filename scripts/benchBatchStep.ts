// Cost of a training step from layer4 in micro-batches: images per second, and the process's peak memory.
// Runs each size in its own process, by turns. Prints one line per size for docs/benchmarks.md.
//
//   node scripts/benchBatchStep.ts [--at-once 32,16,8,4] [--network resnet50] [--optimizer sgd] [--batch 32] [--runs 12] [--rounds 3]

import { spawnSync } from 'node:child_process';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { classObjective } from '../runner/classification/objective.ts';
import { createCpuEngine } from '../runner/engine/onnx/onnxEngine.ts';
import { featureShape } from '../runner/network/cut.ts';
import { initialParameters } from '../runner/network/initialize.ts';
import { labelsTensor } from '../runner/programs/labels.ts';
import { sizeOf, type Tensor } from '../runner/tensor.ts';
import { loadBatchStep } from '../runner/training/step/batchStep.ts';
import type { Architecture } from '../shared/contracts/architectures.ts';
import type { Optimizer } from '../shared/contracts/optimizers.ts';
import { photos } from '../shared/contracts/recipes.ts';
import { largest, smallest } from '../shared/lists.ts';

const { values } = parseArgs({
  options: {
    threads: { type: 'string', default: '2' },
    batch: { type: 'string', default: '32' },
    runs: { type: 'string', default: '12' },
    'at-once': { type: 'string', default: '32,16,8,4' },
    network: { type: 'string', default: 'resnet50' },
    optimizer: { type: 'string', default: 'sgd' },
    rounds: { type: 'string', default: '3' },
  },
});
const [threads, batch, runs] = [Number(values.threads), Number(values.batch), Number(values.runs)];
const imageSize = photos.imageSize;
/** Floats as binary16. */
const oneHalf = 0x3800;

const sizes = values['at-once'].split(',').map(Number);
if (sizes.length > 1) compareSizes(sizes, Number(values.rounds));
else console.log(JSON.stringify(await batchSteps(sizes[0]!)));

interface Measured {
  /** Times of all steps but the first two, which allocate. */
  readonly elapsedMs: readonly number[];
  /** Peak memory of the process, with the program loaded and after the steps. */
  readonly loadedMb: number;
  readonly peakMb: number;
}

/** Measures in one process. */
async function batchSteps(imagesAtOnce: number): Promise<Measured> {
  const architecture = values.network as Architecture;
  const learningRate = { head: 1e-3, backbone: 1e-4 };
  const optimizer: Optimizer =
    values.optimizer === 'sgd'
      ? { type: 'sgd', learningRate, weightDecay: 1e-4, momentum: 0.9 }
      : { type: 'adamw', learningRate, weightDecay: 1e-4, betas: [0.9, 0.999], epsilon: 1e-8 };
  const cpu = createCpuEngine(threads);
  const trainStep = await loadBatchStep(cpu, {
    architecture,
    parameters: initialParameters(architecture, 2, 1),
    unfreeze: 'layer4',
    objective: classObjective(architecture, 2),
    batch,
    imageSize,
    featureType: 'float16',
    optimizer,
    imagesAtOnce,
  });
  const peakMb = () => Math.round(process.resourceUsage().maxRSS / 1024);
  const loadedMb = peakMb();
  const shape = [batch, ...featureShape(architecture, 'layer4', imageSize)];
  const elapsedMs: number[] = [];
  for (let step = 1; step <= runs; step++) {
    const input: Tensor = { dtype: 'float16', shape, data: new Uint16Array(sizeOf(shape)).fill(oneHalf) };
    const rates = { learningRate: 1e-3, momentum: 0.9 };
    const startMs = performance.now();
    await trainStep.take({
      inputs: { features: input, labels: labelsTensor(Array.from({ length: batch }, (_, i) => i % 2)) },
      weights: Array<number>(batch).fill(1),
      rates: { head: rates, backbone: rates },
      step,
    });
    elapsedMs.push(performance.now() - startMs);
  }
  const peak = peakMb();
  await cpu.dispose();
  return { elapsedMs: elapsedMs.slice(2), loadedMb, peakMb: peak };
}

function compareSizes(sizes: readonly number[], rounds: number): void {
  const found = new Map<number, Measured[]>(sizes.map((size) => [size, []]));
  for (let round = 0; round < rounds; round++)
    for (const size of sizes) {
      // If an option is repeated, the last one counts.
      const one = [...process.argv.slice(2), '--at-once', String(size)];
      const { stdout } = spawnSync(process.execPath, [fileURLToPath(import.meta.url), ...one], { encoding: 'utf8' });
      found.get(size)!.push(JSON.parse(stdout) as Measured);
    }
  for (const [size, measured] of found) {
    const best = smallest(measured.flatMap(({ elapsedMs }) => elapsedMs));
    const rates = measured.flatMap(({ elapsedMs }) => elapsedMs).sort((a, b) => a - b);
    const peakMb = largest(measured.map((each) => each.peakMb));
    const rate = (ms: number) => ((batch * 1000) / ms).toFixed(1);
    console.log(
      `${size} at once: median ${rate(rates[rates.length >> 1]!)}, best ${rate(best)} images/s, peak ${peakMb} MB (${measured[0]!.loadedMb} loaded)`,
    );
  }
}
