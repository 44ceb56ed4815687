// Builds a whole job from command-line arguments or a job file. Absent: carrying it out.
import { randomInt } from 'node:crypto';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { UserError } from '../../../shared/contracts/errors.ts';
import type { FineTuneJob, MachineOptions } from '../../../shared/contracts/job.ts';
import { FineTuneJobFile, ResumeJobFile } from '../../../shared/contracts/jobFile.ts';
import type { Recipe } from '../../../shared/contracts/recipe.ts';
import { isRunId, runIdOf } from '../../../shared/contracts/run.ts';
import { isFileName, parseRecipe, resolveRecipe } from '../../../shared/recipes/recipes.ts';
import type { ResumeRequest } from '../../commands/resume.ts';
import { requireEngine } from '../../devices/candidates.ts';
import { machineOf } from '../options.ts';
import { readJob } from './jobFile.ts';

export interface OutputOptions {
  quiet?: true;
  verbose?: true;
  /** false: --no-next */
  next: boolean;
}

export interface FineTuneOptions extends OutputOptions {
  recipe: string;
  set?: string[];
  weights?: string;
  weightsPrefix?: string;
  runs: string;
  runId?: string;
  job?: string;
}

export interface ResumeOptions extends OutputOptions {
  data?: string;
  weights?: string;
  takeOver?: true;
  job?: string;
}

/** @throws UserError of the job file, the recipe, the engine, the run id; commander's error of a missing or superfluous argument */
export async function fineTuneJobOf(
  dataset: string | undefined,
  options: FineTuneOptions,
  command: Command,
): Promise<FineTuneJob> {
  requireArgumentOrJob(command, 'dataset', dataset);
  return options.job === undefined ? jobOfOptions(dataset!, options, command) : jobOfFile(options.job, command);
}

export interface ResumeJob {
  readonly runFolder: string;
  readonly machine: MachineOptions;
  readonly request: ResumeRequest;
}

/** @throws as fineTuneJobOf() does */
export async function resumeJobOf(
  run: string | undefined,
  options: ResumeOptions,
  command: Command,
): Promise<ResumeJob> {
  requireArgumentOrJob(command, 'run', run);
  const job = options.job === undefined ? { ...options, run: run! } : await readJob(options.job, ResumeJobFile);
  const { data = null, weights = null, takeOver = false } = job;
  return {
    runFolder: resolve(job.run),
    machine: machineOf(command, options.job === undefined ? {} : job),
    request: {
      data: data === null ? null : resolve(data),
      weights: weights === null ? null : resolve(weights),
      takeOver,
    },
  };
}

/** Reports, like commander, a missing argument or options that exclude each other. */
function requireArgumentOrJob(command: Command, name: string, argument: string | undefined): void {
  const isJob = command.getOptionValue('job') !== undefined;
  if (argument === undefined && !isJob)
    command.error(`error: missing required argument '${name}'`, { code: 'commander.missingArgument' });
  if (argument !== undefined && isJob)
    command.error(`error: option '--job <file>' cannot be used with the argument '${name}'`);
}

async function jobOfOptions(dataset: string, options: FineTuneOptions, command: Command): Promise<FineTuneJob> {
  const { weights, weightsPrefix } = options;
  const machine = machineOf(command);
  await requireEngine(machine.engine);
  // On the command line a file is relative to the working folder, in a recipe file to the recipe.
  const given = [
    ...(weights === undefined ? [] : [`weights=${JSON.stringify(isFileName(weights) ? resolve(weights) : weights)}`]),
    ...(weightsPrefix === undefined ? [] : [`weightsPrefix=${JSON.stringify(weightsPrefix)}`]),
  ];
  const recipe = await resolveRecipe({ recipe: options.recipe, sets: [...(options.set ?? []), ...given] });
  return wholeJob({ dataset, recipe, runsFolder: options.runs, runId: options.runId }, machine);
}

async function jobOfFile(file: string, command: Command): Promise<FineTuneJob> {
  const read = await readJob(file, FineTuneJobFile);
  const machine = machineOf(command, read);
  await requireEngine(machine.engine);
  const recipe =
    typeof read.recipe === 'string' ? await resolveRecipe({ recipe: read.recipe }) : parseRecipe(read.recipe);
  const { runs } = command.opts<FineTuneOptions>(); // the default
  return wholeJob({ dataset: read.dataset, recipe, runsFolder: read.runsFolder ?? runs, runId: read.runId }, machine);
}

interface Named {
  readonly dataset: string;
  readonly recipe: Recipe;
  readonly runsFolder: string;
  readonly runId: string | undefined;
}

/** Makes paths absolute, also that of weights from --set, as a resume may start in another working folder. @throws UserError badArgument */
function wholeJob({ dataset, recipe, runsFolder, runId }: Named, machine: MachineOptions): FineTuneJob {
  if (runId !== undefined && !isRunId(runId))
    throw new UserError('badArgument', { reason: `"${runId}" is not a run id (yyyymmdd-hhmmss-name-xxxx)` });
  const folder = resolve(dataset);
  return {
    dataset: folder,
    recipe: isFileName(recipe.weights) ? { ...recipe, weights: resolve(recipe.weights) } : recipe,
    runsFolder: resolve(runsFolder),
    runId: runId ?? runIdOf(folder, recipe.network, new Date(), randomInt(65_536)),
    ...machine,
  };
}
