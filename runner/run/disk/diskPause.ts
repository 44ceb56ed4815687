// How long a run waits for a disk that refuses: it looks every few seconds, at once when a person asks for it, and never after a stop.
// Called by carryOut.ts; store/patience.ts tells what is waited for.
import { setTimeout as sleep } from 'node:timers/promises';
import type { DiskWait } from '../../store/patience.ts';
import type { RunControl } from '../control.ts';

export interface DiskPauseOptions {
  readonly control: Pick<RunControl, 'signal' | 'hold'>;
  /** Since it was asked last. */
  retryRequested(): Promise<boolean>;
  /** Of the run's waiting and going on. */
  readonly on: DiskWait['onChange'];
  readonly pollMs?: number | undefined;
  /** Between two tries. */
  readonly lookMs?: number | undefined;
}

export function diskPause({ control, retryRequested, on, pollMs = 250, lookMs = 3000 }: DiskPauseOptions): DiskWait {
  const { signal } = control;
  let letGo = () => {};
  return {
    signal,
    async beforeNextTry(tries, tookMs) {
      if (tries === 1) return sleep(Math.min(firstMs, lookMs), undefined, { signal });
      // What fails only after hundreds of megabytes (a quota) is not tried all the time.
      const endMs = performance.now() + Math.max(lookMs, 5 * tookMs);
      while (performance.now() < endMs && !(await retryRequested().catch(() => false)))
        await sleep(Math.min(pollMs, lookMs), undefined, { signal });
    },
    onChange(event) {
      letGo();
      letGo = event.type === 'paused' ? control.hold() : () => {};
      on(event);
    },
  };
}

const firstMs = 100;
