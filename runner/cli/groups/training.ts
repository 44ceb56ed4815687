// Commands that train: fine-tune, resume.
import { randomInt } from 'node:crypto';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { UserError } from '../../../shared/contracts/errors.ts';
import type { FineTuneJob } from '../../../shared/contracts/job.ts';
import { bundledRecipes } from '../../../shared/contracts/recipes.ts';
import { files, isRunId, runIdOf } from '../../../shared/contracts/run.ts';
import { initialRunState, type RunState } from '../../../shared/contracts/runState.ts';
import { readTestLooks } from '../../../shared/files/testLooks.ts';
import { isFileName, resolveRecipe } from '../../../shared/recipes/resolve.ts';
import type { FineTuneIo } from '../../commands/carryOut.ts';
import { fineTune } from '../../commands/fineTune.ts';
import { resume } from '../../commands/resume.ts';
import { requireEngine } from '../../devices/candidates.ts';
import { readRun } from '../../store/readRun.ts';
import { jsonPrinter, textPrinter } from '../../terminal/printer.ts';
import { addMachineOptions, machineOf, machineOption, recipeOption, setOption } from '../options.ts';
import { gentleStop, type Shell } from '../shell.ts';

interface FineTuneOptions {
  recipe: string;
  set?: string[];
  weights?: string;
  weightsPrefix?: string;
  runs: string;
  runId?: string;
  quiet?: true;
}

interface ResumeOptions {
  data?: string;
  weights?: string;
  takeOver?: true;
  quiet?: true;
}

const fromCacheOn = [
  'cacheFolder',
  'cacheLimitBytes',
  'useFeatureCache',
  'parallelRuns',
  'attended',
  'tensorboard',
] as const;

export function trainingCommands(program: Command, shell: Shell): void {
  const fineTuneCommand = program
    .command('fine-tune')
    .description('train on a dataset and keep the run')
    .argument('<dataset>', 'folder of class folders, or of train, val and test; it is only read')
    .addOption(recipeOption(`${Object.keys(bundledRecipes).join(', ')}, or a recipe file`))
    .addOption(setOption())
    .option(
      '-w, --weights <file|name|none>',
      'a .pth, .ckpt, .bin or .safetensors file, an official name, or none (random weights)',
    )
    .option('--weights-prefix <prefix>', 'which network in a weights file of several, for example module.encoder_q.');
  addMachineOptions(fineTuneCommand, ['allowDownload', 'weightsMirror'])
    .option('--runs <folder>', 'where runs are kept', '.shoulders/runs')
    .option('--run-id <id>', 'name of the run folder');
  addMachineOptions(fineTuneCommand, ['linkFolders', 'engine', 'threads', ...fromCacheOn])
    .option('--json', 'print every event as one line of JSON')
    .option('-q, --quiet', 'print the final report only')
    .addHelpText(
      'after',
      `
Examples:
  $ shoulders fine-tune pets --download
  $ shoulders fine-tune pets --weights resnet18.safetensors --set seed=7 --set stages.1.epochs=10
  $ shoulders fine-tune pets --recipe mine.shoulders.json --set 'stages.0.schedule={"type":"constant"}'
  $ shoulders fine-tune xrays --recipe chest-xray --weights resnet50.pth --json > events.jsonl

Ctrl-C once stops after the current batch and keeps the best weights; twice ends at once. SIGTERM stops likewise,
and ends the run after five seconds at the latest. A run that was ended at once can be resumed.
Exit code: 0 done or stopped, 1 failed, 2 bad input.`,
    )
    .action(async (dataset: string, options: FineTuneOptions, command: Command) => {
      const job = await jobOf(dataset, options, command);
      shell.logFile = join(job.runsFolder, job.runId, files.log);
      await train(shell, initialRunState(job.runId), options, (io) => fineTune(job, io));
    });

  const resumeCommand = program
    .command('resume')
    .description('go on with a stopped, failed or crashed run, after its last finished epoch')
    .argument('<run>', 'run folder')
    .option('-d, --data <folder>', 'where the dataset is now, if it was moved; it must hold the same images')
    .option('-w, --weights <file>', 'where the weights file is now, if it was moved and no epoch was finished')
    .option('--take-over', 'also a run that a process on another machine or in another container may still work on')
    .addOption(machineOption('allowDownload', 'allow the download of official weights, if no epoch was finished'));
  addMachineOptions(resumeCommand, ['weightsMirror', 'linkFolders', 'engine']).addOption(
    machineOption('threads', 'threads of the engine; as many as before give the same numbers'),
  );
  addMachineOptions(resumeCommand, fromCacheOn)
    .option('--json', 'print every event as one line of JSON')
    .option('-q, --quiet', 'print the final report only')
    .action(async (folder: string, options: ResumeOptions, command: Command) => {
      const { data, weights, takeOver = false } = options;
      const runFolder = resolve(folder);
      shell.logFile = join(runFolder, files.log);
      const machine = machineOf(command);
      await requireEngine(machine.engine);
      const { state: before } = await readRun(runFolder);
      const places = {
        data: data === undefined ? null : resolve(data),
        weights: weights === undefined ? null : resolve(weights),
      };
      await train(shell, before, options, (io) => resume(runFolder, machine, io, { ...places, takeOver }));
    });
}

/** Prints a run while it goes on, and its report. @param before  the run so far */
async function train(
  shell: Shell,
  before: RunState,
  { quiet = false }: { readonly quiet?: boolean },
  story: (io: FineTuneIo) => Promise<{ readonly runFolder: string; readonly state: RunState }>,
): Promise<void> {
  const printer = shell.json ? jsonPrinter(process.stdout) : textPrinter(process.stdout, before, quiet);
  const signal = gentleStop(undefined, printer);
  const { runFolder, state } = await story({ on: printer.on, signal }).finally(printer.end);
  printer.report(state, runFolder, (await readTestLooks(runFolder)).length);
}

async function jobOf(dataset: string, options: FineTuneOptions, command: Command): Promise<FineTuneJob> {
  const { weights, weightsPrefix } = options;
  const machine = machineOf(command);
  await requireEngine(machine.engine);
  // On the command line a file is relative to the working folder, in a recipe file to that file.
  const given = [
    ...(weights === undefined ? [] : [`weights=${JSON.stringify(isFileName(weights) ? resolve(weights) : weights)}`]),
    ...(weightsPrefix === undefined ? [] : [`weightsPrefix=${JSON.stringify(weightsPrefix)}`]),
  ];
  const chosen = await resolveRecipe({ recipe: options.recipe, sets: [...(options.set ?? []), ...given] });
  // Absolute, also from --set: the run may be resumed from another working folder.
  const recipe = isFileName(chosen.weights) ? { ...chosen, weights: resolve(chosen.weights) } : chosen;
  if (options.runId !== undefined && !isRunId(options.runId))
    throw new UserError('badArgument', { reason: `"${options.runId}" is not a run id (yyyymmdd-hhmmss-name-xxxx)` });
  const folder = resolve(dataset);
  return {
    dataset: folder,
    recipe,
    runsFolder: resolve(options.runs),
    runId: options.runId ?? runIdOf(folder, recipe.network, new Date(), randomInt(65_536)),
    ...machine,
  };
}
