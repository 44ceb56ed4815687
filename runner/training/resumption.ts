// What there is to go on from: the checkpoint in a run's folder, or the one before it where the newest was damaged. Called by resume.ts,
// and by carryOut.ts when a device gave up.
import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { UserError } from '../../shared/contracts/errors.ts';
import type { Problem, WeightsOrigin } from '../../shared/contracts/events.ts';
import { files } from '../../shared/contracts/run.ts';
import type { RunState } from '../../shared/contracts/runState.ts';
import { sealBroken } from '../seal.ts';
import { openFile } from '../weights/formats/byteSource.ts';
import { type Checkpoint, readCheckpoint } from './checkpoint.ts';

export interface Resumption {
  /** undefined: no epoch was finished, everything is done again. */
  readonly checkpoint: ResumedCheckpoint | undefined;
  /** Fingerprint of the dataset; null: it was not checked yet. */
  readonly fingerprint: string | null;
  readonly weights: WeightsOrigin | null;
  /** Recorded once the run continues. */
  readonly warnings: readonly Problem[];
}

export interface ResumedCheckpoint extends Checkpoint {
  /** Hex, of the file. */
  readonly sha256: string;
  readonly from: 'newest' | 'older';
}

type Specs = Parameters<typeof readCheckpoint>[1];

/** undefined: the run never had its turn. @throws UserError checkpointMissing, checkpointUnusable */
export async function resumptionOf(state: RunState, folder: string, specs: Specs): Promise<Resumption | undefined> {
  if (state.device === null) return undefined;
  const { fingerprint, weights, epochs } = state;
  const going = (checkpoint: ResumedCheckpoint | undefined, ...warnings: Problem[]): Resumption => ({
    checkpoint,
    fingerprint,
    weights,
    warnings,
  });
  const read = (from: ResumedCheckpoint['from']) => readGeneration(state, folder, specs, from);
  const newest = await read('newest');
  if (newest.checkpoint) return going(newest.checkpoint);
  const older = await read('older');
  const reason = newest.problem === null ? 'it is missing' : reasonOf(newest.problem);
  if (older.checkpoint) {
    const { epoch } = older.checkpoint;
    // A process that was killed between two names has lost nothing.
    const isLast = newest.problem === null && epoch >= (epochs.at(-1)?.epoch ?? 0);
    return going(older.checkpoint, ...(isLast ? [] : [{ code: 'checkpointDamaged', params: { reason, epoch } }]));
  }
  const problem = newest.problem ?? older.problem;
  if (problem && epochs.length === 0) return going(undefined, { code: 'checkpointLost', params: { reason } });
  if (problem) throw problem;
  if (epochs.length > 0) throw new UserError('checkpointMissing', { run: basename(folder), file: files.checkpoint });
  return going(undefined);
}

interface Generation {
  readonly checkpoint: ResumedCheckpoint | undefined;
  /** null: there is no such file, or nothing is wrong with it. */
  readonly problem: UserError | null;
}

async function readGeneration(
  state: RunState,
  folder: string,
  specs: Specs,
  from: ResumedCheckpoint['from'],
): Promise<Generation> {
  const file = join(folder, from === 'newest' ? files.checkpoint : files.olderCheckpoint);
  if (!existsSync(file)) return { checkpoint: undefined, problem: null };
  try {
    const source = openFile(file);
    try {
      const sha256 = await source.sha256();
      const checkpoint = readCheckpoint(source, specs);
      const logged = state.epochs.find(({ epoch }) => epoch === checkpoint.epoch)?.files?.[files.checkpoint];
      if (logged !== undefined && logged !== sha256) throw unusable();
      return { checkpoint: { ...checkpoint, sha256, from }, problem: null };
    } finally {
      source.close();
    }
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { checkpoint: undefined, problem: error.code === 'checkpointUnusable' ? error : unusable(error) };
  }
}

const unusable = (cause?: UserError) =>
  new UserError('checkpointUnusable', { reason: cause ? String(cause.params.reason ?? cause.message) : sealBroken });

const reasonOf = ({ params, message }: UserError): string => String(params.reason ?? message);
