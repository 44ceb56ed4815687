// Options for each provider of ONNX Runtime, and its name in the binding.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import process from 'node:process';
import { test } from 'node:test';
import {
  deviceEngines,
  keepsStateOnDevice,
  providerFor,
  sessionOptions,
} from '../../../../runner/engine/onnx/providers.ts';
import { cudaEnvironment } from '../../../../runner/install/cuda/cudaEnvironment.ts';
import { deviceEngineNames } from '../../../../shared/contracts/job.ts';
import { listSupportedBackends } from '../../../support/onnxRuntime.ts';
import { programCases, sgd, stepCase } from '../../../support/programCases.ts';

test('WebGPU keeps its state on the device and lets nothing fall back to the CPU', () => {
  const { extra, preferredOutputLocation, executionProviders, intraOpNumThreads } = sessionOptions('webgpu', 4, ['w']);
  assert.deepEqual(extra, { session: { disable_cpu_ep_fallback: '1' } });
  assert.deepEqual(preferredOutputLocation, { w: 'gpu-buffer' });
  assert.deepEqual([executionProviders, intraOpNumThreads], [[{ name: 'webgpu' }], 1]);
});

for (const provider of ['cpu', 'cuda', 'dml', 'coreml'] as const)
  test(`${provider} keeps its state in memory, and CPU threads compute what it lacks`, () => {
    const { preferredOutputLocation, intraOpNumThreads, extra } = sessionOptions(provider, 4, ['w']);
    assert.equal(preferredOutputLocation, undefined);
    assert.equal(keepsStateOnDevice(provider), false);
    assert.equal(intraOpNumThreads, 4);
    assert.equal((extra?.session as Record<string, unknown>)?.disable_cpu_ep_fallback, undefined);
  });

test('DirectML runs sequentially and without memory pattern, as it requires', () => {
  const { executionMode, enableMemPattern } = sessionOptions('dml', 1, []);
  assert.deepEqual([executionMode, enableMemPattern], ['sequential', false]);
});

test("Core ML runs ML programs of static shapes on CPU and GPU, avoiding the Neural Engine's half precision", () => {
  const [provider] = sessionOptions('coreml', 1, []).executionProviders!;
  assert.deepEqual(provider, { name: 'coreml', coreMlFlags: 0x010 | 0x020 | 0x008 });
});

test('Core ML runs stateless programs; training steps run on the CPU provider', () => {
  const step = stepCase('resnet18', 'head', sgd);
  assert.ok(step.state.length > 0);
  assert.equal(providerFor('coreml', step), 'cpu');
  const stateless = Object.values(programCases)
    .map((build) => build())
    .filter(({ state }) => state.length === 0);
  assert.ok(stateless.length > 0);
  for (const source of stateless) assert.equal(providerFor('coreml', source), 'coreml', source.name);
  for (const provider of ['cpu', 'webgpu', 'cuda', 'dml'] as const) assert.equal(providerFor(provider, step), provider);
});

test('the CUDA process finds the installed libraries first, and keeps full float32 precision', () => {
  const { LD_LIBRARY_PATH, NVIDIA_TF32_OVERRIDE } = cudaEnvironment('/opt/lib:/lib');
  const folders = LD_LIBRARY_PATH!.split(':');
  assert.deepEqual(folders.slice(-2), ['/opt/lib', '/lib']);
  assert.match(folders[0]!, /shoulders[\\/]cuda[\\/]1\.30\.0[\\/]onnxruntime$/);
  assert.equal(folders.length, 8);
  assert.equal(NVIDIA_TF32_OVERRIDE, '0');
  assert.ok(!cudaEnvironment('').LD_LIBRARY_PATH!.endsWith(':'), 'an empty entry would mean the working folder');
});

test('the engines offered on this platform are those its ONNX Runtime binding supports', () => {
  const known = new Set(listSupportedBackends().map(({ name }) => String(name)));
  const here = `${process.platform}-${process.arch}`;
  for (const name of deviceEngineNames) {
    const { provider, platforms } = deviceEngines[name];
    assert.equal(known.has(provider), platforms.includes(here), name);
  }
});

test('the bindings of other platforms support the providers offered there', () => {
  const names = {
    'win32-x64': ['dml', 'webgpu'],
    'win32-arm64': ['dml', 'webgpu'],
    'darwin-arm64': ['coreml', 'webgpu'],
  };
  for (const [place, providers] of Object.entries(names)) {
    const file = `../../../../node_modules/onnxruntime-node/bin/napi-v6/${place.replace('-', '/')}/onnxruntime_binding.node`;
    const binding = readFileSync(new URL(file, import.meta.url), 'latin1');
    for (const provider of providers) assert.ok(binding.includes(`\0${provider}\0`), `${place}: ${provider}`);
    const offered = Object.values(deviceEngines).filter(({ platforms }) => platforms.includes(place));
    assert.deepEqual(offered.map(({ provider }) => provider).sort(), providers);
  }
});
