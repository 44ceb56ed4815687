// Commands that train: fine-tune, resume.
import { join } from 'node:path';
import { type Command, Option } from 'commander';
import { bundledRecipes } from '../../../shared/contracts/recipes.ts';
import { files } from '../../../shared/contracts/run.ts';
import { initialRunState, type RunState } from '../../../shared/contracts/runState.ts';
import { readRun } from '../../../shared/runFolder/readRun.ts';
import { readTestLooks } from '../../../shared/runFolder/testLooks.ts';
import type { FineTuneIo } from '../../commands/carryOut.ts';
import { fineTune } from '../../commands/fineTune.ts';
import { resume } from '../../commands/resume.ts';
import { requireEngine } from '../../devices/candidates.ts';
import { jsonPrinter, textPrinter } from '../../terminal/printer.ts';
import {
  type FineTuneOptions,
  fineTuneJobOf,
  type OutputOptions,
  type ResumeOptions,
  resumeJobOf,
} from '../jobs/jobs.ts';
import { addJobOption, addMachineOptions, machineOption, recipeOption, setOption } from '../options.ts';
import { gentleStop, type Shell } from '../shell.ts';

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
    .description('train on a dataset and save the run')
    .argument('[dataset]', 'folder of class folders, or of train, val and test; it is only read')
    .addOption(recipeOption(`${Object.keys(bundledRecipes).join(', ')}, or a recipe file`))
    .addOption(setOption())
    .option(
      '-w, --weights <file|name|none>',
      'a .pth, .ckpt, .bin or .safetensors file, an official name, starter (shipped, learned from drawings), or none (random)',
    )
    .option(
      '--weights-prefix <prefix>',
      'which network to use from a weights file with several, for example module.encoder_q.',
    );
  addMachineOptions(fineTuneCommand, ['allowDownload', 'weightsMirror'])
    .option('--runs <folder>', 'folder for runs', '.shoulders/runs')
    .option('--run-id <id>', 'name of the run folder');
  addMachineOptions(fineTuneCommand, ['linkFolders', 'engine', 'threads', ...fromCacheOn]);
  addJobOption(fineTuneCommand)
    .addOption(jsonOption())
    .addOption(quietOption())
    .addOption(verboseOption())
    .addOption(nextOption())
    .addHelpText(
      'after',
      `
Examples:
  $ shoulders fine-tune pets --download
  $ shoulders fine-tune pets --weights resnet18.safetensors --set seed=7 --set stages.1.epochs=10
  $ shoulders fine-tune pets --recipe mine.shoulders.json --set 'stages.0.schedule={"type":"constant"}'
  $ shoulders fine-tune xrays --recipe chest-xray --weights resnet50.pth --json > events.jsonl
  $ shoulders fine-tune --job pets.job.json     {"version": 1, "dataset": "pets", "recipe": "photos", "threads": 4}

Ctrl-C once stops after the current batch and keeps the best weights; twice ends at once. SIGTERM stops likewise,
and ends the run after four seconds if it has not stopped by then. A run that was ended at once can be resumed.
Exit code: 0 done or stopped, 1 failed, 2 bad input.`,
    )
    .action(async (dataset: string | undefined, options: FineTuneOptions, command: Command) => {
      const job = await fineTuneJobOf(dataset, options, command);
      shell.logFile = join(job.runsFolder, job.runId, files.log);
      await train(shell, initialRunState(job.runId), options, (io) => fineTune(job, io));
    });

  const resumeCommand = program
    .command('resume')
    .description('continue a stopped, failed or crashed run after its last finished epoch')
    .argument('[run]', 'run folder')
    .option('-d, --data <folder>', 'where the dataset is now, if it was moved; it must contain the same images')
    .option('-w, --weights <file>', 'where the weights file is now, if it was moved and no epoch was finished')
    .option(
      '--take-over',
      'also resume a run that a process on another machine or in another container may still be working on',
    )
    .addOption(machineOption('allowDownload', 'allow the download of official weights, if no epoch was finished'));
  addMachineOptions(resumeCommand, ['weightsMirror', 'linkFolders', 'engine']).addOption(
    machineOption('threads', 'threads of the engine; the same number as before reproduces the results'),
  );
  addMachineOptions(resumeCommand, fromCacheOn);
  addJobOption(resumeCommand)
    .addOption(jsonOption())
    .addOption(quietOption())
    .addOption(verboseOption())
    .addOption(nextOption())
    .action(async (run: string | undefined, options: ResumeOptions, command: Command) => {
      const { runFolder, machine, request } = await resumeJobOf(run, options, command);
      shell.logFile = join(runFolder, files.log);
      await requireEngine(machine.engine);
      const { state: before } = await readRun(runFolder);
      await train(shell, before, options, (io) => resume(runFolder, machine, io, request));
    });
}

const jsonOption = () => new Option('--json', 'print every event as one line of JSON');
const quietOption = () => new Option('-q, --quiet', 'print the final report only');
const verboseOption = () =>
  new Option('--verbose', 'print every figure, whole warnings, and why this device computes').conflicts('quiet');
const nextOption = () => new Option('--no-next', 'do not print which commands may follow');

/** Prints a run while it goes on, then its report. @param before  state of the run so far */
async function train(
  shell: Shell,
  before: RunState,
  { quiet, verbose, next }: OutputOptions,
  story: (io: FineTuneIo) => Promise<{ readonly runFolder: string; readonly state: RunState }>,
): Promise<void> {
  const detail = quiet ? 'quiet' : verbose ? 'verbose' : 'short';
  const printer = shell.json ? jsonPrinter(process.stdout) : textPrinter(process.stdout, before, detail, next);
  const signal = gentleStop(undefined, printer);
  const { runFolder, state } = await story({ on: printer.on, signal }).finally(printer.end);
  printer.report(state, runFolder, (await readTestLooks(runFolder)).length);
}
