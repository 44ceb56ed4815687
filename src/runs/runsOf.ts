import { resolve } from 'node:path';
import type { Run } from './runs.ts';

/** The runs that were trained on this folder, in the order given. */
export const runsOf = (dataset: string, runs: readonly Run[]): Run[] =>
  runs.filter(({ state }) => state.dataset !== null && resolve(state.dataset) === resolve(dataset));
