import { readFileSync } from 'node:fs';
import process from 'node:process';

/** Resident bytes of the largest process that this one has started. Linux. */
export function memoryOfProcesses(): number {
  const children = readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8').trim().split(' ');
  const kilobytes = children.map((pid) =>
    Number(/VmRSS:\s*(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]),
  );
  return 1024 * Math.max(...kilobytes);
}
