// Work side by side, and work that has the thread to itself.
import { setTimeout as delay } from 'node:timers/promises';

export interface Turns {
  /** Runs beside other such work. */
  shared<T>(work: () => Promise<T>): Promise<T>;
  /** Runs when no other work does; whatever comes later waits. */
  alone<T>(work: () => Promise<T>): Promise<T>;
}

/**
 * Neither kind may be called within the other: it would wait for itself.
 *
 * @param patience  milliseconds after which nothing waits any longer for work that does not end
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
      // Without a wait where nobody is alone: decoding is called a thousand times a second.
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
          running.clear(); // what is left will not end
          return work();
        });
      gate = within(turn).then(() => {
        aloneOnes--;
      });
      return turn;
    },
  };
}

/** Every call of sharp in this thread: images/images.ts gives the reason. */
export const decoding = createTurns(10_000);
