// TensorFlow.js as an `Engine`: the client side.
import { UserError } from '../../../shared/contracts/errors.ts';
import type { Engine } from '../engine.ts';
import { type Host, type HostEvents, processHost } from '../process/host.ts';
import { createHostedEngine } from '../process/hostedEngine.ts';
import type { EngineReply } from '../process/workerContract.ts';
import { findTensorFlow, type Greeting, tensorFlowFolder } from './package.ts';

const isSource = import.meta.url.endsWith('.ts');
const worker = new URL(isSource ? './worker.ts' : './tensorflowWorker.js', import.meta.url);

/**
 * @param threads  threads of one operator on the CPU
 * @param folder   first place to look for the user's own package
 * @throws UserError tensorflowMissing, tensorflowWithoutBinary, tensorflowWithoutGpu, tensorflowUnusable
 */
export async function createTensorFlowEngine(threads: number, folder = tensorFlowFolder): Promise<Engine> {
  const installed = findTensorFlow(folder);
  let events: HostEvents | undefined;
  let host!: Host;
  const greeting = await new Promise<Greeting>((resolve) => {
    const early: HostEvents = {
      onReply(message: EngineReply | { readonly greeting: Greeting }, errorOutput) {
        if ('greeting' in message) resolve(message.greeting);
        else events?.onReply(message, errorOutput);
      },
      onEnd(reason, cause) {
        resolve({ code: 'tensorflowUnusable', params: { package: installed.name, folder, reason } });
        events?.onEnd(reason, cause);
      },
    };
    host = processHost(worker, installed, early, environment(threads));
  });
  if ('code' in greeting) {
    await host.end();
    throw new UserError(greeting.code, greeting.params);
  }
  const engine = `${installed.name.replace('@tensorflow/', '')} ${installed.version}`;
  return createHostedEngine({ name: greeting.device, engine, threads }, (given) => {
    events = given;
    return host;
  });
}

/** Settings that TensorFlow reads only from environment variables. */
const environment = (threads: number): Readonly<Record<string, string>> => ({
  TF_NUM_INTRAOP_THREADS: String(threads),
  TF_NUM_INTEROP_THREADS: '1',
  // Errors only.
  TF_CPP_MIN_LOG_LEVEL: '2',
  // Leaves the rest of a GPU's memory to other programs.
  TF_FORCE_GPU_ALLOW_GROWTH: 'true',
  // Reproducible results that match the CPU's: no products of shortened floats.
  TF_DETERMINISTIC_OPS: '1',
  NVIDIA_TF32_OVERRIDE: '0',
});
