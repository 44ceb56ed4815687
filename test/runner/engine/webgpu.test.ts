// The WebGPU engine against the CPU engine, program by program, on a software driver.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import process from 'node:process';
import { after, test } from 'node:test';
import type { Engine, ProgramSource } from '../../../runner/engine/engine.ts';
import { createCpuEngine, createWebGpuEngine } from '../../../runner/engine/onnxEngine.ts';
import { Graph } from '../../../runner/graph/graph.ts';
import { add, reduceMean } from '../../../runner/graph/primitives.ts';
import { batchStatisticsProgram } from '../../../runner/programs/batchStatistics.ts';
import { gradCamProgram } from '../../../runner/programs/gradCam.ts';
import { labelsTensor } from '../../../runner/programs/labels.ts';
import { segmentProgram } from '../../../runner/programs/segment.ts';
import { programSource } from '../../../runner/programs/source.ts';
import { type TrainStepOptions, trainStepProgram } from '../../../runner/programs/trainStep.ts';
import { trunkProgram } from '../../../runner/programs/trunk.ts';
import type { Tensor } from '../../../runner/tensor.ts';
import { initialStepState } from '../../../runner/training/stepInputs.ts';
import { fromHalf, toHalf } from '../../../runner/weights/half.ts';
import { allClose } from '../../support/allClose.ts';
import { opCases, runCase } from '../../support/opCases.ts';
import { referenceParameters, referenceTensor } from '../../support/referenceTensors.ts';
import { useSoftwareGpu } from '../../support/softwareGpu.ts';

const skip = useSoftwareGpu();
const batch = 2;
const imageSize = 32;
const cpu = createCpuEngine(2);
const gpu = skip === false ? createWebGpuEngine('SwiftShader') : cpu;
after(() => Promise.all([cpu.dispose(), gpu.dispose()]));

const network = (architecture: 'resnet18' | 'resnet50') => ({
  architecture,
  parameters: referenceParameters(architecture, 3),
  batch,
  imageSize,
});
const sgd = { type: 'sgd' } as const;
// With a small epsilon AdamW's first steps are the signs of the gradients, which rounding turns where a gradient is next to nothing.
const adamw = { type: 'adamw', betas: [0.9, 0.999], epsilon: 1e-3 } as const;
const step = (
  architecture: 'resnet18' | 'resnet50',
  unfreeze: TrainStepOptions['unfreeze'],
  optimizer: TrainStepOptions['optimizer'],
) => {
  const options = { ...network(architecture), unfreeze, classCount: 3, optimizer };
  return trainStepProgram({ ...options, featureType: unfreeze === 'all' ? 'uint8' : 'float16' });
};

const cases: Readonly<Record<string, () => ProgramSource>> = {
  'the trunk of ResNet-50': () =>
    trunkProgram({ ...network('resnet50'), cuts: ['layer2', 'layer3'], input: 'pixels', featureType: 'float16' }),
  'a training step of the head, AdamW': () => step('resnet50', 'fc', adamw),
  'a training step of every part, SGD': () => step('resnet18', 'all', sgd),
  'an evaluation from features': () =>
    segmentProgram({ ...network('resnet18'), from: 'layer4', to: 'logits', featureType: 'float16' }),
  'an evaluation from pixels': () =>
    segmentProgram({ ...network('resnet18'), from: 'all', to: 'logits', featureType: 'uint8' }),
  'Grad-CAM': () =>
    gradCamProgram({ ...network('resnet18'), layer: 'layer3', of: 'probability', featureType: 'uint8' }),
  'the statistics of a batch': () => batchStatisticsProgram({ ...network('resnet18'), featureType: 'uint8' }),
};

for (const each of opCases)
  test(`WebGPU computes ${each.name} and its gradients as the CPU does`, { skip }, async () => {
    const onDevice = async (source: ProgramSource) => {
      const program = await gpu.load(source);
      return { run: program.run, release: program.dispose };
    };
    const [expected, found] = [await runCase(each), await runCase(each, onDevice)];
    const [a, b] = [await expected.run(each.inputs), await found.run(each.inputs)];
    checkClose('y', b.y, a.y);
    for (const [i, gradient] of a.gradients.entries()) checkClose(`gradient ${i}`, b.gradients[i]!, gradient);
    await Promise.all([expected.release(), found.release()]);
  });

for (const [name, build] of Object.entries(cases))
  test(`WebGPU computes ${name} as the CPU does, with every operator on the device`, { skip }, async () => {
    const source = build();
    const [expected, found] = [await twoRuns(cpu, source), await twoRuns(gpu, source)];
    assert.deepEqual([...found.keys()], [...expected.keys()]);
    for (const [entry, values] of expected) checkClose(entry, found.get(entry)!, values);
  });

test('a step whose loss is not finite leaves the weights on the device as they were', { skip }, async () => {
  const source = step('resnet18', 'fc', sgd);
  const program = await gpu.load(source);
  await program.writeState(stateOf(source));
  await program.run(feedsOf(source, 1));
  const before = await program.readState();
  const poisoned = feedsOf(source, 2);
  const out = await program.run({
    ...poisoned,
    sampleWeights: { dtype: 'float32', shape: [batch], data: new Float32Array(batch) },
  });
  assert.ok(!Number.isFinite((out.loss!.data as Float32Array)[0]));
  assert.deepEqual(await program.readState(), before);
  await program.run(feedsOf(source, 2));
  assert.notDeepEqual(await program.readState(), before);
  await program.dispose();
});

test('what was written is what is read, before any step', { skip }, async () => {
  const source = step('resnet18', 'fc', adamw);
  const program = await gpu.load(source);
  const state = stateOf(source);
  await program.writeState(state);
  assert.deepEqual(await program.readState(), state);
  await program.dispose();
});

test('a thousand steps leave the memory of the device as it was', { skip }, async () => {
  const program = await gpu.load(counter());
  const one = () => ({ dtype: 'float32' as const, shape: [], data: Float32Array.of(1) });
  const megabyte = new Float32Array(2 ** 18);
  await program.writeState(new Map([['x', { dtype: 'float32', shape: [megabyte.length], data: megabyte }]]));
  const steps = async (count: number) => {
    for (let i = 0; i < count; i++) await program.run({ one: one() });
    return memoryOfProcesses();
  };
  const [before, after] = [await steps(200), await steps(1000)];
  // Each step makes a megabyte; on this driver the memory of the device is that of the process.
  assert.ok(after - before < 100 * 2 ** 20, `grew by ${Math.round((after - before) / 2 ** 20)} MB`);
  assert.equal((await program.readState()).get('x')!.data[0], 1200);
  await program.dispose();
});

/** x + one, where x [2^18] is state. */
function counter(): ProgramSource {
  const g = new Graph();
  const x = g.input('x', 'float32', [2 ** 18]);
  const next = add(g, x, g.input('one', 'float32', []));
  g.output('x/next', next);
  g.output('mean', reduceMean(g, next, [0]));
  return programSource(g, { name: 'counter' }, { state: [{ current: 'x', next: 'x/next' }], guards: ['mean'] });
}

/** Resident bytes of the processes that this one has started: the device's only. */
function memoryOfProcesses(): number {
  const children = readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8').trim().split(' ');
  const kilobytes = children.map((pid) =>
    Number(/VmRSS:\s*(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]),
  );
  return 1024 * Math.max(...kilobytes);
}

/** A thousandth of the largest entry: the two add in another order. */
const checkClose = (name: string, found: Float32Array, expected: Float32Array) =>
  allClose(name, found, expected, { absolute: 1e-3 * expected.reduce((most, x) => Math.max(most, Math.abs(x)), 1e-6) });

/** Weights as drawn, moments at 0. */
const stateOf = (source: ProgramSource) => initialStepState(source, referenceParameters(architectureOf(source), 3));
const architectureOf = ({ name }: ProgramSource) => (name.startsWith('resnet50') ? 'resnet50' : 'resnet18');

const scalars: Readonly<Record<string, number>> = {
  learningRateHead: 0.01,
  learningRateBackbone: 0.005,
  momentum: 0.9,
  weightDecay: 0.01,
  biasCorrection1: 0.1,
  biasCorrection2: 0.001,
};

function feedsOf({ inputs }: ProgramSource, seed: number): Record<string, Tensor> {
  return Object.fromEntries(
    Object.entries(inputs).map(([name, { dtype, shape }]): [string, Tensor] => {
      const drawn = referenceTensor(`${name} ${seed}`, shape, 0, 1);
      if (name === 'labels') return [name, labelsTensor([2, 0])];
      if (name === 'sampleWeights') return [name, { ...drawn, data: Float32Array.of(1, 0.5) }];
      if (name in scalars) return [name, { ...drawn, data: Float32Array.of(scalars[name]!) }];
      if (dtype === 'uint8') return [name, { dtype, shape, data: Uint8Array.from(drawn.data, (x) => 256 * x) }];
      return [name, { dtype: 'float16', shape, data: toHalf(drawn.data) }];
    }),
  );
}

/** Outputs of two runs, and what they did to the state, by name. */
async function twoRuns(engine: Engine, source: ProgramSource): Promise<ReadonlyMap<string, Float32Array>> {
  const program = await engine.load(source);
  if (source.state.length > 0) await program.writeState(stateOf(source));
  const found = new Map<string, Float32Array>();
  for (const seed of [1, 2])
    for (const [name, tensor] of Object.entries(await program.run(feedsOf(source, seed))))
      found.set(`${name} of run ${seed}`, floatsOf(tensor));
  const start = source.state.length > 0 ? stateOf(source) : new Map<string, Tensor>();
  for (const [name, tensor] of await program.readState()) {
    const before = floatsOf(start.get(name)!);
    found.set(
      `change of ${name}`,
      floatsOf(tensor).map((x, i) => x - before[i]!),
    );
  }
  await program.dispose();
  return found;
}

const floatsOf = ({ dtype, data }: Tensor): Float32Array =>
  dtype === 'float16' ? fromHalf(data as Uint16Array) : (data as Float32Array);
