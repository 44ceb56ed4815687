// Starts the process of a run, new or resumed, and adds it to the index. Every way to start a run ends here.
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Problem } from '../../shared/contracts/events.ts';
import type { FineTuneJob } from '../../shared/contracts/job.ts';
import { type FineTuneJobFile, jobVersion, type ResumeJobFile } from '../../shared/contracts/jobFile.ts';
import { resolveRecipe } from '../../shared/recipes/recipes.ts';
import { type MachineSettings, type Settings, settings } from '../config.ts';
import { runLogOf } from '../log.ts';
import { machineCacheFolder } from '../program/machineCache.ts';
import { jobArguments, runnerEnvironment } from '../program/runnerArguments.ts';
import { type RunnerProcess, startRunner } from '../program/runnerProcess.ts';
import type { RunIndex } from '../runs/index/runIndex.ts';
import type { Run } from '../runs/runs.ts';

export interface LaunchParts {
  readonly index: RunIndex;
  /** Absolute path of the command line program. */
  readonly program: string;
  readonly logFolder: string;
}

/** Choices for one run; the settings decide the rest. */
export interface NewRun extends Pick<FineTuneJob, 'dataset' | 'runsFolder' | 'runId' | 'allowDownload'> {
  /** A bundled recipe's name or the absolute path of a recipe file. */
  readonly recipe: string;
  /** Recipe fields that this run overrides: key=value. */
  readonly sets: readonly string[];
  /** Replaces the recipe's weights: an absolute path, "starter" or "none". null: the recipe's. */
  readonly weights: string | null;
}

/** @throws UserError of the recipe; Error when the folder of the runs or the log cannot be created */
export async function launchFineTune(run: NewRun, parts: LaunchParts): Promise<void> {
  const chosen = settings();
  const job = await jobOf(run, chosen.machine);
  const folder = dirname(run.runsFolder);
  for (const needed of [folder, parts.logFolder]) await mkdir(needed, { recursive: true });
  const runner = start('fine-tune', run.runId, job, folder, chosen, parts);
  parts.index.add({ id: run.runId, folder: join(run.runsFolder, run.runId), dataset: run.dataset, pid: runner.pid });
  void runner.ended.then((end) => parts.index.processEnded(run.runId, end));
}

/** Resolves when the process has ended: with the reason of a refusal, or null when it resumed the run. */
export async function launchResume(
  { id, folder }: Run,
  asked: Pick<ResumeJobFile, 'data' | 'weights' | 'takeOver'>,
  parts: LaunchParts,
): Promise<Problem | null> {
  const chosen = settings();
  const job: ResumeJobFile = { version: jobVersion, run: folder, ...asked, ...machineOf(chosen.machine) };
  const runner = start('resume', id, job, dirname(folder), chosen, parts);
  parts.index.addResumed(id, runner.pid);
  return parts.index.processEnded(id, await runner.ended);
}

async function jobOf(run: NewRun, machine: MachineSettings): Promise<FineTuneJobFile> {
  const { recipe: name, sets, weights, ...same } = run;
  const given = weights === null ? [] : [`weights=${JSON.stringify(weights)}`];
  const recipe = await resolveRecipe({ recipe: name, sets: [...sets, ...given] });
  return { version: jobVersion, ...machineOf(machine), ...same, recipe };
}

/** Names the cache, so that editor and runner use the same one. */
const machineOf = (machine: MachineSettings) => ({ ...machine, cacheFolder: machineCacheFolder });

const start = (
  command: 'fine-tune' | 'resume',
  runId: string,
  job: FineTuneJobFile | ResumeJobFile,
  folder: string,
  { proxy }: Settings,
  { program, logFolder }: LaunchParts,
): RunnerProcess =>
  startRunner({
    program,
    arguments: jobArguments(command),
    input: JSON.stringify(job),
    environment: runnerEnvironment(process.env, proxy),
    folder,
    logFile: runLogOf(logFolder, runId),
  });
