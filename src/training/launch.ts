// Starts the process of a run, a new one or one that goes on, and hands it to the index. Every way to start a run ends here.
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Problem } from '../../shared/contracts/events.ts';
import { type Settings, settings } from '../config.ts';
import { runLogOf } from '../log.ts';
import { machineCacheFolder } from '../program/machineCache.ts';
import {
  type FineTuneRequest,
  fineTuneArguments,
  type ResumeRequest,
  type RunnerOptions,
  resumeArguments,
  runnerEnvironment,
} from '../program/runnerArguments.ts';
import { type RunnerProcess, startRunner } from '../program/runnerProcess.ts';
import type { RunIndex } from '../runs/index/runIndex.ts';
import type { Run } from '../runs/run.ts';

export interface LaunchParts {
  readonly index: RunIndex;
  /** Absolute path of the command line program. */
  readonly program: string;
  readonly logFolder: string;
}

/** What was decided about one run; the settings decide the rest. */
export type NewRun = Omit<FineTuneRequest, keyof RunnerOptions | 'weightsMirror'>;

/** @throws Error when the folder of the runs or the log cannot be made */
export async function launchFineTune(run: NewRun, parts: LaunchParts): Promise<void> {
  const chosen = settings();
  const folder = dirname(run.runsFolder);
  await mkdir(folder, { recursive: true });
  const request = { ...run, ...optionsOf(chosen), weightsMirror: chosen.weightsMirror };
  const runner = start(run.runId, fineTuneArguments(request), folder, chosen, parts);
  parts.index.add({ id: run.runId, folder: join(run.runsFolder, run.runId), dataset: run.dataset, pid: runner.pid });
  void runner.ended.then((end) => parts.index.processEnded(run.runId, end));
}

/** Resolves when the process has ended: with why it was refused, or null when it went on with the run. */
export async function launchResume(
  { id, folder }: Run,
  request: ResumeRequest,
  parts: LaunchParts,
): Promise<Problem | null> {
  const chosen = settings();
  const runner = start(id, resumeArguments(folder, request, optionsOf(chosen)), dirname(folder), chosen, parts);
  parts.index.addResumed(id, runner.pid);
  return parts.index.processEnded(id, await runner.ended);
}

const start = (
  runId: string,
  args: readonly string[],
  folder: string,
  { proxy }: Settings,
  { program, logFolder }: LaunchParts,
): RunnerProcess =>
  startRunner({
    program,
    arguments: args,
    environment: runnerEnvironment(process.env, proxy),
    folder,
    logFile: runLogOf(logFolder, runId),
  });

const optionsOf = ({
  engine,
  threads,
  parallelRuns,
  whenWindowCloses,
  tensorboard,
  followLinks,
}: Settings): RunnerOptions => ({
  engine,
  threads,
  parallelRuns,
  tensorboard,
  linkFolders: followLinks,
  attended: whenWindowCloses === 'stop',
  cacheFolder: machineCacheFolder,
});
