// Loaded before a program: the thread of its command is busy for ever once the file HANG_WHEN exists.
import { existsSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';

if (!isMainThread)
  setInterval(() => {
    while (existsSync(process.env.HANG_WHEN));
  }, 20).unref();
