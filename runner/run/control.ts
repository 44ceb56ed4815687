// Requests to a run while it trains: a signal that stops it, a promise to await while it is paused, and a clock without the pauses.
// Requests are files in the run folder, so that every window and terminal can make them; the folder is polled a few times a second.

export interface Control {
  /** Aborted: stop after the current batch. */
  readonly signal: AbortSignal;
  /** Awaited before every batch or image: resolves at once, or when the paused run is continued or stopped. */
  turn(): Promise<void>;
  /** Monotonic milliseconds without pauses. */
  nowMs(): number;
}

export interface RunControl extends Control {
  /** Suspends the run until the result is called or the run is stopped. Must not be called again before that. */
  hold(): () => void;
  /** True if the run was stopped because no editor window watched it. */
  readonly leftAlone: boolean;
  end(): void;
}

export interface Requests {
  stopRequested(): Promise<boolean>;
  pauseRequested(): Promise<boolean>;
  /** Time at which an editor window last touched the file `attended`; undefined without that file. */
  attendedMs(): Promise<number | undefined>;
}

export interface ControlOptions {
  readonly requests: Requests;
  /** The caller's own signal (Ctrl-C). */
  readonly caller: AbortSignal;
  readonly attended: boolean;
  tell(event: { readonly type: 'paused' | 'continued' }): Promise<void>;
  readonly pollMs?: number;
  /** Polls without a change of `attended` after which no window watches the run. A count, because clocks run on while a machine sleeps. */
  readonly attendedPolls?: number;
}

export function runControl(options: ControlOptions): RunControl {
  const { requests, caller, attended, tell, pollMs = 250, attendedPolls = 180 } = options;
  const controller = new AbortController();
  let pauseAsked = false;
  let wake = () => {};
  let waiting: Promise<void> | undefined;
  let held: Promise<void> | undefined;
  let release = () => {};
  const pauses = pausedTime();
  let leftAlone = false;
  let lastAttendedMs: number | undefined;
  let unattendedPolls = 0;
  let looking = false;

  const abort = () => {
    controller.abort();
    wake();
    release();
  };
  if (caller.aborted) abort();
  caller.addEventListener('abort', abort, { once: true });

  const look = async () => {
    if (await requests.stopRequested()) return abort();
    pauseAsked = await requests.pauseRequested();
    if (!pauseAsked) wake();
    if (!attended || held) return; // while the disk is full no window can touch its file, either
    const attendedMs = await requests.attendedMs();
    unattendedPolls = attendedMs === lastAttendedMs ? unattendedPolls + 1 : 0;
    lastAttendedMs = attendedMs;
    if (unattendedPolls < attendedPolls || controller.signal.aborted) return;
    leftAlone = true;
    abort();
  };
  const timer = setInterval(() => {
    if (looking) return; // the previous poll is still waiting for a slow disk
    looking = true;
    look()
      .catch(() => {}) // an unreadable folder contains no requests; the next write of an event will report the error
      .finally(() => {
        looking = false;
      });
  }, pollMs);

  const pause = async () => {
    const endPause = pauses.begin();
    await tell({ type: 'paused' }).catch((error: unknown) => {
      endPause();
      throw error;
    });
    if (pauseAsked && !controller.signal.aborted)
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    endPause();
    if (!controller.signal.aborted) await tell({ type: 'continued' });
  };
  return {
    signal: controller.signal,
    hold() {
      const endPause = pauses.begin();
      held = new Promise((resolve) => {
        release = resolve;
      });
      return () => {
        endPause();
        held = undefined;
        release();
      };
    },
    async turn() {
      if (!controller.signal.aborted) await held;
      if (!waiting && (!pauseAsked || controller.signal.aborted)) return;
      waiting ??= pause().finally(() => {
        waiting = undefined;
      });
      await waiting;
    },
    nowMs: () => performance.now() - pauses.totalMs(),
    get leftAlone() {
      return leftAlone;
    },
    end() {
      clearInterval(timer);
      caller.removeEventListener('abort', abort);
    },
  };
}

/** Time during which nothing was computed; several reasons may overlap. */
function pausedTime() {
  let reasons = 0;
  let sinceMs = 0;
  let totalMs = 0;
  return {
    /** The result ends this reason. */
    begin() {
      if (reasons++ === 0) sinceMs = performance.now();
      return () => {
        if (--reasons === 0) totalMs += performance.now() - sinceMs;
      };
    },
    totalMs: () => totalMs,
  };
}

export const isAbort = (error: unknown): boolean => error instanceof Error && error.name === 'AbortError';
