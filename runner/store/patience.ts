// Writes that the disk refuses for a while: the run waits, tries again, and reports the wait where it still can.
// Absent: the length of a wait, who may end it, what pauses meanwhile (run/disk/diskPause.ts). Called by store/store.ts.
import type { Problem, RunEvent } from '../../shared/contracts/events.ts';
import { waitingFor } from '../../shared/files/writeError.ts';

type DiskEvent = Extract<RunEvent, { type: 'paused' | 'continued' }>;

export interface DiskWait {
  /** Aborted when the run is to stop: a refused write is then given up. */
  readonly signal: AbortSignal;
  /** @param tries  refused so far, from 1 @param tookMs  duration of the last one @throws the signal's reason */
  beforeNextTry(tries: number, tookMs: number): Promise<void>;
  /** Called when the run begins to wait or continues, whether or not the log could record it. */
  onChange(event: DiskEvent): void;
}

export interface Patience {
  /** Before this call a refused write throws at once. */
  begin(wait: DiskWait): void;
  /** @throws an error that waiting cannot cure; the signal's reason when the run is stopped in the meantime */
  until<T>(write: () => Promise<T>): Promise<T>;
  /** Like until(), for a write to the log: the event about the wait is written before it. */
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
  let reported = false;
  let logged = false;

  const eventFor = (problem: Problem | undefined): DiskEvent =>
    problem ? { type: 'paused', problem } : { type: 'continued' };
  /** Records a wait that has begun or ended since the last event. `but` is the write about to be tried: it does not count as waiting. */
  const logWait = async (but?: symbol): Promise<void> => {
    const [problem] = [...refused].flatMap(([id, each]) => (id === but ? [] : [each]));
    if ((problem !== undefined) === logged) return;
    await log(eventFor(problem));
    logged = problem !== undefined;
  };
  const report = async (): Promise<void> => {
    const [problem] = refused.values();
    if ((problem !== undefined) !== reported) wait?.onChange(eventFor(problem));
    reported = problem !== undefined;
    await inTurn(() => logWait()).catch(() => {}); // the log itself may be refused: tried again with the next try
  };

  const until = async <T>(write: (id: symbol) => Promise<T>): Promise<T> => {
    const id = Symbol('write');
    for (let tries = 1; ; tries++) {
      const startMs = performance.now();
      try {
        const done = await write(id);
        if (refused.delete(id)) await report();
        return done;
      } catch (error) {
        const problem = waitingFor(error);
        if (!wait || !problem || wait.signal.aborted) {
          const hasWaited = refused.delete(id);
          if (problem && wait && tries > 1) throw wait.signal.reason; // stopped during the last try
          if (hasWaited) await report();
          throw error;
        }
        // A single refusal is not reported: a virus scanner, a network disk with a hiccup.
        if (tries > 1) {
          refused.set(id, problem);
          await report();
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
          await logWait(id);
          await write();
        }),
      ),
  };
}
