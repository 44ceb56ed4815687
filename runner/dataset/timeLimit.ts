import { watchdog } from '../engine/process/watchdog.ts';

export interface TimeLimit {
  readonly looks: number;
  readonly everyMs: number;
}

/** Limit for one file: far more than the largest image takes on a busy machine. Counted in polls, so that a machine may sleep meanwhile. */
export const fileTimeLimit: TimeLimit = { looks: 24, everyMs: 5000 };

export const secondsOf = ({ looks, everyMs }: TimeLimit): number => Math.round((looks * everyMs) / 1000);

/** The work's result, or `late()` if it takes longer; a later result or error of the work is ignored. */
export function within<T>(limit: TimeLimit, work: Promise<T>, late: () => T): Promise<T> {
  return new Promise((resolve, reject) => {
    const watch = watchdog(() => {
      try {
        resolve(late());
      } catch (error) {
        reject(error);
      }
    }, limit);
    watch.expect();
    work.then(resolve, reject).finally(() => watch.answered(false));
  });
}
