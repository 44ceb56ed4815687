import type { Device } from '../../shared/contracts/events.ts';
import type { Engine } from '../engine/engine.ts';
import { engineOn } from './devices.ts';

/**
 * The engine of each attempt: the first is chosen (there is no device yet), later ones are new engines on the same device, or on the CPU.
 * @param create  makes the engines of the first device, also the chosen one
 */
export function enginesOfAttempts(
  threads: number,
  choose: () => Promise<Engine>,
  create?: (threads: number) => Engine,
): (device: Device | undefined) => Promise<Engine> {
  let chosen: Engine | undefined;
  return async (device) => {
    if (device && device.engine !== chosen?.device.engine) return engineOn(device, threads);
    chosen = create?.(threads) ?? (device ? await engineOn(device, threads) : await choose());
    return chosen;
  };
}
