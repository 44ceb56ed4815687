#!/usr/bin/env node
// The command line: arguments -> job; a progress bar, or one JSON event a line; exit code 0 (done), 1 (failed), 2 (bad input).
import { randomInt } from 'node:crypto';
import { resolve } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import envPaths from 'env-paths';
import { check, describeDataset } from './check.ts';
import { type ErrorCode, type ErrorParams, sentenceOf, UserError } from './contracts/errors.ts';
import type { RunEvent } from './contracts/events.ts';
import { engines, type FineTuneJob } from './contracts/job.ts';
import { bundledRecipes } from './contracts/recipes.ts';
import { isRunId, runIdOf } from './contracts/run.ts';
import { applyRunEvent, initialRunState, type RunState } from './contracts/runState.ts';
import { fineTune } from './fineTune.ts';
import { type ProgressLine, plainLine, progressLine } from './progressBar.ts';
import { isFileName, resolveRecipe } from './recipes/resolve.ts';
import { epochHeader, epochLine, finalReport, runsTable } from './report.ts';
import { listRuns } from './store/readRun.ts';
import { versions } from './versions.ts';

const runFailures: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'tooManyVanished',
  'downloadFailed',
  'downloadHash',
  'cannotWrite',
  'diskFull',
  'notFinite',
  'outOfMemory',
  'engineFailed',
  'runnerDied',
  'internal',
]);

interface FineTuneOptions {
  recipe: string;
  set?: string[];
  weights?: string;
  runs: string;
  runId?: string;
  engine: FineTuneJob['engine'];
  threads?: number;
  download?: true;
  weightsMirror?: string;
  cacheFolder: string;
  cacheLimit: number;
  cache: boolean;
  json?: true;
  quiet?: true;
}

const program = new Command('shoulders')
  .description('Fine-tunes a ResNet on a folder of images and tells honestly what it learned.')
  .version(versions.shoulders ?? '', '-v, --version')
  .showHelpAfterError('(shoulders --help shows what there is)')
  .exitOverride();

program
  .command('check')
  .description('look at a dataset: counts, images that cannot be used, duplicates, patients in two splits')
  .argument('<dataset>', 'folder of class folders, or of train, val and test')
  .option('-r, --recipe <name|file>', 'recipe whose split and group pattern apply', 'photos')
  .option('-s, --set <key=value>', 'override a field of the recipe', collect)
  .option('--json', 'print one JSON object')
  .action(async (folder: string, options: { recipe: string; set?: string[]; json?: true }) => {
    const { groupPattern, split, seed } = await resolveRecipe({ recipe: options.recipe, sets: options.set ?? [] });
    const line = process.stderr.isTTY && !options.json ? progressLine(process.stderr) : plainLine(process.stderr);
    const dataset = await check(resolve(folder), { groupPattern, split, seed }, (done, total) =>
      line.show({
        type: 'progress',
        phase: 'checking',
        done,
        total,
        stage: null,
        epoch: null,
        imagesPerSecond: null,
        etaMs: null,
      }),
    );
    line.end();
    const { classNames, counts, splitOrigin, fingerprint, findings } = dataset;
    process.stdout.write(
      options.json
        ? `${JSON.stringify({ folder: dataset.folder, classNames, counts, splitOrigin, fingerprint, findings })}\n`
        : describeDataset(dataset),
    );
  });

program
  .command('fine-tune')
  .description('train on a dataset and keep the run')
  .argument('<dataset>', 'folder of class folders, or of train, val and test; it is only read')
  .option('-r, --recipe <name|file>', `${Object.keys(bundledRecipes).join(', ')}, or a recipe file`, 'photos')
  .option(
    '-s, --set <key=value>',
    'override a field of the recipe, e.g. seed=7 or stages.0.epochs=3 (repeatable)',
    collect,
    [],
  )
  .option('-w, --weights <file|name|none>', 'a .pth or .safetensors file, an official name, or none (random weights)')
  .option('--download', 'allow the download of official weights')
  .option('--weights-mirror <url>', 'download official weights from here instead')
  .option('--runs <folder>', 'where runs are kept', '.shoulders/runs')
  .option('--run-id <id>', 'name of the run folder')
  .addOption(new Option('--engine <name>', 'what computes').choices(engines).default('auto'))
  .option('--threads <n>', 'threads of the engine', positiveInteger)
  .option(
    '--cache-folder <folder>',
    'downloaded weights and frozen features',
    envPaths('shoulders', { suffix: '' }).cache,
  )
  .option('--cache-limit <GB>', 'most that frozen features may take on disk', positiveNumber, 20)
  .option('--no-cache', 'compute frozen features anew in every epoch')
  .option('--json', 'print every event as one line of JSON')
  .option('-q, --quiet', 'print the final report only')
  .addHelpText(
    'after',
    `
Examples:
  $ shoulders fine-tune pets --download
  $ shoulders fine-tune pets --weights resnet18.safetensors --set stages.1.epochs=10 --set seed=7
  $ shoulders fine-tune xrays --recipe chest-xray --weights resnet50.pth --json > events.jsonl

Ctrl-C once stops after the current batch and keeps the best weights; twice ends at once.`,
  )
  .action(async (dataset: string, options: FineTuneOptions) => {
    const job = await jobOf(dataset, options);
    const printer = options.json ? jsonPrinter() : textPrinter(job.runId, options.quiet ?? false);
    const { runFolder, state } = await fineTune(job, { on: printer.on, signal: interruptSignal() });
    printer.end(state, runFolder);
  });

program
  .command('runs')
  .description('list the runs of a folder, newest first')
  .argument('[folder]', 'where runs are kept', '.shoulders/runs')
  .option('--json', 'print one JSON object a run')
  .action(async (folder: string, { json }: { json?: true }) => {
    const runs = await listRuns(resolve(folder));
    process.stdout.write(
      json
        ? runs.map(({ folder, state, problem }) => `${JSON.stringify({ folder, problem, state })}\n`).join('')
        : runsTable(runs),
    );
  });

async function jobOf(dataset: string, options: FineTuneOptions): Promise<FineTuneJob> {
  const weights =
    options.weights === undefined
      ? []
      : [`weights=${JSON.stringify(isFileName(options.weights) ? resolve(options.weights) : options.weights)}`];
  const recipe = await resolveRecipe({ recipe: options.recipe, sets: [...(options.set ?? []), ...weights] });
  if (options.runId !== undefined && !isRunId(options.runId))
    throw new UserError('badArgument', { reason: `"${options.runId}" is not a run id (yyyymmdd-hhmmss-name-xxxx)` });
  const folder = resolve(dataset);
  return {
    dataset: folder,
    recipe,
    runsFolder: resolve(options.runs),
    runId: options.runId ?? runIdOf(folder, recipe.network, new Date(), randomInt(65_536)),
    engine: options.engine,
    allowDownload: options.download ?? false,
    weightsMirror: options.weightsMirror ?? null,
    cacheFolder: resolve(options.cacheFolder),
    cacheLimitBytes: options.cacheLimit * 1e9,
    useFeatureCache: options.cache,
    threads: options.threads ?? null,
  };
}

interface Printer {
  on(event: RunEvent): void;
  end(state: RunState, runFolder: string): void;
}

const jsonPrinter = (): Printer => ({
  on: (event) => process.stdout.write(`${JSON.stringify(event)}\n`),
  end() {},
});

function textPrinter(runId: string, quiet: boolean): Printer {
  const line: ProgressLine = process.stdout.isTTY && !quiet ? progressLine(process.stdout) : plainLine(process.stdout);
  const print = quiet ? () => {} : line.print;
  let run = initialRunState(runId);
  return {
    on(event) {
      run = applyRunEvent(run, event);
      switch (event.type) {
        case 'started':
          return print(
            `${event.recipe.name}: ${event.recipe.network} at ${event.recipe.imageSize} px on ${event.device.name}, ${event.device.threads} threads`,
          );
        case 'checked':
          return print(datasetLine(run));
        case 'weightsLoaded':
          return print(
            event.weights.kind === 'random'
              ? 'weights: random'
              : `weights: ${event.weights.name}${event.weights.verified ? ' (hash verified)' : ''}`,
          );
        case 'warning':
          return print(`! ${sentenceOf(event.problem.code, event.problem.params)}`);
        case 'stageStarted':
          return print(stageLine(event) + (event.stage === 0 ? `\n${epochHeader}` : ''));
        case 'progress':
          return quiet ? undefined : line.show(event);
        case 'epoch':
          return print(epochLine(run, run.epochs.at(-1)!));
        case 'stageEnded':
          return event.reason === 'earlyStopping'
            ? print(`stopped early: no improvement; epoch ${event.keptEpoch} is kept`)
            : undefined;
        case 'evaluated':
        case 'ended':
          return line.end();
      }
    },
    end(state, runFolder) {
      line.end();
      process.stdout.write(`\n${finalReport(state, runFolder)}`);
    },
  };
}

function datasetLine({ classNames, counts, findings }: RunState): string {
  const total = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);
  const left = findings.filter((finding) => finding.kind === 'corrupt').length;
  const sizes = `train ${total(counts!.train)}, val ${total(counts!.val)}, test ${total(counts!.test)}`;
  return `dataset: ${classNames.length} classes (${classNames.slice(0, 6).join(', ')}${classNames.length > 6 ? ', …' : ''}), ${sizes}${left > 0 ? `; ${left} images cannot be decoded and are left out (shoulders check lists them)` : ''}`;
}

const stageLine = ({
  stage,
  name,
  epochs,
  unfreeze,
  trainableParameters,
}: Extract<RunEvent, { type: 'stageStarted' }>): string =>
  `\nstage ${stage + 1} "${name}": ${epochs} epochs, ${unfreeze === 'all' ? 'all layers train' : `${unfreeze}${unfreeze === 'fc' ? '' : ' and above'} train${unfreeze === 'fc' ? 's' : ''}`} (${(trainableParameters / 1e6).toFixed(2)} M parameters)`;

/** Once: stop gently. Twice: at once. */
function interruptSignal(): AbortSignal {
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const)
    process.on(name, () => {
      if (controller.signal.aborted) process.exit(130);
      controller.abort();
      process.stderr.write('\nStopping after the current batch; once more ends at once.\n');
    });
  return controller.signal;
}

function collect(value: string, before: string[] = []): string[] {
  return [...before, value];
}

function positiveInteger(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('a whole number from 1 on is expected.');
  return value;
}

function positiveNumber(text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new InvalidArgumentError('a positive number is expected.');
  return value;
}

// Who reads our output may leave first (head, a closed window): the run goes on.
for (const output of [process.stdout, process.stderr])
  output.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });

function fail(error: unknown, json: boolean): number {
  if (isCommanderError(error)) return error.exitCode === 0 ? 0 : 2; // commander has printed its own sentence
  const { code, params }: { code: ErrorCode; params: ErrorParams } =
    error instanceof UserError
      ? error
      : {
          code: 'internal',
          params: {
            reason: error instanceof Error ? error.message : String(error),
            log: 'runner.log in the run folder',
          },
        };
  const sentence = sentenceOf(code, params);
  if (json) process.stdout.write(`${JSON.stringify({ type: 'error', code, params, sentence })}\n`);
  process.stderr.write(`${sentence}\n`);
  if (process.env.SHOULDERS_DEBUG && error instanceof Error) process.stderr.write(`${error.stack}\n`);
  return runFailures.has(code) ? 1 : 2;
}

const isCommanderError = (error: unknown): error is { code: string; exitCode: number } =>
  error instanceof Error && String((error as { code?: unknown }).code).startsWith('commander.');

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = fail(error, process.argv.includes('--json'));
}
