// Loaded before a program: the thread of its command is busy for ever once the file HANG_WHEN exists, and says so by another, and reads HANG_READING at once.
import { existsSync, readFile, writeFileSync } from 'node:fs';
import { isMainThread, workerData } from 'node:worker_threads';

if (!isMainThread && workerData === undefined) {
  setInterval(() => {
    if (!existsSync(process.env.HANG_WHEN)) return;
    writeFileSync(`${process.env.HANG_WHEN}.busy`, '');
    for (;;);
  }, 20).unref();
  if (process.env.HANG_READING) readFile(process.env.HANG_READING, () => {});
}
