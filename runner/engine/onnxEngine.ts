// ONNX Runtime behind `Engine`: its CPU provider in a thread, its WebGPU provider in a process of its own.
import type { Engine } from './engine.ts';
import { processHost, threadHost } from './host.ts';
import { createHostedEngine, type HostedEngine } from './hostedEngine.ts';

const worker = new URL(import.meta.url.endsWith('.ts') ? './worker.ts' : './worker.js', import.meta.url);

export const cpuEngineName = 'onnxruntime-cpu';

/** @param threads  threads of one operator; onnxruntime's own default is the number of physical cores */
export const createCpuEngine = (threads: number): Engine =>
  createHostedEngine({ name: 'CPU', engine: cpuEngineName, threads }, (events) =>
    threadHost(worker, { provider: 'cpu', threads }, events),
  );

/** Which graphics device computes is the system's choice. @param name  how it is shown */
export const createWebGpuEngine = (name = 'GPU'): HostedEngine =>
  createHostedEngine(
    { name, engine: 'onnxruntime-webgpu', threads: 1 },
    (events) => processHost(worker, { provider: 'webgpu', threads: 1 }, events),
    { patience: tenMinutes },
  );

/** The longest step of a whole ResNet-101 on a slow device, shaders compiled for the first time, is far below. */
const tenMinutes = { looks: 60, everyMs: 10_000 };
