import type { ProgramSource } from '../../runner/engine/engine.ts';
import { processHost } from '../../runner/engine/process/host.ts';
import { createHostedEngine, type HostedEngine } from '../../runner/engine/process/hostedEngine.ts';

const worker = new URL('./echoWorker.ts', import.meta.url);

/** In its own process. @see echoWorker.ts */
export const echoEngine = (): HostedEngine =>
  createHostedEngine({ name: 'echo', engine: 'echo', threads: 1 }, (events) => processHost(worker, {}, events));

export const echoProgram = (name = 'echoes'): ProgramSource => ({
  name,
  model: new Uint8Array(),
  inputs: {},
  outputs: {},
  state: [],
});
