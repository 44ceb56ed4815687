// devices/: which device computes a run, and why. A graphics device is trusted after it gave the CPU's numbers, and taken by itself
// only when it is real and faster. Called by fineTune.ts.

import { type ErrorCode, type ErrorParams, UserError } from '../contracts/errors.ts';
import type { Device } from '../contracts/events.ts';
import type { FineTuneJob } from '../contracts/job.ts';
import type { Recipe } from '../contracts/recipe.ts';
import { type Engine, EngineOutOfMemory, type ProgramSource } from '../engine/engine.ts';
import type { HostedEngine } from '../engine/hostedEngine.ts';
import { createCpuEngine, createWebGpuEngine } from '../engine/onnxEngine.ts';
import { createTensorFlowEngine } from '../engine/tensorflow/engine.ts';
import { Graph } from '../graph/graph.ts';
import { programSource } from '../programs/source.ts';
import { graphicsDevice } from './graphicsDevice.ts';
import { differenceBetween } from './selfTest.ts';
import { trialRate } from './trial.ts';

export interface DeviceRequest {
  readonly wanted: FineTuneJob['engine'];
  /** Of the CPU. */
  readonly threads: number;
  readonly recipe: Recipe;
  readonly signal: AbortSignal;
}

/** What stands for the machine in tests. */
export interface Machine {
  readonly cpu: (threads: number) => Engine;
  readonly gpu: () => HostedEngine;
  readonly tensorFlow: (threads: number) => Promise<Engine>;
  readonly difference: typeof differenceBetween;
  readonly rate: typeof trialRate;
  /** How long a graphics device has to prove itself. */
  readonly limitMs: Readonly<Record<'auto' | 'webgpu' | 'tensorflow', number>>;
}

export const thisMachine: Machine = {
  cpu: createCpuEngine,
  gpu: createWebGpuEngine,
  tensorFlow: createTensorFlowEngine,
  difference: differenceBetween,
  rate: trialRate,
  // Nobody waits long for what was not asked for; a software driver on a busy machine takes minutes.
  limitMs: { auto: 60_000, webgpu: 600_000, tensorflow: 600_000 },
};

/**
 * Takes no longer than the driver needs to say no; with a graphics device some seconds.
 * @throws UserError engineUnavailable when what is asked for cannot be had, those of createTensorFlowEngine; the signal's reason
 */
export async function chooseEngine(request: DeviceRequest, machine: Machine = thisMachine): Promise<Engine> {
  if (request.wanted === 'tensorflow') return checkedTensorFlow(request, machine);
  const cpu = machine.cpu(request.threads);
  if (request.wanted === 'cpu') return cpu;
  const gpu = machine.gpu();
  let taken: Engine | undefined;
  try {
    const { engine, device } = await decide(request, cpu, gpu, machine);
    taken = engine;
    return { ...engine, device };
  } finally {
    for (const engine of [cpu, gpu]) if (engine !== taken) await engine.dispose();
  }
}

/** A person's own installation: it is not ours to trust unseen. */
async function checkedTensorFlow({ threads, signal }: DeviceRequest, machine: Machine): Promise<Engine> {
  const engine = await machine.tensorFlow(threads);
  const cpu = machine.cpu(threads);
  let agrees = false;
  try {
    const difference = await within(machine.limitMs.tensorflow, signal, 'tensorflow')(machine.difference(engine, cpu));
    if (difference !== undefined) {
      const reason = `it gave other numbers than the processor in a check (${difference})`;
      throw new UserError('engineUnavailable', { engine: 'tensorflow', reason });
    }
    agrees = true;
    const why = { code: 'gpuAsked', params: { gpu: engine.device.engine } };
    return { ...engine, device: { ...engine.device, why } };
  } finally {
    await cpu.dispose();
    if (!agrees) await engine.dispose();
  }
}

interface Choice {
  readonly engine: Engine;
  /** Its device, named, and with the reason why it was taken. */
  readonly device: Device;
}

async function decide(
  { wanted, recipe, signal }: DeviceRequest,
  cpu: Engine,
  gpu: HostedEngine,
  { difference: check, rate, limitMs }: Machine,
): Promise<Choice> {
  const asked = wanted === 'webgpu';
  const leave = (code: ErrorCode, params: ErrorParams) => ({
    engine: cpu,
    device: { ...cpu.device, why: { code, params } },
  });
  const unavailable = (reason: string) => new UserError('engineUnavailable', { engine: wanted, reason });
  const take = (name: string, code: ErrorCode, params: ErrorParams) => ({
    engine: gpu,
    device: { ...gpu.device, name, why: { code, params } },
  });
  const inTime = within(limitMs[asked ? 'webgpu' : 'auto'], signal, 'webgpu');
  try {
    await inTime(gpu.load(nothing()));
    const { name, software } = graphicsDevice(await inTime(gpu.graphics()));
    if (software && !asked) return leave('gpuSoftware', { gpu: name });
    const difference = await inTime(check(gpu, cpu));
    if (difference !== undefined) {
      if (asked) throw unavailable(`${name} gave other numbers than the processor in a check (${difference})`);
      return leave('gpuDiffers', { gpu: name, difference });
    }
    if (asked) return take(name, software ? 'gpuSoftwareAsked' : 'gpuAsked', { gpu: name });
    const cpuRate = await inTime(rate(cpu, recipe));
    const gpuRate = await inTime(rate(gpu, recipe));
    const params = { gpu: name, gpuRate: rounded(gpuRate), cpuRate: rounded(cpuRate) };
    return gpuRate > cpuRate ? take(name, 'gpuFaster', params) : leave('gpuSlower', params);
  } catch (error) {
    if (!isOfDriver(error)) throw error;
    if (findsNothing(error)) {
      if (asked)
        throw unavailable('WebGPU finds no graphics device (on Linux it needs libvulkan1 and a Vulkan driver)');
      return leave('gpuNone', {});
    }
    if (asked) throw unavailable(reasonOf(error));
    return leave('gpuNotUsable', { reason: reasonOf(error) });
  }
}

/** A program that opens the device. */
function nothing(): ProgramSource {
  const g = new Graph();
  g.output('y', g.input('x', 'float32', [1]));
  return programSource(g, { name: 'nothing' });
}

/** Waits no longer than the signal, and the limit, allow. */
function within(limitMs: number, signal: AbortSignal, engine: string): <T>(work: Promise<T>) => Promise<T> {
  const limit = AbortSignal.timeout(limitMs);
  return (work) =>
    Promise.race([
      work,
      aborted(limit, () => new UserError('engineFailed', { engine, reason: 'its check took too long' })),
      aborted(signal, () => signal.reason),
    ]);
}

const aborted = (signal: AbortSignal, reason: () => unknown): Promise<never> =>
  new Promise((_, reject) => {
    if (signal.aborted) reject(reason());
    else signal.addEventListener('abort', () => reject(reason()), { once: true });
  });

const rounded = (rate: number): number => Number(rate.toPrecision(2));

const isOfDriver = (error: unknown): error is Error =>
  error instanceof EngineOutOfMemory ||
  (error instanceof UserError && error.code === 'engineFailed' && error.params.engine !== 'cpu');

const wordsOf = (error: Error): string => (error instanceof UserError ? String(error.params.reason) : error.message);

/** In the words of onnxruntime 1.30, behind the place in its sources. */
const findsNothing = (error: Error): boolean => /Failed to get a WebGPU adapter/.test(wordsOf(error));

const reasonOf = (error: Error): string => wordsOf(error).slice(0, 200);
