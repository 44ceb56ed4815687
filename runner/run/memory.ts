import { totalmem } from 'node:os';
import type { Memory } from '../../shared/contracts/events.ts';

/** Memory used by this process with all its threads, and the total: that of the machine, or the container's limit if that is lower. */
export function memoryNow(constrainedBytes = process.constrainedMemory()): Memory {
  const machineBytes = totalmem();
  // 0, or more than the machine has: no limit is set.
  const totalBytes = constrainedBytes > 0 && constrainedBytes < machineBytes ? constrainedBytes : machineBytes;
  return { usedBytes: process.memoryUsage.rss(), totalBytes };
}
