import { resolve } from 'node:path';
import type { Run } from './runs.ts';

/** Runs trained on this folder, in the given order. */
export const runsOf = (dataset: string, runs: readonly Run[]): Run[] =>
  runs.filter(({ state }) => state.dataset !== null && resolve(state.dataset) === resolve(dataset));
