// devices/: the device that computes a run, and why. A GPU must first reproduce the CPU's results; `auto` chooses one
// only if it is real hardware and faster. Called by carryOut.ts, evaluate.ts and explain.ts.

import { UserError } from '../../shared/contracts/errors.ts';
import type { Device, Problem } from '../../shared/contracts/events.ts';
import {
  type DeviceEngineName,
  deviceEngineNames,
  type FineTuneJob,
  type NamedEngine,
} from '../../shared/contracts/job.ts';
import type { Recipe } from '../../shared/contracts/recipe.ts';
import { type Engine, EngineOutOfMemory, type ProgramSource } from '../engine/engine.ts';
import { cpuEngineName, createCpuEngine, createDeviceEngine } from '../engine/onnx/onnxEngine.ts';
import type { HostedEngine } from '../engine/process/hostedEngine.ts';
import { createTensorFlowEngine } from '../engine/tensorflow/engine.ts';
import { Graph } from '../graph/graph.ts';
import { programSource } from '../programs/source.ts';
import { askedCode, candidatesHere, leftBecause, noDevice, reasonOf } from './candidates.ts';
import { type GraphicsDevice, graphicsDevice } from './graphicsDevice.ts';
import { differenceBetween } from './selfTest.ts';
import { trialRate } from './trial.ts';

export interface DeviceRequest {
  readonly wanted: FineTuneJob['engine'];
  /** Threads for the CPU engine. */
  readonly threads: number;
  readonly recipe: Recipe;
  readonly signal: AbortSignal;
}

/** The machine's engines; tests replace it. */
export interface Machine {
  readonly cpu: (threads: number) => Engine;
  readonly gpu: (engine: DeviceEngineName, threads: number) => HostedEngine;
  /** Engines that `auto` tries, in order. */
  readonly candidates: () => Promise<readonly DeviceEngineName[]>;
  readonly tensorFlow: (threads: number) => Promise<Engine>;
  readonly difference: typeof differenceBetween;
  readonly rate: typeof trialRate;
  /** Time within which a GPU must pass its check. */
  readonly limitMs: Readonly<Record<'auto' | 'asked', number>>;
}

export const thisMachine: Machine = {
  cpu: createCpuEngine,
  gpu: createDeviceEngine,
  candidates: candidatesHere,
  tensorFlow: createTensorFlowEngine,
  difference: differenceBetween,
  rate: trialRate,
  // Nobody should wait long for a device that they did not request; a software driver on a busy machine takes minutes.
  limitMs: { auto: 60_000, asked: 600_000 },
};

/**
 * Without a GPU this takes as long as the driver needs to report that; with one, some seconds.
 * @throws UserError engineUnavailable when the requested engine is not available, those of createTensorFlowEngine; the signal's reason
 */
export const chooseEngine = (request: DeviceRequest, machine: Machine = thisMachine): Promise<Engine> =>
  request.wanted === 'auto' ? fastest(request, machine) : openEngine(request.wanted, request, machine);

/** An engine that the user named: it only has to pass the check. @throws as chooseEngine() */
export async function openEngine(
  name: NamedEngine,
  request: Pick<DeviceRequest, 'threads' | 'signal'>,
  machine: Machine = thisMachine,
): Promise<Engine> {
  switch (name) {
    case 'cpu':
      return machine.cpu(request.threads);
    case 'tensorflow':
      return checkedTensorFlow(request, machine);
    default:
      return requested(name, request, machine);
  }
}

/** The CPU, or the candidate that passes the check and is faster than the CPU and all other candidates. */
async function fastest(request: DeviceRequest, machine: Machine): Promise<Engine> {
  const cpu = machine.cpu(request.threads);
  let measuring: Promise<number> | undefined;
  const cpuRate = () => (measuring ??= machine.rate(cpu, request.recipe));
  const problems: Problem[] = [];
  const open = new Set<Engine>([cpu]);
  let best: (Pace & { readonly engine: Engine }) | undefined;
  let taken: Engine | undefined;
  try {
    for (const name of await machine.candidates()) {
      const engine = machine.gpu(name, request.threads);
      open.add(engine);
      const pace = await paceOf(name, engine, { cpu, cpuRate }, request, machine);
      let loser: Engine | undefined = engine;
      if ('code' in pace) problems.push(pace);
      else if (pace.rate <= pace.cpuRate) problems.push({ code: 'gpuSlower', params: paramsOf(pace) });
      else if (pace.rate > (best?.rate ?? 0)) {
        loser = best?.engine;
        best = { ...pace, engine };
      }
      // Disposed at once: two processes would share the memory of one GPU.
      if (loser) open.delete(loser);
      await loser?.dispose();
    }
    taken = best?.engine ?? cpu;
    if (best) return withReason(best.engine, best.gpu, { code: 'gpuFaster', params: paramsOf(best) });
    const slower = problems.find(({ code }) => code === 'gpuSlower');
    return withReason(cpu, cpu.device.name, slower ?? problems.at(-1) ?? { code: 'gpuNone', params: {} });
  } finally {
    for (const engine of open) if (engine !== taken) await engine.dispose();
  }
}

/** Images per second. */
interface Pace {
  readonly gpu: string;
  readonly rate: number;
  readonly cpuRate: number;
}

/** The pace of a real device whose results match the CPU's, or the reason for not using it. */
async function paceOf(
  name: DeviceEngineName,
  engine: HostedEngine,
  { cpu, cpuRate }: { readonly cpu: Engine; readonly cpuRate: () => Promise<number> },
  { recipe, signal }: DeviceRequest,
  machine: Machine,
): Promise<Pace | Problem> {
  const inTime = within(machine.limitMs.auto, signal, name);
  try {
    const { name: gpu, software } = await inTime(openDevice(engine));
    if (software) return { code: 'gpuSoftware', params: { gpu } };
    const difference = await inTime(machine.difference(engine, cpu));
    if (difference !== undefined) return { code: 'gpuDiffers', params: { gpu, difference } };
    return { gpu, cpuRate: await inTime(cpuRate()), rate: await inTime(machine.rate(engine, recipe)) };
  } catch (error) {
    if (!isOfDriver(error)) throw error;
    return leftBecause(name, error);
  }
}

/** The requested engine after its check. No speed trial: the user chose this device. */
async function requested(
  name: DeviceEngineName,
  { threads, signal }: Pick<DeviceRequest, 'threads' | 'signal'>,
  machine: Machine,
): Promise<Engine> {
  const inTime = within(machine.limitMs.asked, signal, name);
  const engine = machine.gpu(name, threads);
  const cpu = machine.cpu(threads);
  let taken = false;
  try {
    const { name: gpu, software } = await inTime(openDevice(engine));
    const difference = await inTime(machine.difference(engine, cpu));
    if (difference !== undefined)
      throw unavailable(name, `the results of ${gpu} do not match the CPU’s (${difference})`);
    taken = true;
    const code = software ? 'gpuSoftwareAsked' : askedCode(name);
    return withReason(engine, gpu, { code, params: { gpu } });
  } catch (error) {
    if (!isOfDriver(error)) throw error;
    throw unavailable(name, noDevice(name, error) ?? reasonOf(error));
  } finally {
    await cpu.dispose();
    if (!taken) await engine.dispose();
  }
}

/**
 * A new engine on a device chosen before: its process may be dead or out of memory, but its results are known to be right.
 * @throws UserError those of createTensorFlowEngine
 */
export async function engineOn(device: Device, threads: number, machine: Machine = thisMachine): Promise<Engine> {
  const name = deviceEngineNames.find((each) => device.engine === `onnxruntime-${each}`);
  if (name) return { ...machine.gpu(name, threads), device };
  return { ...(device.engine === cpuEngineName ? machine.cpu(threads) : await machine.tensorFlow(threads)), device };
}

/** The user's own installation of TensorFlow.js, which must pass the check like a GPU. */
async function checkedTensorFlow(
  { threads, signal }: Pick<DeviceRequest, 'threads' | 'signal'>,
  machine: Machine,
): Promise<Engine> {
  const engine = await machine.tensorFlow(threads);
  const cpu = machine.cpu(threads);
  let agrees = false;
  try {
    const difference = await within(machine.limitMs.asked, signal, 'tensorflow')(machine.difference(engine, cpu));
    if (difference !== undefined) throw unavailable('tensorflow', `its results do not match the CPU’s (${difference})`);
    agrees = true;
    return withReason(engine, engine.device.name, { code: 'gpuAsked', params: { gpu: engine.device.engine } });
  } finally {
    await cpu.dispose();
    if (!agrees) await engine.dispose();
  }
}

/** Opens the device and identifies it. */
async function openDevice(engine: HostedEngine): Promise<GraphicsDevice> {
  await engine.load(emptyProgram());
  return graphicsDevice(await engine.graphics());
}

function emptyProgram(): ProgramSource {
  const g = new Graph();
  g.output('y', g.input('x', 'float32', [1]));
  return programSource(g, { name: 'nothing' });
}

const unavailable = (engine: string, reason: string) => new UserError('engineUnavailable', { engine, reason });

/** Waits at most as long as the signal and the limit allow. */
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

const withReason = (engine: Engine, name: string, why: Problem): Engine => ({
  ...engine,
  device: { ...engine.device, name, why },
});

const paramsOf = ({ gpu, rate, cpuRate }: Pace) => ({
  gpu,
  gpuRate: rounded(rate),
  cpuRate: rounded(cpuRate),
});

const rounded = (rate: number): number => Number(rate.toPrecision(2));

const isOfDriver = (error: unknown): error is Error =>
  error instanceof EngineOutOfMemory ||
  (error instanceof UserError && error.code === 'engineFailed' && error.params.engine !== 'cpu');
