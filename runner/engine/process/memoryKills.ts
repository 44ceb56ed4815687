import { readFileSync } from 'node:fs';

/** Processes that Linux's OOM killer has ended since boot, in any container; 0 where it is not reported. */
export function memoryKills(read: () => string = () => readFileSync('/proc/vmstat', 'utf8')): number {
  try {
    return Number(/^oom_kill (\d+)$/m.exec(read())?.[1] ?? 0);
  } catch {
    return 0; // another system
  }
}
