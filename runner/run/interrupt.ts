// A person's wish to end a command, as it reaches the thread that the command runs in. Who hears the signals is main.ts.
import { parentPort } from 'node:worker_threads';

/**
 * `listens`: a signal is to be told, not to end the program. `reads`: it
 * waits for standard input. `ends`: everything is done, with this exit code. */
export type FromCommand =
  | { readonly type: 'listens' }
  | { readonly type: 'reads' }
  | { readonly type: 'ends'; readonly code: number };
export type ToCommand = 'stop';

/** Aborted by the first Ctrl-C or SIGTERM; the second ends the program. @param onStop  before it is */
export function interruptSignal(onStop: () => void): AbortSignal {
  const controller = new AbortController();
  parentPort?.on('message', (_: ToCommand) => {
    onStop();
    controller.abort();
  });
  parentPort?.unref(); // no reason to go on
  parentPort?.postMessage({ type: 'listens' } satisfies FromCommand);
  return controller.signal;
}

export function askForInput(): void {
  parentPort?.postMessage({ type: 'reads' } satisfies FromCommand);
}

/** Say it last. */
export function notifyEnd(code: number): void {
  parentPort?.postMessage({ type: 'ends', code } satisfies FromCommand);
}
