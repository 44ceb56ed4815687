/**
 * One signal for every way to ask for an end: the caller's (Ctrl-C) and the run folder's `stop` file, which works from any window
 * and any machine that sees the folder.
 */
export function stopSignal(
  stopRequested: () => Promise<boolean>,
  caller: AbortSignal,
  pollMs = 250,
): { readonly signal: AbortSignal; end(): void } {
  const controller = new AbortController();
  const abort = () => controller.abort();
  if (caller.aborted) abort();
  caller.addEventListener('abort', abort, { once: true });
  const timer = setInterval(() => {
    stopRequested().then(
      (asked) => asked && abort(),
      () => {}, // an unreadable folder asks for nothing; writing the next event will say what is wrong
    );
  }, pollMs);
  return {
    signal: controller.signal,
    end() {
      clearInterval(timer);
      caller.removeEventListener('abort', abort);
    },
  };
}

export const isAbort = (error: unknown): boolean => error instanceof Error && error.name === 'AbortError';
