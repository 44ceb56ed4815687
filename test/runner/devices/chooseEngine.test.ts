// Which device is taken, on machines whose devices are made up.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { UserError } from '../../../runner/contracts/errors.ts';
import { photos } from '../../../runner/contracts/recipes.ts';
import { chooseEngine, type Machine } from '../../../runner/devices/chooseEngine.ts';
import type { Program } from '../../../runner/engine/engine.ts';
import type { HostedEngine } from '../../../runner/engine/hostedEngine.ts';
import type { GraphicsTraces } from '../../../runner/engine/workerContract.ts';

const real: GraphicsTraces = { platform: 'win32', libraries: [], deviceFiles: [] };
const software: GraphicsTraces = { ...real, libraries: ['d3d10warp.dll'] };

interface Graphics {
  readonly traces?: GraphicsTraces;
  /** Images a second; the CPU's are 10. */
  readonly rate?: number;
  readonly difference?: string;
  readonly load?: () => Promise<Program>;
}

function machineWith({ traces = real, rate = 50, difference, load }: Graphics) {
  const open = new Set<string>();
  const engineOf = (name: string): HostedEngine => {
    open.add(name);
    return {
      device: { name, engine: `onnxruntime-${name}`, threads: 1 },
      load: name === 'webgpu' && load ? load : async () => ({}) as Program,
      graphics: async () => traces,
      async dispose() {
        open.delete(name);
      },
    };
  };
  const machine: Machine = {
    cpu: () => engineOf('cpu'),
    gpu: () => engineOf('webgpu'),
    tensorFlow: async () => engineOf('tensorflow'),
    difference: async () => difference,
    rate: async ({ device }) => (device.engine === 'onnxruntime-cpu' ? 10 : rate),
    limitMs: { auto: 50, webgpu: 50, tensorflow: 50 },
  };
  return { machine, open };
}

const request = (wanted: 'auto' | 'cpu' | 'webgpu' | 'tensorflow') => ({
  wanted,
  threads: 1,
  recipe: photos,
  signal: new AbortController().signal,
});
const failsBy = (reason: string) => async () => {
  throw new UserError('engineFailed', { engine: 'webgpu', reason });
};
const findsNone = failsBy('x.cc:136 Failed to get a WebGPU adapter: No supported adapters');
const fails = failsBy('device lost');

async function check(
  wanted: 'auto' | 'cpu' | 'webgpu' | 'tensorflow',
  graphics: Graphics,
  taken: 'cpu' | 'webgpu' | 'tensorflow',
  why: string | undefined,
  params?: Readonly<Record<string, unknown>>,
): Promise<void> {
  const { machine, open } = machineWith(graphics);
  const { device } = await chooseEngine(request(wanted), machine);
  assert.deepEqual({ engine: device.engine, why: device.why?.code }, { engine: `onnxruntime-${taken}`, why });
  if (params) assert.deepEqual(device.why?.params, params);
  assert.deepEqual([...open], [taken], 'the other engine is closed');
}

test('auto takes a real device that is faster, and says by how much', () =>
  check('auto', {}, 'webgpu', 'gpuFaster', { gpu: 'GPU', gpuRate: 50, cpuRate: 10 }));
test('auto leaves a device that is slower', () => check('auto', { rate: 5 }, 'cpu', 'gpuSlower'));
test('auto leaves a software driver, however fast', () => check('auto', { traces: software }, 'cpu', 'gpuSoftware'));
test('auto leaves a device that gives other numbers', () =>
  check('auto', { difference: 'loss is off by 3 %' }, 'cpu', 'gpuDiffers'));
test('auto says where there is none', () => check('auto', { load: findsNone }, 'cpu', 'gpuNone', {}));
test('auto leaves a device whose driver fails, and says why', () =>
  check('auto', { load: fails }, 'cpu', 'gpuNotUsable', { reason: 'device lost' }));
test('auto leaves a device that does not answer', () =>
  check('auto', { load: () => new Promise(() => {}) }, 'cpu', 'gpuNotUsable'));
test('the CPU, asked for, is not compared with anything', () => check('cpu', {}, 'cpu', undefined));
test('a software driver can be asked for', () => check('webgpu', { traces: software }, 'webgpu', 'gpuSoftwareAsked'));
test('a device that is asked for is taken also when it is slower', () =>
  check('webgpu', { rate: 5 }, 'webgpu', 'gpuAsked'));

for (const [what, graphics, reason] of [
  ['is not there', { load: findsNone }, /cannot be used here: WebGPU finds no graphics device.*libvulkan1/],
  ['fails', { load: fails }, /cannot be used here: device lost\./],
  ['gives other numbers', { difference: 'loss is off by 3 %' }, /here: GPU gave other numbers.*loss is off by 3 %/],
] as const)
  test(`a device that is asked for and ${what} is an error with its reason`, async () => {
    const { machine, open } = machineWith(graphics);
    await assert.rejects(chooseEngine(request('webgpu'), machine), reason);
    assert.deepEqual([...open], []);
  });

test('a stop that is asked for meanwhile ends the search, and closes everything', async () => {
  const { machine, open } = machineWith({ load: () => new Promise(() => {}) });
  const signal = AbortSignal.abort();
  await assert.rejects(chooseEngine({ ...request('webgpu'), signal }, machine), { name: 'AbortError' });
  assert.deepEqual([...open], []);
});

test("a person's TensorFlow.js computes when it gives the processor's numbers", () =>
  check('tensorflow', {}, 'tensorflow', 'gpuAsked', { gpu: 'onnxruntime-tensorflow' }));

test("a person's TensorFlow.js that gives other numbers is an error, and is closed", async () => {
  const { machine, open } = machineWith({ difference: 'loss is off by 3 %' });
  await assert.rejects(chooseEngine(request('tensorflow'), machine), /here: it gave other numbers.*loss is off by 3 %/);
  assert.deepEqual([...open], []);
});

test('what a missing TensorFlow.js says is said', async () => {
  const { machine, open } = machineWith({});
  const missing = async () => {
    throw new UserError('tensorflowMissing', { folder: '/data' });
  };
  await assert.rejects(chooseEngine(request('tensorflow'), { ...machine, tensorFlow: missing }), /is not installed/);
  assert.deepEqual([...open], []);
});
