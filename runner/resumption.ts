// What there is to go on from: the checkpoint in a run's folder. Called by resume.ts, and by fineTune.ts when a device gave up.
import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { UserError } from './contracts/errors.ts';
import type { WeightsOrigin } from './contracts/events.ts';
import type { Recipe } from './contracts/recipe.ts';
import { files } from './contracts/run.ts';
import type { RunState } from './contracts/runState.ts';
import { type Checkpoint, readCheckpoint } from './training/checkpoint.ts';

export interface Resumption {
  /** undefined: no epoch was finished, everything is done again. */
  readonly checkpoint: Checkpoint | undefined;
  /** Of the dataset; null: it was not looked at yet. */
  readonly fingerprint: string | null;
  readonly weights: WeightsOrigin | null;
}

/** undefined: the run never had its turn. @throws UserError checkpointMissing, checkpointUnusable */
export function resumptionOf(state: RunState, folder: string, network: Recipe['network']): Resumption | undefined {
  if (state.device === null) return undefined;
  const { fingerprint, weights, classNames, epochs } = state;
  const file = join(folder, files.checkpoint);
  if (existsSync(file)) return { checkpoint: readCheckpoint(file, network, classNames.length), fingerprint, weights };
  if (epochs.length > 0) throw new UserError('checkpointMissing', { run: basename(folder), file: files.checkpoint });
  return { checkpoint: undefined, fingerprint, weights };
}
