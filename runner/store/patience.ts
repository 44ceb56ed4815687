// What a run does when the disk refuses a write that it may take later: it waits and tries again, and says so where it still can.
// Absent: how long, who may end the wait, what stands still meanwhile; run/disk/diskPause.ts knows. Called by store/store.ts.
import type { Problem, RunEvent } from '../../shared/contracts/events.ts';
import { waitingFor } from '../../shared/files/writeError.ts';

type DiskEvent = Extract<RunEvent, { type: 'paused' | 'continued' }>;

export interface DiskWait {
  /** Aborted: the run is to stop, and a write that is refused is given up. */
  readonly signal: AbortSignal;
  /** @param tries  refused so far, from 1 @param tookMs  by the last one @throws the signal's reason */
  beforeNextTry(tries: number, tookMs: number): Promise<void>;
  /** The run begins to wait, or goes on, whether or not the log could take it. */
  onChange(event: DiskEvent): void;
}

export interface Patience {
  /** Until then a refused write is thrown. */
  begin(wait: DiskWait): void;
  /** @throws what cannot pass; the signal's reason when the run is stopped meanwhile */
  until<T>(write: () => Promise<T>): Promise<T>;
  /** until(), for a write to the log: what the log has to say of the wait comes before it. */
  untilLogged(write: () => Promise<void>): Promise<void>;
}

/**
 * @param log    appends an event; it may be refused like any other write
 * @param inTurn  writes to the log must not overlap; a write that waits for the disk lets others pass
 */
export function createPatience(
  log: (event: DiskEvent) => Promise<void>,
  inTurn: <T>(work: () => Promise<T>) => Promise<T>,
): Patience {
  let wait: DiskWait | undefined;
  const refused = new Map<symbol, Problem>();
  let heard = false;
  let logged = false;

  const eventFor = (problem: Problem | undefined): DiskEvent =>
    problem ? { type: 'paused', problem } : { type: 'continued' };
  /** Brings the log to what is, apart from one write that is about to be tried. */
  const tellLog = async (but?: symbol): Promise<void> => {
    const [problem] = [...refused].flatMap(([id, each]) => (id === but ? [] : [each]));
    if ((problem !== undefined) === logged) return;
    await log(eventFor(problem));
    logged = problem !== undefined;
  };
  const tell = async (): Promise<void> => {
    const [problem] = refused.values();
    if ((problem !== undefined) !== heard) wait?.onChange(eventFor(problem));
    heard = problem !== undefined;
    await inTurn(() => tellLog()).catch(() => {}); // a log that cannot be written either: tried again with the next try
  };

  const until = async <T>(write: (id: symbol) => Promise<T>): Promise<T> => {
    const id = Symbol('write');
    for (let tries = 1; ; tries++) {
      const startMs = performance.now();
      try {
        const done = await write(id);
        if (refused.delete(id)) await tell();
        return done;
      } catch (error) {
        const problem = waitingFor(error);
        if (!wait || !problem || wait.signal.aborted) {
          const hasWaited = refused.delete(id);
          if (problem && wait && tries > 1) throw wait.signal.reason; // stopped during the last try
          if (hasWaited) await tell();
          throw error;
        }
        // Once is nothing: a virus scanner, a network disk that blinks.
        if (tries > 1) {
          refused.set(id, problem);
          await tell();
        }
        try {
          await wait.beforeNextTry(tries, performance.now() - startMs);
        } catch (aborted) {
          refused.delete(id);
          throw aborted;
        }
      }
    }
  };
  return {
    begin(how) {
      wait = how;
    },
    until: (write) => until(write),
    untilLogged: (write) =>
      until((id) =>
        inTurn(async () => {
          await tellLog(id);
          await write();
        }),
      ),
  };
}
