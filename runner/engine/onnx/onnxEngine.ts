// ONNX Runtime as an `Engine`: each of its providers runs in a process of its own.
import type { Device } from '../../../shared/contracts/events.ts';
import type { DeviceEngineName } from '../../../shared/contracts/job.ts';
import { cudaEnvironment } from '../../install/cuda/cudaEnvironment.ts';
import type { Engine } from '../engine.ts';
import { processHost } from '../process/host.ts';
import { createHostedEngine, type HostedEngine } from '../process/hostedEngine.ts';
import type { WorkerOptions } from '../process/workerContract.ts';
import { deviceEngines, type WebGpuOptions } from './providers.ts';

const worker = new URL(import.meta.url.endsWith('.ts') ? './worker.ts' : './worker.js', import.meta.url);

export const cpuEngineName = 'onnxruntime-cpu';
/** Device name of the CPU. */
export const cpuName = 'CPU';

export const cpuDevice = (threads: number): Device => ({ name: cpuName, engine: cpuEngineName, threads });

/** @param threads  threads of one operator; onnxruntime's own default is the number of physical cores */
export const createCpuEngine = (threads: number): Engine => {
  const options: WorkerOptions = { provider: 'cpu', threads };
  return createHostedEngine(cpuDevice(threads), (events) => processHost(worker, options, events));
};

/** Far longer than the longest step of a whole ResNet-101 on a slow device, including the first compilation of shaders. */
const tenMinutes = { looks: 60, everyMs: 10_000 };

/**
 * With several GPUs, the system chooses one.
 * @param threads   for operators left to the CPU
 * @param patience  wait for a call that does not return
 * @param providerOptions  for WebGPU only
 */
export function createDeviceEngine(
  engine: DeviceEngineName,
  threads = 1,
  patience = tenMinutes,
  providerOptions: WebGpuOptions = {},
): HostedEngine {
  const options: WorkerOptions = { provider: deviceEngines[engine].provider, threads, providerOptions };
  const environment = engine === 'cuda' ? cudaEnvironment() : {};
  return createHostedEngine(
    { name: 'GPU', engine: `onnxruntime-${engine}`, threads },
    (events) => processHost(worker, options, events, environment),
    { patience, faultIn: deviceError },
  );
}

/**
 * ONNX Runtime 1.30 logs a device's error in an operation and does not throw it: later operations may then compute on memory that was
 * never allocated or written. 3 is WebGPU's number for an error about memory, which then appears as invalid buffers.
 */
export function deviceError(errorOutput: string): string | undefined {
  const errors = [...errorOutput.matchAll(/WebGPU device error\((\d)\): *([^\n]*)/g)];
  const memory = errors.find(([, type]) => type === '3');
  if (memory) return `out of memory: ${memory[2]}`;
  return errors[0]?.[2];
}
