// A person's wish to end a command, as it reaches the thread that the command runs in. Who hears the signals is main.ts.
import { parentPort } from 'node:worker_threads';

/** A signal is to be told, not to end the program. */
export type FromCommand = 'listens';
export type ToCommand = 'stop';

/** Aborted by the first Ctrl-C or SIGTERM; the second ends the program. @param onStop  before it is */
export function interruptSignal(onStop: () => void): AbortSignal {
  const controller = new AbortController();
  parentPort?.on('message', (_: ToCommand) => {
    onStop();
    controller.abort();
  });
  parentPort?.unref(); // no reason to go on
  parentPort?.postMessage('listens' satisfies FromCommand);
  return controller.signal;
}
