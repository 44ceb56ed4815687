// What a run goes on with when a device has failed it: the same device once more if its
// process was ended from outside, then with fewer images at once, then the CPU. Pure; carryOut.ts makes
// the attempts, each from the run's last checkpoint.
import { UserError } from '../../shared/contracts/errors.ts';
import type { Device, Problem } from '../../shared/contracts/events.ts';
import type { Recipe } from '../../shared/contracts/recipe.ts';
import type { RunState } from '../../shared/contracts/runState.ts';
import { EngineKilled, EngineOutOfMemory } from '../engine/engine.ts';
import { cpuDevice, cpuName } from '../engine/onnx/onnxEngine.ts';

export interface Attempt {
  /** undefined: still to be chosen. */
  readonly device: Device | undefined;
  readonly limits: Limits;
  /** Epochs in which a device's process was ended from outside, by the engine's name: a second time in one epoch it counts as memory. */
  readonly kills?: ReadonlyMap<string, number>;
  /** What came of the attempts before: to be told as warnings. */
  readonly failures: readonly Problem[];
}

/** The most images that a device takes in one run of a program, by the engine's name, where its memory asks for a limit. */
export type Limits = ReadonlyMap<string, number>;

export const imagesAtOnce = (limits: Limits, { engine }: Device): number =>
  limits.get(engine) ?? Number.POSITIVE_INFINITY;

export const firstAttempt: Attempt = { device: undefined, limits: new Map(), failures: [] };

/** Where a failed attempt stood. */
export interface Standing {
  /** In the recipe, of training. */
  readonly batch: number;
  /** The one that it goes on with. */
  readonly epoch: number;
  /** Of the CPU. */
  readonly threads: number;
}

/** The epoch is the last one when none is left: then the test failed. */
export function standingOf({ epochs }: RunState, { stages, batchSize }: Recipe, threads: number): Standing {
  const planned = stages.reduce((sum, stage) => sum + stage.epochs, 0);
  return { batch: batchSize.train, epoch: Math.min(epochs.length + 1, planned), threads };
}

/**
 * Training takes most memory, so its batch is what is halved. On one image the device itself is given up.
 * @throws the error, in a user's words where it has any, when there is nothing left to try
 */
export function nextAttempt(
  error: unknown,
  { device, limits, kills = new Map(), failures }: Attempt & { readonly device: Device },
  { batch, epoch, threads }: Standing,
): Attempt {
  let told = error;
  if (error instanceof EngineOutOfMemory) {
    // The CPU judges at the end, whatever trained.
    const who = error.device.engine === device.engine ? device : error.device;
    if (error instanceof EngineKilled && kills.get(who.engine) !== epoch) {
      const killed: Problem = { code: 'engineKilled', params: { device: who.name, epoch } };
      return { device, limits, kills: new Map([...kills, [who.engine, epoch]]), failures: [...failures, killed] };
    }
    const limit = limits.get(who.engine);
    if (limit !== 1) {
      const before = Math.min(batch, imagesAtOnce(limits, who));
      const now = Math.max(1, before >> 1);
      const params = { device: who.name, before, now, batch, epoch };
      return {
        device,
        limits: new Map([...limits, [who.engine, now]]),
        kills,
        // The last of a device says it all; the log has those before.
        failures: [...failures.filter((each) => !isOf(each, who)), { code: 'fewerAtOnce', params }],
      };
    }
    told = new UserError('outOfMemoryForOne', { device: who.name }, { cause: error });
    if (who !== device) throw told;
  }
  const reason = device.name === cpuName ? undefined : reasonOf(told);
  if (reason === undefined) throw told;
  const gaveUp: Problem = { code: 'gpuStopped', params: { gpu: device.name, reason, epoch } };
  return { device: cpuDevice(threads), limits, kills, failures: [...failures, gaveUp] };
}

const isOf = ({ code, params }: Problem, { name }: Device): boolean => code === 'fewerAtOnce' && params.device === name;

/** Why a graphics device gave up; undefined: something else went wrong. */
function reasonOf(error: unknown): string | undefined {
  if (!(error instanceof UserError)) return undefined;
  if (error.code === 'engineFailed') return String(error.params.reason);
  return error.code.startsWith('outOfMemory') ? 'out of memory' : undefined;
}
