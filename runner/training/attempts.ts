// The next attempt after a device failed: the same device once more if its
// process was killed from outside, then smaller micro-batches, then the CPU. Pure; carryOut.ts makes
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
  /** Epochs in which a device's process was killed from outside, by engine name: a second time in one epoch counts as out of memory. */
  readonly kills?: ReadonlyMap<string, number>;
  /** Problems of the previous attempts, to be recorded as warnings. */
  readonly failures: readonly Problem[];
}

/** The most images that a device takes in one run of a program, by engine name, if its memory requires a limit. */
export type Limits = ReadonlyMap<string, number>;

export const imagesAtOnce = (limits: Limits, { engine }: Device): number =>
  limits.get(engine) ?? Number.POSITIVE_INFINITY;

export const firstAttempt: Attempt = { device: undefined, limits: new Map(), failures: [] };

/** State of a failed attempt. */
export interface Standing {
  /** Batch size of the recipe, in training. */
  readonly batch: number;
  /** Epoch with which the run continues. */
  readonly epoch: number;
  /** Threads of the CPU. */
  readonly threads: number;
}

/** The epoch is the last one when none is left: then the test failed. */
export function standingOf({ epochs }: RunState, { stages, batchSize }: Recipe, threads: number): Standing {
  const planned = stages.reduce((sum, stage) => sum + stage.epochs, 0);
  return { batch: batchSize.train, epoch: Math.min(epochs.length + 1, planned), threads };
}

/**
 * Training takes most memory, so its micro-batch is halved. If a single image does not fit, the device is given up.
 * @throws the error, in a user's words if it has any, when there is nothing left to try
 */
export function nextAttempt(
  error: unknown,
  { device, limits, kills = new Map(), failures }: Attempt & { readonly device: Device },
  { batch, epoch, threads }: Standing,
): Attempt {
  let failure = error;
  if (error instanceof EngineOutOfMemory) {
    // The CPU evaluates at the end, whatever device trained, so the failed device may be another.
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
        // A device's last problem includes its earlier ones, which the log contains.
        failures: [...failures.filter((each) => !isOf(each, who)), { code: 'fewerAtOnce', params }],
      };
    }
    failure = new UserError('outOfMemoryForOne', { device: who.name }, { cause: error });
    if (who !== device) throw failure;
  }
  const reason = device.name === cpuName ? undefined : reasonOf(failure);
  if (reason === undefined) throw failure;
  const gaveUp: Problem = { code: 'gpuStopped', params: { gpu: device.name, reason, epoch } };
  return { device: cpuDevice(threads), limits, kills, failures: [...failures, gaveUp] };
}

const isOf = ({ code, params }: Problem, { name }: Device): boolean => code === 'fewerAtOnce' && params.device === name;

/** Reason for giving up a GPU; undefined: the failure had another cause. */
function reasonOf(error: unknown): string | undefined {
  if (!(error instanceof UserError)) return undefined;
  if (error.code === 'engineFailed') return String(error.params.reason);
  return error.code.startsWith('outOfMemory') ? 'out of memory' : undefined;
}
