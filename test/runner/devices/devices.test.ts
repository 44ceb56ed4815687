// Which device is taken, on machines whose devices are made up.
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
  /** Images a second; the CPU's are 10. */
  readonly rate?: number;
  readonly difference?: string;
  readonly load?: () => Promise<Program>;
}

/** `others`: what `auto` tries after WebGPU. */
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
test('auto takes the fastest of several devices, whatever their order', async () => {
  await check('auto', {}, 'cuda', 'gpuFaster', { gpu: 'GPU', gpuRate: 90, cpuRate: 10 }, { cuda: { rate: 90 } });
  await check('auto', {}, 'webgpu', 'gpuFaster', { gpu: 'GPU', gpuRate: 50, cpuRate: 10 }, { cuda: { rate: 40 } });
});
test('auto takes a device that passes where another does not', async () => {
  await check('auto', { load: findsNone }, 'cuda', 'gpuFaster', undefined, { cuda: { rate: 90 } });
  await check('auto', {}, 'webgpu', 'gpuFaster', undefined, { cuda: { difference: 'loss is off by 3 %' } });
});
test('auto never takes the fastest device when it gives other numbers, and says why', () =>
  check('auto', { load: findsNone }, 'cpu', 'gpuDiffers', undefined, { cuda: { rate: 900, difference: 'off' } }));
test('auto says what is amiss with CUDA where a person has installed it', () =>
  check(
    'auto',
    { load: findsNone },
    'cpu',
    'gpuNotUsable',
    { reason: 'the NVIDIA driver is older than 580, which CUDA 13 needs' },
    { cuda: { load: failsBy('CUDA failure 35: CUDA driver version is insufficient for CUDA runtime version') } },
  ));
test('auto tells of the trial that was lost rather than of the device that is not there', () =>
  check('auto', { rate: 5 }, 'cpu', 'gpuSlower', undefined, { cuda: { load: findsNone } }));
test('auto computes on the CPU where nothing can be tried', async () => {
  const { machine } = machineWith({});
  const { device } = await chooseEngine(request('auto'), { ...machine, candidates: async () => [] });
  assert.deepEqual([device.engine, device.why?.code], ['onnxruntime-cpu', 'gpuNone']);
});
for (const engine of ['cuda', 'directml', 'coreml'] as const)
  test(`${engine}, asked for, is taken when it passes the check`, () =>
    check(engine, {}, engine, engine === 'coreml' ? 'coremlAsked' : 'gpuAsked', { gpu: 'GPU' }));
test('the CPU, asked for, is not compared with anything', () => check('cpu', {}, 'cpu', undefined));
test('a software driver can be asked for', () => check('webgpu', { traces: software }, 'webgpu', 'gpuSoftwareAsked'));
test('a device that is asked for is taken also when it is slower', () =>
  check('webgpu', { rate: 5 }, 'webgpu', 'gpuAsked'));

for (const [what, graphics, reason] of [
  ['is not there', { load: findsNone }, /cannot be used here: WebGPU finds no GPU.*libvulkan1/],
  ['fails', { load: fails }, /cannot be used here: device lost\./],
  [
    'gives other numbers',
    { difference: 'loss is off by 3 %' },
    /here: GPU failed the accuracy check.*loss is off by 3 %/,
  ],
] as const)
  test(`a device that is asked for and ${what} is an error with its reason`, async () => {
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
  test(`CUDA, asked for, that says "${said}" is an error that says what to do`, async () => {
    const { machine, open } = machineWith({ load: failsBy(said) });
    await assert.rejects(chooseEngine(request('cuda'), machine), sentence);
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
  await assert.rejects(
    chooseEngine(request('tensorflow'), machine),
    /here: it failed the accuracy check.*loss is off by 3 %/,
  );
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

test('engineOn() makes an engine of the kind that was chosen, with its name and reason, and tries nothing', async () => {
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
