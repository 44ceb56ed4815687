// The story of a run: index -> run folder -> (carryOut.ts: a turn, an engine, and as many attempts as the device needs) images and
// weights prepared once (training/prepareRun.ts) -> stages of epochs (training/training.ts) -> the test
// (classification/finalEvaluation.ts). Called by cli/groups/; the editor starts the same program.
import type { FineTuneJob } from '../../shared/contracts/job.ts';
import type { RunState } from '../../shared/contracts/runState.ts';
import { saysInnerFolders } from '../../shared/dataset/groups.ts';
import { nodeFileSystem } from '../../shared/files/fileSystem.ts';
import { plannedOf, requireRoomForRun } from '../run/disk/room.ts';
import { createRun } from '../store/store.ts';
import { versions } from '../versions.ts';
import { carryOut, type FineTuneIo } from './carryOut.ts';
import { tasks } from './tasks.ts';

/**
 * Runs a job to its end. Errors before the run folder exists are thrown; later ones are also the run's last event.
 * @throws UserError when the job cannot be done; the run folder, if there is one, records the same
 */
export async function fineTune(job: FineTuneJob, io: FineTuneIo): Promise<{ runFolder: string; state: RunState }> {
  const { dataset, recipe, runsFolder, runId, linkFolders = [] } = job;
  const innerFolders = saysInnerFolders(recipe) ? 'known' : 'unknown';
  const indexed = await tasks[recipe.task].indexFolder(dataset, { signal: io.signal, linkFolders, innerFolders });
  await requireRoomForRun(runsFolder, plannedOf(recipe, indexed.index), io.fs ?? nodeFileSystem);
  const run = await createRun({ runsFolder, runId, versions, dataset, recipe, linkFolders }, { fs: io.fs });
  return carryOut(job, run, undefined, io);
}
