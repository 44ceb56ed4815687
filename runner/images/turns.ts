// Concurrent work, and work that must run alone.
import { setTimeout as delay } from 'node:timers/promises';

export interface Turns {
  /** Runs concurrently with other shared work. */
  shared<T>(work: () => Promise<T>): Promise<T>;
  /** Runs while no other work does; later work waits. */
  alone<T>(work: () => Promise<T>): Promise<T>;
}

/**
 * Neither kind may be called within the other: it would wait for itself.
 *
 * @param patience  milliseconds after which unfinished work no longer blocks other work
 */
export function createTurns(patience: number): Turns {
  const running = new Set<Promise<void>>();
  let gate = Promise.resolve();
  let aloneOnes = 0;
  const within = async (work: Promise<unknown>): Promise<void> => {
    const timer = new AbortController();
    const limit = delay(patience, undefined, { ref: false, signal: timer.signal }).catch(() => undefined);
    await Promise.race([work.catch(() => undefined), limit]);
    timer.abort();
  };
  return {
    async shared(work) {
      // No await if nothing runs alone: decoding is called a thousand times a second.
      while (aloneOnes > 0) await gate;
      const promise = work();
      const end = promise.then(
        () => void running.delete(end),
        () => void running.delete(end),
      );
      running.add(end);
      return promise;
    },
    alone(work) {
      aloneOnes++;
      const turn = gate
        .then(() => within(Promise.all(running)))
        .then(() => {
          running.clear(); // whatever is left will not end
          return work();
        });
      gate = within(turn).then(() => {
        aloneOnes--;
      });
      return turn;
    },
  };
}

/** Every call of sharp in this thread goes through it; images/images.ts explains why. */
export const decoding = createTurns(10_000);
