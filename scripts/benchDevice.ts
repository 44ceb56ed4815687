// npm run bench:device: what a GPU gains, in about five minutes. Prints each line as soon as it is measured and keeps it in two files,
// so that an interrupted run loses nothing. Needs a GPU; measures the CPU beside it.
//
//   npm run bench:device -- [--engine webgpu] [--out .] [--networks resnet18,resnet50] [--batches 32,64,128] [--image 224] [--seconds 1]
//                           [--steps 1000] [--largest 4096] [--threads N] [--only WORD]
//
// --seconds: time per program; --steps: number of steps of the check for constant memory; --largest: batch size at which the search for
// the device's memory limit gives up (0: no search); --only: sections whose name contains the word.

import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join, resolve } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { classObjective } from '../runner/classification/objective.ts';
import { graphicsDevice } from '../runner/devices/graphicsDevice.ts';
import { differenceBetween } from '../runner/devices/selfTest.ts';
import type { Engine, ProgramSource } from '../runner/engine/engine.ts';
import { createCpuEngine, createDeviceEngine } from '../runner/engine/onnx/onnxEngine.ts';
import type { WebGpuOptions } from '../runner/engine/onnx/providers.ts';
import { defaultThreads } from '../runner/engine/threads.ts';
import { Graph } from '../runner/graph/graph.ts';
import { type ConvolutionForm, convolutionForms } from '../runner/graph/ops/conv.ts';
import { slice } from '../runner/graph/primitives.ts';
import { featureShape } from '../runner/network/cut.ts';
import { initialParameters } from '../runner/network/initialize.ts';
import { programSource } from '../runner/programs/source.ts';
import { trainStepProgram } from '../runner/programs/trainStep.ts';
import { trunkProgram } from '../runner/programs/trunk.ts';
import { sizeOf } from '../runner/tensor.ts';
import type { Architecture } from '../shared/contracts/architectures.ts';
import { deviceEngineNames } from '../shared/contracts/job.ts';
import type { Optimizer } from '../shared/contracts/optimizers.ts';
import { largest } from '../shared/lists.ts';
import { loaded, timeOfRun, timeRuns } from './timedRuns.ts';

const { values } = parseArgs({
  options: {
    engine: { type: 'string', default: 'webgpu' },
    out: { type: 'string', default: '.' },
    networks: { type: 'string', default: 'resnet18,resnet50' },
    batches: { type: 'string', default: '32,64,128' },
    image: { type: 'string', default: '224' },
    seconds: { type: 'string', default: '1' },
    steps: { type: 'string', default: '1000' },
    largest: { type: 'string', default: '4096' },
    threads: { type: 'string' },
    only: { type: 'string', default: '' },
  },
});
const device = z.enum(deviceEngineNames).parse(values.engine);
const networks = values.networks.split(',') as Architecture[];
const batches = values.batches.split(',').map(Number);
const [firstBatch = 32] = batches;
const imageSize = Number(values.image);
const threads = values.threads ? Number(values.threads) : defaultThreads();

interface Row {
  readonly section: string;
  readonly what: string;
  readonly engine: string;
  readonly batch?: number;
  readonly imagesPerSecond?: number;
  readonly medianMs?: number;
  readonly bestMs?: number;
  readonly loadMs?: number;
  readonly firstMs?: number;
  /** Peak memory of the engine's process so far, and its memory on the card. */
  readonly processMB?: number;
  readonly cardMB?: number;
  readonly note?: string;
}
const rows: Row[] = [];
const startMs = performance.now();

const rates = { learningRate: { head: 1e-3 }, weightDecay: 1e-4 };
const sgd: Optimizer = { type: 'sgd', ...rates, momentum: 0.9 };
const adamw: Optimizer = { type: 'adamw', ...rates, betas: [0.9, 0.999], epsilon: 1e-8 };
const parametersOf = new Map(networks.map((network) => [network, initialParameters(network, 2, 1)]));
const lastNetwork = networks.at(-1)!;

interface Choice {
  readonly network: Architecture;
  readonly batch: number;
}
const common = ({ network, batch }: Choice) => ({
  architecture: network,
  parameters: parametersOf.get(network)!,
  batch,
  imageSize,
});
const trunk = (choice: Choice): ProgramSource =>
  trunkProgram({ ...common(choice), cuts: ['layer4'], input: 'pixels', featureType: 'float16' });

interface StepChoice extends Choice {
  readonly optimizer?: Optimizer;
  readonly unfreeze?: 'layer3' | 'layer4' | 'all';
  readonly convolutions?: ConvolutionForm;
}
function step({ optimizer = sgd, unfreeze = 'layer4', convolutions = 'windows', ...choice }: StepChoice) {
  const featureType = unfreeze === 'all' ? 'uint8' : 'float16';
  const objective = classObjective(choice.network, 2);
  const options = { ...common(choice), objective, unfreeze, optimizer, featureType, convolutions } as const;
  const what = `${choice.network} step ${unfreeze} ${optimizer.type}, ${convolutions}`;
  return { what, source: trainStepProgram(options) };
}

mkdirSync(resolve(values.out), { recursive: true });
const cpu = createCpuEngine(threads);
let gpu = createDeviceEngine(device);
try {
  await section('device', nameDevice);
  await section('check', checkNumbers);
  await section('trunk', async () => {
    for (const network of networks) {
      const what = `${network} trunk, conv1 to layer3`;
      for (const batch of batches) await time('trunk', what, gpu, device, trunk({ network, batch }), network);
      await time('trunk', what, cpu, 'cpu', trunk({ network, batch: firstBatch }), network);
    }
  });
  await section('steps', async () => {
    for (const network of networks) {
      for (const optimizer of [sgd, adamw]) {
        for (const convolutions of convolutionForms) {
          const { what, source } = step({ network, batch: firstBatch, optimizer, convolutions });
          await time('steps', what, gpu, device, source, network);
        }
        const { what, source } = step({ network, batch: firstBatch, optimizer });
        await time('steps', what, cpu, 'cpu', source, network);
      }
      for (const batch of batches.slice(1))
        for (const convolutions of convolutionForms) {
          const { what, source } = step({ network, batch, convolutions });
          await time('steps', what, gpu, device, source, network);
        }
    }
  });
  await section('deeper steps', async () => {
    for (const unfreeze of ['layer3', 'all'] as const)
      for (const convolutions of convolutionForms) {
        const network = unfreeze === 'all' ? networks[0]! : lastNetwork;
        const { what, source } = step({ network, batch: firstBatch, unfreeze, convolutions });
        await time('deeper steps', what, gpu, device, source, network);
      }
  });
  await section('transfer', timeTransfer);
  await section('memory', checkMemory);
  if (device === 'webgpu') await section('options', timeOptions);
  await section('out of memory', findEndOfMemory);
} finally {
  await cpu.dispose();
  await gpu.dispose();
  console.log(`\n${markdown()}\n`);
  console.log(`${((performance.now() - startMs) / 1000).toFixed(0)} s in all; ${files().join(', ')}`);
}

/** Reports an error of the section, and the next one continues with a working engine. */
async function section(name: string, work: () => Promise<void>): Promise<void> {
  if (name !== 'device' && !name.includes(values.only)) return;
  try {
    await work();
  } catch (error) {
    tell({ section: name, what: 'ended early', engine: device, note: messageOf(error) });
    if (name === 'device') throw error;
    await gpu.dispose();
    gpu = createDeviceEngine(device);
  }
}

async function nameDevice(): Promise<void> {
  const processor = `${cpus()[0]?.model.trim()}, ${threads} threads, ${(totalmem() / 2 ** 30).toFixed(0)} GB`;
  tell({ section: 'device', what: processor, engine: 'cpu', note: `Node.js ${process.version}, ${process.platform}` });
  const beganMs = performance.now();
  await (await gpu.load(transfer(1))).dispose();
  const openMs = performance.now() - beganMs;
  const { name, software } = graphicsDevice(await gpu.graphics());
  const note = [`opened in ${openMs.toFixed(0)} ms`, software ? 'a software driver' : '', cardName()];
  tell({ section: 'device', what: name, engine: device, note: note.filter(Boolean).join('; ') });
}

async function checkNumbers(): Promise<void> {
  const difference = await differenceBetween(gpu, cpu);
  tell({ section: 'check', what: 'against the processor', engine: device, note: difference ?? 'agrees' });
}

async function time(
  name: string,
  what: string,
  engine: Engine,
  label: string,
  source: ProgramSource,
  network: Architecture,
): Promise<void> {
  const batch = Object.values(source.inputs)[0]!.shape[0]!;
  try {
    const timing = await timeRuns(engine, source, parametersOf.get(network)!, isEnough);
    tell({ section: name, what, engine: label, batch, ...timing, ...rateOf(batch, timing), ...memory() });
  } catch (error) {
    tell({ section: name, what, engine: label, batch, note: messageOf(error) });
    if (engine !== gpu) throw error;
    await gpu.dispose();
    gpu = createDeviceEngine(device);
  }
}

/** Cost of transferring features: a program that reads one row of them. */
async function timeTransfer(): Promise<void> {
  for (const network of networks) {
    const count = firstBatch * sizeOf(featureShape(network, 'layer4', imageSize));
    const what = `${((count * 2) / 1e6).toFixed(1)} MB of halves in, one row out`;
    for (const [label, engine] of [[device, gpu] as const, ['cpu', cpu] as const]) {
      const timing = await timeRuns(engine, transfer(count), new Map(), isEnough);
      tell({ section: 'transfer', what, engine: label, batch: firstBatch, ...timing, ...memory() });
    }
  }
}

/** x [count / 8, 8] in float16 → its first row. */
function transfer(count: number): ProgramSource {
  const g = new Graph();
  const x = g.input('features', 'float32', [Math.ceil(count / 8), 8]);
  g.output('row', slice(g, x, [{ axis: 0, start: 0, count: 1, step: 1 }]));
  return programSource(g, { name: 'transfer' }, { halves: ['features'] });
}

async function checkMemory(): Promise<void> {
  const [network = 'resnet18'] = networks;
  const steps = Number(values.steps);
  const batch = Math.min(8, firstBatch);
  const { what, source } = step({ network, batch });
  const program = await loaded(gpu, source, parametersOf.get(network)!);
  for (let i = 1; i <= steps; i++) {
    await timeOfRun(program, source);
    if (i === Math.ceil(steps / 10) || i === steps)
      tell({ section: 'memory', what: `${what}, after ${i} steps`, engine: device, batch, ...memory('now') });
  }
  await program.dispose();
}

/** Runs each option in its own process, so that the memory is that option's. */
async function timeOptions(): Promise<void> {
  const choices: readonly WebGpuOptions[] = [
    {},
    { preferredLayout: 'NHWC' },
    { storageBufferCacheMode: 'simple' },
    { storageBufferCacheMode: 'lazyRelease' },
    { validationMode: 'wgpuOnly' },
    { validationMode: 'disabled' },
  ];
  const network = lastNetwork;
  await gpu.dispose();
  for (const options of choices) {
    gpu = createDeviceEngine(device, 1, undefined, options);
    const label = Object.values(options).join() || 'defaults';
    const { what, source } = step({ network, batch: firstBatch });
    await time('options', what, gpu, label, source, network);
    const native = step({ network, batch: firstBatch, convolutions: 'conv' });
    await time('options', native.what, gpu, label, native.source, network);
    const choice = { network, batch: firstBatch };
    await time('options', `${network} trunk, conv1 to layer3`, gpu, label, trunk(choice), network);
    await gpu.dispose();
  }
  gpu = createDeviceEngine(device);
}

async function findEndOfMemory(): Promise<void> {
  const network = lastNetwork;
  for (let batch = 2 * largest(batches); batch <= Number(values.largest); batch *= 2) {
    const { what, source } = step({ network, batch, unfreeze: 'layer3' });
    try {
      const program = await loaded(gpu, source, parametersOf.get(network)!);
      const elapsedMs = await timeOfRun(program, source);
      await program.dispose();
      tell({ section: 'out of memory', what, engine: device, batch, firstMs: elapsedMs, ...memory() });
    } catch (error) {
      tell({ section: 'out of memory', what, engine: device, batch, note: messageOf(error) });
      await gpu.dispose();
      gpu = createDeviceEngine(device);
      const again = step({ network, batch: firstBatch });
      await time('out of memory', `${again.what}, in a new engine`, gpu, device, again.source, network);
      return;
    }
  }
  tell({ section: 'out of memory', what: 'none', engine: device, note: `up to a batch of ${values.largest}` });
}

function isEnough(elapsedMs: readonly number[]): boolean {
  return elapsedMs.reduce((sum, ms) => sum + ms, 0) >= 1000 * Number(values.seconds) || elapsedMs.length >= 200;
}

function rateOf(batch: number, { medianMs }: { readonly medianMs: number }): { imagesPerSecond: number } {
  return { imagesPerSecond: (batch * 1000) / medianMs };
}

/** Memory of the processes started by this one: only the device's. Linux. @param which  peak or current */
function memory(which: 'most' | 'now' = 'most'): { processMB?: number; cardMB?: number } {
  const found: { processMB?: number; cardMB?: number } = {};
  try {
    const children = readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8').trim().split(' ').filter(Boolean);
    const field = which === 'most' ? /VmHWM:\s*(\d+)/ : /VmRSS:\s*(\d+)/;
    const kilobytes = children.map((pid) => Number(field.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]));
    found.processMB = Math.round(largest(kilobytes) / 1024);
  } catch {
    // not available on this system
  }
  const used = Number(nvidia('memory.used'));
  if (used > 0) found.cardMB = used;
  return found;
}

function cardName(): string {
  return nvidia('name,driver_version,memory.total');
}

/** '' without such a card or tool. */
function nvidia(query: string): string {
  const { stdout } = spawnSync('nvidia-smi', [`--query-gpu=${query}`, '--format=csv,noheader,nounits'], {
    encoding: 'utf8',
    timeout: 5000,
  });
  return (stdout ?? '').trim().split('\n')[0] ?? '';
}

function messageOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).replace(/\s+/g, ' ').slice(0, 300);
}

function tell(row: Row): void {
  rows.push(row);
  console.log(
    `${((performance.now() - startMs) / 1000).toFixed(0).padStart(4)} s  ${cells(row).filter(Boolean).join('  ')}`,
  );
  const [json, table] = files();
  writeFileSync(json, `${JSON.stringify({ imageSize, threads, rows }, null, 1)}\n`);
  writeFileSync(table, `${markdown()}\n`);
}

function files(): readonly [json: string, table: string] {
  const folder = resolve(values.out);
  return [join(folder, 'device-bench.json'), join(folder, 'device-bench.md')];
}

function cells(row: Row): string[] {
  const number = (value: number | undefined, unit: string, digits = 1) =>
    value === undefined ? '' : `${value.toFixed(digits)} ${unit}`;
  return [
    row.section,
    row.what,
    row.engine,
    row.batch === undefined ? '' : `batch ${row.batch}`,
    number(row.imagesPerSecond, 'images/s'),
    number(row.medianMs, 'ms'),
    number(row.bestMs, 'ms at best'),
    number(row.loadMs, 'ms to load', 0),
    number(row.firstMs, 'ms first run', 0),
    number(row.processMB, 'MB', 0),
    number(row.cardMB, 'MB on the card', 0),
    row.note ?? '',
  ];
}

function markdown(): string {
  const head = [
    'section',
    'what',
    'engine',
    'batch',
    'images/s',
    'median',
    'best',
    'load',
    'first run',
    'process',
    'card',
    'note',
  ];
  const line = (texts: readonly string[]) => `| ${texts.map((text) => text.replaceAll('|', '/')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map((row) => line(cells(row)))].join('\n');
}
