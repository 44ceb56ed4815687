import { availableParallelism } from 'node:os';

/** One core is left to decoding and augmentation where there are cores to spare. */
export const defaultThreads = (): number =>
  availableParallelism() <= 2 ? availableParallelism() : availableParallelism() - 1;
