// Providers that ONNX Runtime can compute with, and the options of each: pure functions, one row per provider.
import type { InferenceSession } from 'onnxruntime-node';
import type { DeviceEngineName } from '../../../shared/contracts/job.ts';
import type { ProgramSource } from '../engine.ts';

/** ONNX Runtime's own names. */
export type Provider = 'cpu' | 'webgpu' | 'cuda' | 'dml' | 'coreml';

/** Options of ONNX Runtime's WebGPU provider; absent ones keep its defaults. */
export interface WebGpuOptions {
  readonly preferredLayout?: 'NCHW' | 'NHWC';
  readonly storageBufferCacheMode?: 'disabled' | 'lazyRelease' | 'simple' | 'bucket';
  readonly validationMode?: 'disabled' | 'wgpuOnly' | 'basic' | 'full';
}

interface Traits {
  /** The provider in the form that ONNX Runtime accepts. */
  readonly named: { readonly name: Provider; readonly deviceId?: number; readonly coreMlFlags?: number };
  readonly options: InferenceSession.SessionOptions;
  /** True if every operator of ours has a kernel; then nothing may fall back to the CPU, since failing beats copies at every step. */
  readonly alone: boolean;
  /** In Node.js only WebGPU keeps tensors on the device between runs; with other providers the state is copied in every run. */
  readonly stateOnDevice: boolean;
  /** Programs for which this is false are computed by the CPU provider of the same process. */
  computes(source: Pick<ProgramSource, 'state'>): boolean;
}

const everything = () => true;

/** Flags of coreml_provider_factory.h. */
const coreMl = { staticShapes: 0x008, mlProgram: 0x010, cpuAndGpu: 0x020 } as const;

const traits: Readonly<Record<Provider, Traits>> = {
  cpu: {
    named: { name: 'cpu' },
    // Optimizer moments decay to denormals, which are slow on every CPU.
    options: { extra: { session: { set_denormal_as_zero: '1' } } },
    alone: false,
    stateOnDevice: false,
    computes: everything,
  },
  webgpu: {
    named: { name: 'webgpu' },
    options: { extra: { session: { disable_cpu_ep_fallback: '1' } } },
    alone: true,
    stateOnDevice: true,
    computes: everything,
  },
  cuda: {
    named: { name: 'cuda', deviceId: 0 },
    options: {},
    alone: false,
    stateOnDevice: false,
    computes: everything,
  },
  dml: {
    named: { name: 'dml' },
    // DirectML requires this, and sequential execution, which sessionOptions() sets for all providers.
    options: { enableMemPattern: false },
    alone: false,
    stateOnDevice: false,
    computes: everything,
  },
  coreml: {
    // float32 on the GPU: the Neural Engine computes in float16, so its features would differ from the CPU's.
    named: { name: 'coreml', coreMlFlags: coreMl.mlProgram | coreMl.cpuAndGpu | coreMl.staticShapes },
    options: {},
    alone: false,
    stateOnDevice: false,
    // Its convolutions require constant weights, so it cannot compute a training step.
    computes: ({ state }) => state.length === 0,
  },
};

export const providerFor = (wanted: Provider, source: Pick<ProgramSource, 'state'>): Provider =>
  traits[wanted].computes(source) ? wanted : 'cpu';

export const keepsStateOnDevice = (provider: Provider): boolean => traits[provider].stateOnDevice;

/** @param resident  outputs to keep on the device, where possible */
export function sessionOptions(
  provider: Provider,
  threads: number,
  resident: readonly string[],
  providerOptions?: WebGpuOptions,
): InferenceSession.SessionOptions {
  const { named, options, alone, stateOnDevice } = traits[provider];
  return {
    executionProviders: [{ ...named, ...providerOptions }],
    intraOpNumThreads: alone ? 1 : threads,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    graphOptimizationLevel: 'all',
    logSeverityLevel: 3,
    ...options,
    ...(stateOnDevice && { preferredOutputLocation: Object.fromEntries(resident.map((name) => [name, 'gpu-buffer'])) }),
  };
}

interface DeviceEngine {
  readonly provider: Provider;
  /** Platforms for which ONNX Runtime's npm package contains the provider; on others the engine is refused. */
  readonly platforms: readonly string[];
}

/** Engines on GPUs, each in a process of its own. */
export const deviceEngines: Readonly<Record<DeviceEngineName, DeviceEngine>> = {
  webgpu: { provider: 'webgpu', platforms: ['linux-x64', 'win32-x64', 'win32-arm64', 'darwin-arm64'] },
  cuda: { provider: 'cuda', platforms: ['linux-x64'] },
  directml: { provider: 'dml', platforms: ['win32-x64', 'win32-arm64'] },
  coreml: { provider: 'coreml', platforms: ['darwin-arm64'] },
};
