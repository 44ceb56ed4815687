// Loaded before the program: the grace after SIGTERM (main.ts) lasts two minutes, so that a loaded machine has the time to end a run gently.
import { isMainThread } from 'node:worker_threads';

const { setTimeout: plain } = globalThis;
if (isMainThread)
  globalThis.setTimeout = (work, delayMs, ...rest) => plain(work, delayMs === 4000 ? 120_000 : delayMs, ...rest);
