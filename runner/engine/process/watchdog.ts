export interface Watchdog {
  /** Something is awaited from now on, if it was not yet. */
  expect(): void;
  /** An answer came; `more` are awaited still. */
  answered(more: boolean): void;
}

/**
 * Calls `expire` when nothing was answered for `looks` looks, `everyMs` apart. Counted in its own looks, not by a clock: a machine that
 * slept in between loses one.
 */
export function watchdog(expire: () => void, { looks, everyMs }: { looks: number; everyMs: number }): Watchdog {
  let left = looks;
  let timer: NodeJS.Timeout | undefined;
  const stop = () => {
    clearInterval(timer);
    timer = undefined;
  };
  return {
    expect() {
      if (timer) return;
      left = looks;
      timer = setInterval(() => {
        if (--left > 0) return;
        stop();
        expire();
      }, everyMs).unref();
    },
    answered(more) {
      left = looks;
      if (!more) stop();
    },
  };
}
