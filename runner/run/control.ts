// What people ask of a run that goes on, as the run meets it: a signal to stop, a place to wait while it is paused, a clock that
// stands still meanwhile. Files in the run folder ask, so every window and terminal can; they are looked at a few times a second.

export interface Control {
  /** Aborted: stop after the current batch. */
  readonly signal: AbortSignal;
  /** Awaited before every batch or image: resolves at once, or when the paused run is continued or stopped. */
  turn(): Promise<void>;
  /** Monotonic milliseconds without pauses. */
  nowMs(): number;
}

export interface RunControl extends Control {
  /** Nothing is computed until the result is called, or the run is stopped. Until then hold() is not called again. */
  hold(): () => void;
  /** Stopped because no editor window looked after the run. */
  readonly leftAlone: boolean;
  end(): void;
}

export interface Requests {
  stopRequested(): Promise<boolean>;
  pauseRequested(): Promise<boolean>;
  /** When an editor window last said that it looks after the run; undefined: no file. */
  attendedMs(): Promise<number | undefined>;
}

export interface ControlOptions {
  readonly requests: Requests;
  /** The caller's own way to stop (Ctrl-C). */
  readonly caller: AbortSignal;
  readonly attended: boolean;
  tell(event: { readonly type: 'paused' | 'continued' }): Promise<void>;
  readonly pollMs?: number;
  /** Looks without a change of `attended` until the run counts as left alone: counted, as clocks run on while a machine sleeps. */
  readonly attendedPolls?: number;
}

export function runControl(options: ControlOptions): RunControl {
  const { requests, caller, attended, tell, pollMs = 250, attendedPolls = 180 } = options;
  const controller = new AbortController();
  let pauseAsked = false;
  let wake = () => {};
  let waiting: Promise<void> | undefined;
  let held: Promise<void> | undefined;
  let letGo = () => {};
  const still = stillTime();
  let leftAlone = false;
  let lastAttendedMs: number | undefined;
  let unattendedPolls = 0;
  let looking = false;

  const abort = () => {
    controller.abort();
    wake();
    letGo();
  };
  if (caller.aborted) abort();
  caller.addEventListener('abort', abort, { once: true });

  const look = async () => {
    if (await requests.stopRequested()) return abort();
    pauseAsked = await requests.pauseRequested();
    if (!pauseAsked) wake();
    if (!attended || held) return; // a disk that takes nothing lets no window touch its file, either
    const attendedMs = await requests.attendedMs();
    unattendedPolls = attendedMs === lastAttendedMs ? unattendedPolls + 1 : 0;
    lastAttendedMs = attendedMs;
    if (unattendedPolls < attendedPolls || controller.signal.aborted) return;
    leftAlone = true;
    abort();
  };
  const timer = setInterval(() => {
    if (looking) return; // a slow disk
    looking = true;
    look()
      .catch(() => {}) // an unreadable folder asks for nothing; writing the next event will say what is wrong
      .finally(() => {
        looking = false;
      });
  }, pollMs);

  const pause = async () => {
    const goOn = still.begin();
    await tell({ type: 'paused' }).catch((error: unknown) => {
      goOn();
      throw error;
    });
    if (pauseAsked && !controller.signal.aborted)
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    goOn();
    if (!controller.signal.aborted) await tell({ type: 'continued' });
  };
  return {
    signal: controller.signal,
    hold() {
      const goOn = still.begin();
      held = new Promise((resolve) => {
        letGo = resolve;
      });
      return () => {
        goOn();
        held = undefined;
        letGo();
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
    nowMs: () => performance.now() - still.totalMs(),
    get leftAlone() {
      return leftAlone;
    },
    end() {
      clearInterval(timer);
      caller.removeEventListener('abort', abort);
    },
  };
}

/** How long nothing was computed, for whatever reasons at a time. */
function stillTime() {
  let reasons = 0;
  let sinceMs = 0;
  let totalMs = 0;
  return {
    /** Calling the result ends it. */
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
