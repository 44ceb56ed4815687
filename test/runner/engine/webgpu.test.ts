// The WebGPU engine against the CPU engine, program by program, on a software driver.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { ProgramSource } from '../../../runner/engine/engine.ts';
import { createCpuEngine, createDeviceEngine } from '../../../runner/engine/onnx/onnxEngine.ts';
import { Graph } from '../../../runner/graph/graph.ts';
import { add, reduceMean } from '../../../runner/graph/primitives.ts';
import { programSource } from '../../../runner/programs/source.ts';
import { opCases } from '../../support/opCases.ts';
import { memoryOfProcesses } from '../../support/processMemory.ts';
import {
  adamw,
  checkClose,
  checkOperator,
  feedsOf,
  outcomeOf,
  poisonedFeedsOf,
  programCases,
  sgd,
  stateOf,
  stepCase,
} from '../../support/programCases.ts';
import { useSoftwareGpu } from '../../support/softwareGpu.ts';

const skip = useSoftwareGpu();
const cpu = createCpuEngine(2);
const gpu = skip === false ? createDeviceEngine('webgpu') : cpu;
after(() => Promise.all([cpu.dispose(), gpu.dispose()]));

for (const each of opCases)
  test(`WebGPU computes ${each.name} and its gradients as the CPU does`, { skip }, () => checkOperator(each, gpu));

for (const [name, build] of Object.entries(programCases))
  test(`WebGPU computes ${name} as the CPU does, with every operator on the GPU`, { skip }, async () => {
    const source = build();
    const [expected, found] = [await outcomeOf(cpu, source), await outcomeOf(gpu, source)];
    assert.deepEqual([...found.keys()], [...expected.keys()]);
    for (const [entry, values] of expected) checkClose(entry, found.get(entry)!, values);
  });

test('provider options change how WebGPU computes, not its results', { skip }, async () => {
  const options = { preferredLayout: 'NHWC', storageBufferCacheMode: 'simple', validationMode: 'wgpuOnly' } as const;
  const engine = createDeviceEngine('webgpu', 1, undefined, options);
  const convolution = opCases.find(({ name }) => name === 'conv 3x3 with stride 2 by allConv')!;
  await checkOperator(convolution, engine);
  await engine.dispose();
});

test('an unknown provider option is an error', { skip }, async () => {
  const engine = createDeviceEngine('webgpu', 1, undefined, { preferredLayout: 'NWHC' as 'NHWC' });
  await assert.rejects(engine.load(counter()), { code: 'engineFailed', message: /Invalid preferred layout/ });
  await engine.dispose();
});

test('a step with a non-finite loss leaves the weights on the GPU unchanged', { skip }, async () => {
  const source = stepCase('resnet18', 'head', sgd);
  const program = await gpu.load(source);
  await program.writeState(stateOf(source));
  await program.run(feedsOf(source, 1));
  const before = await program.readState();
  const out = await program.run(poisonedFeedsOf(source));
  assert.ok(!Number.isFinite((out.loss!.data as Float32Array)[0]));
  assert.deepEqual(await program.readState(), before);
  await program.run(feedsOf(source, 2));
  assert.notDeepEqual(await program.readState(), before);
  await program.dispose();
});

test('readState() returns what writeState() wrote, before any step', { skip }, async () => {
  const source = stepCase('resnet18', 'head', adamw);
  const program = await gpu.load(source);
  const state = stateOf(source);
  await program.writeState(state);
  assert.deepEqual(await program.readState(), state);
  await program.dispose();
});

test('a thousand steps leak no GPU memory', { skip }, async () => {
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
