// Choice of the device, on machines with simulated devices.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chooseEngine, engineOn, type Machine } from '../../../runner/devices/devices.ts';
import type { Program } from '../../../runner/engine/engine.ts';
import type { HostedEngine } from '../../../runner/engine/process/hostedEngine.ts';
import type { GraphicsTraces } from '../../../runner/engine/process/workerContract.ts';
import { UserError } from '../../../shared/contracts/errors.ts';
import type { Device } from '../../../shared/contracts/events.ts';
import type { DeviceEngineName, FineTuneJob } from '../../../shared/contracts/job.ts';
import { photos } from '../../../shared/contracts/recipes.ts';

const real: GraphicsTraces = { platform: 'win32', libraries: [], deviceFiles: [] };
const software: GraphicsTraces = { ...real, libraries: ['d3d10warp.dll'] };

type Wanted = FineTuneJob['engine'];

interface Graphics {
  readonly traces?: GraphicsTraces;
  /** Images per second; the CPU's are 10. */
  readonly rate?: number;
  readonly difference?: string;
  readonly load?: () => Promise<Program>;
}

/** `others`: candidates that `auto` tries after WebGPU. */
function machineWith(webgpu: Graphics, others: Partial<Record<DeviceEngineName, Graphics>> = {}) {
  const of = (name: string): Graphics => others[name as DeviceEngineName] ?? webgpu;
  const open = new Set<string>();
  const engineOf = (name: string): HostedEngine => {
    open.add(name);
    return {
      device: { name, engine: `onnxruntime-${name}`, threads: 1 },
      load: (name !== 'cpu' && of(name).load) || (async () => ({}) as Program),
      graphics: async () => of(name).traces ?? real,
      async dispose() {
        open.delete(name);
      },
    };
  };
  const machine: Machine = {
    cpu: () => engineOf('cpu'),
    gpu: (name) => engineOf(name),
    candidates: async () => ['webgpu', ...(Object.keys(others) as DeviceEngineName[])],
    tensorFlow: async () => engineOf('tensorflow'),
    difference: async ({ device }) => of(nameOf(device)).difference,
    rate: async ({ device }) => (nameOf(device) === 'cpu' ? 10 : (of(nameOf(device)).rate ?? 50)),
    limitMs: { auto: 50, asked: 50 },
  };
  return { machine, open };
}

const nameOf = ({ engine }: Device): string => engine.replace('onnxruntime-', '');

const request = (wanted: Wanted) => ({
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
  wanted: Wanted,
  graphics: Graphics,
  taken: Wanted,
  why: string | undefined,
  params?: Readonly<Record<string, unknown>>,
  others?: Partial<Record<DeviceEngineName, Graphics>>,
): Promise<void> {
  const { machine, open } = machineWith(graphics, others);
  const { device } = await chooseEngine(request(wanted), machine);
  assert.deepEqual({ engine: device.engine, why: device.why?.code }, { engine: `onnxruntime-${taken}`, why });
  if (params) assert.deepEqual(device.why?.params, params);
  assert.deepEqual([...open], [taken], 'the other engine is closed');
}

test('auto uses a real device that is faster, and reports by how much', () =>
  check('auto', {}, 'webgpu', 'gpuFaster', { gpu: 'GPU', gpuRate: 50, cpuRate: 10 }));
test('auto rejects a device that is slower', () => check('auto', { rate: 5 }, 'cpu', 'gpuSlower'));
test('auto rejects a software driver, however fast', () => check('auto', { traces: software }, 'cpu', 'gpuSoftware'));
test('auto rejects a device whose numbers differ', () =>
  check('auto', { difference: 'loss is off by 3 %' }, 'cpu', 'gpuDiffers'));
test('auto reports that there is no GPU', () => check('auto', { load: findsNone }, 'cpu', 'gpuNone', {}));
test('auto rejects a device whose driver fails, and reports why', () =>
  check('auto', { load: fails }, 'cpu', 'gpuNotUsable', { reason: 'device lost' }));
test('auto rejects a device that does not respond', () =>
  check('auto', { load: () => new Promise(() => {}) }, 'cpu', 'gpuNotUsable'));
test('auto uses the fastest of several devices, whatever their order', async () => {
  await check('auto', {}, 'cuda', 'gpuFaster', { gpu: 'GPU', gpuRate: 90, cpuRate: 10 }, { cuda: { rate: 90 } });
  await check('auto', {}, 'webgpu', 'gpuFaster', { gpu: 'GPU', gpuRate: 50, cpuRate: 10 }, { cuda: { rate: 40 } });
});
test('auto uses a device that passes when another fails', async () => {
  await check('auto', { load: findsNone }, 'cuda', 'gpuFaster', undefined, { cuda: { rate: 90 } });
  await check('auto', {}, 'webgpu', 'gpuFaster', undefined, { cuda: { difference: 'loss is off by 3 %' } });
});
test('auto never uses the fastest device when its numbers differ, and reports why', () =>
  check('auto', { load: findsNone }, 'cpu', 'gpuDiffers', undefined, { cuda: { rate: 900, difference: 'off' } }));
test('auto reports what is wrong with an installed CUDA', () =>
  check(
    'auto',
    { load: findsNone },
    'cpu',
    'gpuNotUsable',
    { reason: 'the NVIDIA driver is older than 580, which CUDA 13 needs' },
    { cuda: { load: failsBy('CUDA failure 35: CUDA driver version is insufficient for CUDA runtime version') } },
  ));
test('auto reports the lost speed trial rather than the missing device', () =>
  check('auto', { rate: 5 }, 'cpu', 'gpuSlower', undefined, { cuda: { load: findsNone } }));
test('auto uses the CPU when there is nothing to try', async () => {
  const { machine } = machineWith({});
  const { device } = await chooseEngine(request('auto'), { ...machine, candidates: async () => [] });
  assert.deepEqual([device.engine, device.why?.code], ['onnxruntime-cpu', 'gpuNone']);
});
for (const engine of ['cuda', 'directml', 'coreml'] as const)
  test(`${engine} is used on request when it passes the check`, () =>
    check(engine, {}, engine, engine === 'coreml' ? 'coremlAsked' : 'gpuAsked', { gpu: 'GPU' }));
test('a requested CPU is not compared with anything', () => check('cpu', {}, 'cpu', undefined));
test('a software driver can be requested', () => check('webgpu', { traces: software }, 'webgpu', 'gpuSoftwareAsked'));
test('a requested device is used even when it is slower', () => check('webgpu', { rate: 5 }, 'webgpu', 'gpuAsked'));

for (const [what, graphics, reason] of [
  ['is not there', { load: findsNone }, /cannot be used here: WebGPU finds no GPU.*libvulkan1/],
  ['fails', { load: fails }, /cannot be used here: device lost\./],
  [
    'gives other numbers',
    { difference: 'loss is off by 3 %' },
    /here: the results of GPU do not match the CPU’s.*loss is off by 3 %/,
  ],
] as const)
  test(`a requested device that ${what} is an error with its reason`, async () => {
    const { machine, open } = machineWith(graphics);
    await assert.rejects(chooseEngine(request('webgpu'), machine), reason);
    assert.deepEqual([...open], []);
  });

for (const [said, sentence] of [
  ['libcuda.so.1: cannot open shared object file: No such file or directory', /no NVIDIA driver is installed/],
  ['CUDA failure 100: no CUDA-capable device is detected', /the NVIDIA driver finds no graphics card\./],
  ['CUDA failure 35: CUDA driver version is insufficient for CUDA runtime version', /older than 580/],
  ['CUDA failure 209: no kernel image is available for execution on the device', /209: no kernel image/],
] as const)
  test(`requested CUDA that fails with "${said}" is an error with advice`, async () => {
    const { machine, open } = machineWith({ load: failsBy(said) });
    await assert.rejects(chooseEngine(request('cuda'), machine), sentence);
    assert.deepEqual([...open], []);
  });

test('a stop request during the search ends it and closes every device', async () => {
  const { machine, open } = machineWith({ load: () => new Promise(() => {}) });
  const signal = AbortSignal.abort();
  await assert.rejects(chooseEngine({ ...request('webgpu'), signal }, machine), { name: 'AbortError' });
  assert.deepEqual([...open], []);
});

test("an installed TensorFlow.js is used when its numbers match the CPU's", () =>
  check('tensorflow', {}, 'tensorflow', 'gpuAsked', { gpu: 'onnxruntime-tensorflow' }));

test('an installed TensorFlow.js whose numbers differ is an error, and is closed', async () => {
  const { machine, open } = machineWith({ difference: 'loss is off by 3 %' });
  await assert.rejects(
    chooseEngine(request('tensorflow'), machine),
    /here: its results do not match the CPU’s.*loss is off by 3 %/,
  );
  assert.deepEqual([...open], []);
});

test('a missing TensorFlow.js is reported with its own error', async () => {
  const { machine, open } = machineWith({});
  const missing = async () => {
    throw new UserError('tensorflowMissing', { folder: '/data' });
  };
  await assert.rejects(chooseEngine(request('tensorflow'), { ...machine, tensorFlow: missing }), /is not installed/);
  assert.deepEqual([...open], []);
});

test('engineOn() creates an engine of the chosen kind, with its name and reason, without a trial', async () => {
  const { machine, open } = machineWith({ difference: 'never asked for', rate: Number.NaN });
  for (const [engine, kind] of [
    ['onnxruntime-cpu', 'cpu'],
    ['onnxruntime-webgpu', 'webgpu'],
    ['tfjs-node-gpu 4.22.0', 'tensorflow'],
  ] as const) {
    const device = { name: 'Some device', engine, threads: 1, why: { code: 'gpuFaster', params: {} } };
    const made = await engineOn(device, 2, machine);
    assert.equal(made.device, device);
    assert.deepEqual([...open], [kind]);
    await made.dispose();
  }
});
