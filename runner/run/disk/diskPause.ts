// Pause of a run while its disk refuses writes: it tries again every few seconds, at once on request, and never after a stop.
// Called by carryOut.ts; store/patience.ts decides which writes wait.
import { setTimeout as sleep } from 'node:timers/promises';
import type { DiskWait } from '../../store/patience.ts';
import type { RunControl } from '../control.ts';

export interface DiskPauseOptions {
  readonly control: Pick<RunControl, 'signal' | 'hold'>;
  /** True if a retry was requested since the last call. */
  retryRequested(): Promise<boolean>;
  /** Called when the run begins to wait, and when it continues. */
  readonly on: DiskWait['onChange'];
  readonly pollMs?: number | undefined;
  /** Pause between two tries. */
  readonly lookMs?: number | undefined;
}

export function diskPause({ control, retryRequested, on, pollMs = 250, lookMs = 3000 }: DiskPauseOptions): DiskWait {
  const { signal } = control;
  let release = () => {};
  return {
    signal,
    async beforeNextTry(tries, tookMs) {
      if (tries === 1) return sleep(Math.min(firstMs, lookMs), undefined, { signal });
      // A write that fails only after hundreds of megabytes (a quota) is repeated less often.
      const endMs = performance.now() + Math.max(lookMs, 5 * tookMs);
      while (performance.now() < endMs && !(await retryRequested().catch(() => false)))
        await sleep(Math.min(pollMs, lookMs), undefined, { signal });
    },
    onChange(event) {
      release();
      release = event.type === 'paused' ? control.hold() : () => {};
      on(event);
    },
  };
}

const firstMs = 100;
