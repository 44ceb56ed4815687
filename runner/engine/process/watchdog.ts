export interface Watchdog {
  /** An answer is expected from now on, if none was before. */
  expect(): void;
  /** An answer arrived; `more`: others are still pending. */
  answered(more: boolean): void;
}

/**
 * Calls `expire` when nothing was answered for `looks` checks, `everyMs` apart. It counts its own checks instead of reading a clock, so a
 * machine that slept in between loses only one.
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
