import { availableParallelism } from 'node:os';

/** Leaves one core for decoding and augmentation if there are more than two. */
export const defaultThreads = (): number =>
  availableParallelism() <= 2 ? availableParallelism() : availableParallelism() - 1;
