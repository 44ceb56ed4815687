// Ctrl-C and SIGTERM in the thread that runs a command; supervised.ts receives the signals.
import { parentPort } from 'node:worker_threads';

/**
 * `listens`: forward signals instead of ending the program. `reads`: the command
 * waits for standard input. `ends`: everything is done, with this exit code. */
export type FromCommand =
  | { readonly type: 'listens' }
  | { readonly type: 'reads' }
  | { readonly type: 'ends'; readonly code: number };
export type ToCommand = 'stop';

/** Aborted by the first Ctrl-C or SIGTERM; the second ends the program. @param onStop  called before the abort */
export function interruptSignal(onStop: () => void): AbortSignal {
  const controller = new AbortController();
  parentPort?.on('message', (_: ToCommand) => {
    onStop();
    controller.abort();
  });
  parentPort?.unref(); // the port alone must not keep the thread alive
  parentPort?.postMessage({ type: 'listens' } satisfies FromCommand);
  return controller.signal;
}

export function askForInput(): void {
  parentPort?.postMessage({ type: 'reads' } satisfies FromCommand);
}

/** Must be the last message. */
export function notifyEnd(code: number): void {
  parentPort?.postMessage({ type: 'ends', code } satisfies FromCommand);
}
