import { readFileSync } from 'node:fs';

/** How many processes Linux has ended for want of memory since it started, in any container; 0 where it does not say. */
export function memoryKills(read: () => string = () => readFileSync('/proc/vmstat', 'utf8')): number {
  try {
    return Number(/^oom_kill (\d+)$/m.exec(read())?.[1] ?? 0);
  } catch {
    return 0; // another system
  }
}
