import { totalmem } from 'node:os';
import type { Memory } from '../../shared/contracts/events.ts';

/** What this process, all its threads included, holds in memory, and how much there is: the container's limit where it is the lower. */
export function memoryNow(constrainedBytes = process.constrainedMemory()): Memory {
  const machineBytes = totalmem();
  // 0, or more than there is: no limit is set.
  const totalBytes = constrainedBytes > 0 && constrainedBytes < machineBytes ? constrainedBytes : machineBytes;
  return { usedBytes: process.memoryUsage.rss(), totalBytes };
}
