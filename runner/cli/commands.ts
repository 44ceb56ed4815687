// The command line, in a thread of its own (main.ts): arguments -> job; a progress bar, or one JSON event a line; exit code 0 (done), 1 (failed), 2 (bad input).
import { randomInt } from 'node:crypto';
import { existsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import envPaths from 'env-paths';
import { z } from 'zod';
import type { EvaluateOutput } from '../../shared/contracts/classification/evaluateOutput.ts';
import { type ErrorCode, kindOf, UserError } from '../../shared/contracts/errors.ts';
import {
  type ExplainAnswer,
  ExplainQuestion,
  type Explanation,
  type ExplanationLayer,
  type ExplanationLine,
  type ExplanationMethod,
  type ExplanationScore,
  explanationLayers,
  explanationMethods,
  explanationScores,
} from '../../shared/contracts/explanation.ts';
import { exportFormats } from '../../shared/contracts/exports.ts';
import { type HeatColors, heatColors } from '../../shared/contracts/heatMap.ts';
import type { InstallOutput } from '../../shared/contracts/install.ts';
import { engines, type FineTuneJob, type NamedEngine, namedEngines } from '../../shared/contracts/job.ts';
import { bundledRecipes } from '../../shared/contracts/recipes.ts';
import type { RelocateOutput } from '../../shared/contracts/relocateOutput.ts';
import { files, isRunId, runIdOf } from '../../shared/contracts/run.ts';
import { initialRunState } from '../../shared/contracts/runState.ts';
import { readTestLooks } from '../../shared/files/testLooks.ts';
import { isFileName, resolveRecipe } from '../../shared/recipes/resolve.ts';
import { jsonLines, linesOf } from '../commands/askedByLine.ts';
import { check, checkResult, describeDataset, describeLeftOut } from '../commands/check.ts';
import { evaluate } from '../commands/evaluate.ts';
import { explain } from '../commands/explain.ts';
import { explainByLine } from '../commands/explainByLine.ts';
import { type ExportRequest, exportRun } from '../commands/exportRun.ts';
import { fineTune } from '../commands/fineTune.ts';
import { relocate } from '../commands/relocate.ts';
import { type ReportFormat, reportFormats, writeReport } from '../commands/report.ts';
import { type MachineOptions, resume } from '../commands/resume.ts';
import { makeThumbnails, thumbnailLine } from '../commands/thumbnails.ts';
import { type SplitName, splitNames } from '../dataset/folder.ts';
import { requireEngine } from '../devices/candidates.ts';
import { describeExport } from '../exports/describe.ts';
import { install } from '../install/command.ts';
import { removeEngine } from '../install/install.ts';
import { installableHere } from '../install/installables.ts';
import { isAbort } from '../run/control.ts';
import { interruptSignal, tellEnd } from '../run/interrupt.ts';
import { type RunRequest, requestOf } from '../run/requests.ts';
import { listRuns, readRun } from '../store/readRun.ts';
import { evaluationReport } from '../terminal/evaluationReport.ts';
import { closingText, explainChoices, explanationText } from '../terminal/explanationReport.ts';
import { jsonPrinter, type Printer, textPrinter } from '../terminal/printer.ts';
import { plainLine, progressLine } from '../terminal/progressBar.ts';
import { problemText, runsTable } from '../terminal/runReport.ts';
import { versions } from '../versions.ts';
import { plural, printable } from '../words/text.ts';
import { takeStandardStreams } from './ownStreams.ts';

takeStandardStreams();

/** Read before the arguments are: they may be what is wrong. */
const json = process.argv.includes('--json');
let logFile: string | undefined;

const program = new Command('shoulders')
  .description('Fine-tunes a ResNet on a folder of images and tells honestly what it learned.')
  .version(versions.shoulders ?? '', '-v, --version')
  .configureOutput({ outputError: (text, write) => (json ? undefined : write(text)) })
  .showHelpAfterError(json ? false : '(add --help to see what there is)')
  .addHelpText(
    'after',
    `
Examples:
  $ shoulders check pets                     what is in the folder, and what is wrong with it
  $ shoulders fine-tune pets --download      train with the recipe for photos
  $ shoulders runs                           what came out, newest first`,
  )
  .exitOverride();

/** Links out of a dataset are followed only into folders that a person names. */
const followLinks = () =>
  new Option(
    '--follow-links <folder>',
    'also follow symbolic links out of the dataset that lead into this folder (repeatable)',
  ).argParser((folder: string, before: string[] = []) => [...before, existingFolder(folder)]);

function existingFolder(folder: string): string {
  const path = resolve(folder);
  if (!existsSync(path)) throw new UserError('folderMissing', { folder: path });
  return path;
}

program
  .command('check')
  .description('look at a dataset: counts, images that cannot be used, duplicates, patients in two splits')
  .argument('<dataset>', 'folder of class folders, or of train, val and test; it is only read')
  .option('-r, --recipe <name|file>', 'recipe whose split, seed, groups and depth apply', 'photos')
  .option('-s, --set <key=value>', 'override a field of the recipe (repeatable)', collect)
  .addOption(followLinks())
  .option('--json', 'print one JSON object')
  .action(async (folder: string, options: { recipe: string; set?: string[]; followLinks?: string[] }) => {
    const { groups, groupPattern, split, seed, depth } = await resolveRecipe({
      recipe: options.recipe,
      sets: options.set ?? [],
    });
    const linkFolders = options.followLinks;
    const line = process.stderr.isTTY ? progressLine(process.stderr) : plainLine(process.stderr);
    const nothing = { stage: null, epoch: null, imagesPerSecond: null, etaMs: null };
    const how = { groups, groupPattern, split, seed, depth, linkFolders };
    const dataset = await check(resolve(folder), how, (done, total) =>
      line.show({ type: 'progress', phase: 'checking', done, total, ...nothing }),
    )
      .finally(line.end)
      .catch((error: unknown) => {
        if (error instanceof UserError && !json) process.stdout.write(describeLeftOut(error.findings));
        throw error;
      });
    process.stdout.write(json ? `${JSON.stringify(checkResult(dataset))}\n` : describeDataset(dataset));
  });

program
  .command('thumbnails')
  .description('make small pictures of images, of whatever type, in the cache of this machine')
  .argument('<dataset>', 'folder that the images lie in; it is only read')
  .argument('[images...]', 'paths relative to it; without any they are read from standard input, one a line')
  .option('--cache-folder <folder>', 'where the pictures are kept', envPaths('shoulders', { suffix: '' }).cache)
  .option('--thumbnail-limit <MB>', 'most that they may take on disk', positiveNumber, 500)
  .addOption(followLinks())
  .option('--json', 'one line of JSON for each image; lines of standard input are JSON strings, too')
  .action(async (dataset: string, images: string[], options: ThumbnailsOptions) => {
    const lines = linesOf(process.stdin);
    await makeThumbnails(
      images.length > 0 ? images : json ? jsonLines(lines, z.string(), 'a JSON string') : lines,
      {
        dataset: resolve(dataset),
        linkFolders: options.followLinks ?? [],
        cacheFolder: resolve(options.cacheFolder),
        limitBytes: Math.round(options.thumbnailLimit * 1e6),
      },
      (thumbnail) => process.stdout.write(json ? `${JSON.stringify(thumbnail)}\n` : thumbnailLine(thumbnail)),
    ).finally(() => process.stdin.destroy());
  });

interface ThumbnailsOptions {
  cacheFolder: string;
  thumbnailLimit: number;
  followLinks?: string[];
}

interface FineTuneOptions {
  recipe: string;
  followLinks?: string[];
  set?: string[];
  weights?: string;
  weightsPrefix?: string;
  download?: true;
  weightsMirror?: string;
  runs: string;
  runId?: string;
  engine: FineTuneJob['engine'];
  threads?: number;
  cacheFolder: string;
  cacheLimit: number;
  cache: boolean;
  parallel: number;
  attended?: true;
  tensorboard?: true;
  quiet?: true;
}

program
  .command('fine-tune')
  .description('train on a dataset and keep the run')
  .argument('<dataset>', 'folder of class folders, or of train, val and test; it is only read')
  .option('-r, --recipe <name|file>', `${Object.keys(bundledRecipes).join(', ')}, or a recipe file`, 'photos')
  .option('-s, --set <key=value>', 'override a field of the recipe (repeatable)', collect)
  .option(
    '-w, --weights <file|name|none>',
    'a .pth, .ckpt, .bin or .safetensors file, an official name, or none (random weights)',
  )
  .option('--weights-prefix <prefix>', 'which network in a weights file of several, for example module.encoder_q.')
  .option('--download', 'allow the download of official weights')
  .option('--weights-mirror <url>', 'download official weights from here instead')
  .option('--runs <folder>', 'where runs are kept', '.shoulders/runs')
  .option('--run-id <id>', 'name of the run folder')
  .addOption(followLinks())
  .addOption(new Option('--engine <name>', 'what computes').choices(engines).default('auto'))
  .option('--threads <n>', 'threads of the engine', positiveInteger)
  .option('--cache-folder <folder>', 'downloaded weights, frozen features', envPaths('shoulders', { suffix: '' }).cache)
  .option('--cache-limit <GB>', 'most that frozen features may take on disk', positiveNumber, 20)
  .option('--no-cache', 'compute frozen features anew in every epoch')
  .option('--parallel <n>', 'runs of this machine that may train at the same time; others wait', positiveInteger, 1)
  .option('--attended', 'stop when no editor window looks after the run any more')
  .option('--tensorboard', 'write TensorBoard event files beside the run')
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
  .action(async (dataset: string, options: FineTuneOptions) => {
    const job = await jobOf(dataset, options);
    logFile = join(job.runsFolder, job.runId, files.log);
    const printer = json
      ? jsonPrinter(process.stdout)
      : textPrinter(process.stdout, initialRunState(job.runId), options.quiet ?? false);
    const { runFolder, state } = await fineTune(job, { on: printer.on, signal: gentleStop(printer) }).finally(
      printer.end,
    );
    printer.report(state, runFolder, (await readTestLooks(runFolder)).length);
  });

interface ResumeOptions
  extends Pick<
    FineTuneOptions,
    | 'download'
    | 'followLinks'
    | 'weightsMirror'
    | 'engine'
    | 'threads'
    | 'cacheFolder'
    | 'cacheLimit'
    | 'cache'
    | 'parallel'
    | 'attended'
    | 'tensorboard'
    | 'quiet'
  > {
  data?: string;
  weights?: string;
  takeOver?: true;
}

program
  .command('resume')
  .description('go on with a stopped, failed or crashed run, after its last finished epoch')
  .argument('<run>', 'run folder')
  .option('-d, --data <folder>', 'where the dataset is now, if it was moved; it must hold the same images')
  .option('-w, --weights <file>', 'where the weights file is now, if it was moved and no epoch was finished')
  .option('--take-over', 'also a run that a process on another machine or in another container may still work on')
  .option('--download', 'allow the download of official weights, if no epoch was finished')
  .option('--weights-mirror <url>', 'download official weights from here instead')
  .addOption(followLinks())
  .addOption(new Option('--engine <name>', 'what computes').choices(engines).default('auto'))
  .option('--threads <n>', 'threads of the engine; as many as before give the same numbers', positiveInteger)
  .option('--cache-folder <folder>', 'downloaded weights, frozen features', envPaths('shoulders', { suffix: '' }).cache)
  .option('--cache-limit <GB>', 'most that frozen features may take on disk', positiveNumber, 20)
  .option('--no-cache', 'compute frozen features anew in every epoch')
  .option('--parallel <n>', 'runs of this machine that may train at the same time; others wait', positiveInteger, 1)
  .option('--attended', 'stop when no editor window looks after the run any more')
  .option('--tensorboard', 'write TensorBoard event files beside the run')
  .option('--json', 'print every event as one line of JSON')
  .option('-q, --quiet', 'print the final report only')
  .action(async (folder: string, options: ResumeOptions) => {
    const runFolder = resolve(folder);
    logFile = join(runFolder, files.log);
    await requireEngine(options.engine);
    const { state: before } = await readRun(runFolder);
    const printer = json ? jsonPrinter(process.stdout) : textPrinter(process.stdout, before, options.quiet ?? false);
    const { state } = await resume(
      runFolder,
      machineOf(options),
      { on: printer.on, signal: gentleStop(printer) },
      {
        data: options.data === undefined ? null : resolve(options.data),
        weights: options.weights === undefined ? null : resolve(options.weights),
        takeOver: options.takeOver ?? false,
      },
    ).finally(printer.end);
    printer.report(state, runFolder, (await readTestLooks(runFolder)).length);
  });

program
  .command('relocate')
  .description('record where the dataset of an ended run is now, so that its images are found again')
  .argument('<run>', 'run folder')
  .requiredOption('-d, --data <folder>', 'where the dataset is now; it must hold the same images')
  .option('--json', 'print one JSON object')
  .action(async (run: string, options: { data: string }) => {
    const signal = gentleStop({ end() {} }, 'Stopping; nothing is recorded.');
    const relocated: RelocateOutput = await relocate(resolve(run), resolve(options.data), signal);
    const { dataset, imageCount } = relocated;
    const images = plural(imageCount, 'image of the run is', 'images of the run are');
    process.stdout.write(
      json ? `${JSON.stringify(relocated)}\n` : `Recorded: the ${images} in ${printable(dataset)}.\n`,
    );
  });

const requests: readonly [RunRequest, string][] = [
  ['stop', 'end a run after its current batch; its best weights are kept, and it can be resumed'],
  ['pause', 'let a run wait before its next batch'],
  ['continue', 'let a paused run go on'],
];
for (const [name, description] of requests)
  program
    .command(name)
    .description(description)
    .argument('<run>', 'run folder')
    .option('--json', 'print nothing but problems, as JSON')
    .action((run: string) => requestOf(name, resolve(run)));

program
  .command('runs')
  .description('list the runs of a folder, newest first')
  .argument('[folder]', 'where runs are kept', '.shoulders/runs')
  .option('--json', 'print one JSON object a run')
  .action(async (folder: string) => {
    const runs = await listRuns(resolve(folder));
    process.stdout.write(
      json
        ? runs
            .map(({ folder, labels, ...run }) => {
              const { state, health, problem } = run;
              const elsewhere = run.problem === null ? run.elsewhere : null;
              return `${JSON.stringify({ folder, problem, labels, health, state, elsewhere })}\n`;
            })
            .join('')
        : runsTable(runs),
    );
  });

/** The processor, unless another is asked for: it gives the figures of the run's own report. */
const evaluatingEngine = () => new Option('--engine <name>', 'what computes').choices(namedEngines).default('cpu');

interface EvaluateOptions
  extends Pick<FineTuneOptions, 'followLinks' | 'threads' | 'cacheFolder' | 'cacheLimit' | 'cache'> {
  data?: string;
  split?: SplitName;
  threshold?: number;
  out?: string;
  engine: NamedEngine;
  ignoreUnknownClasses?: true;
  unlabelled?: true;
}

program
  .command('evaluate')
  .description("a model's predictions, and figures where labels are known, on any folder of images")
  .argument('<run|model.onnx>', 'run folder, or an ONNX model that Shoulders has exported')
  .option(
    '-d, --data <folder>',
    "class folders, train/val/test folders, or plain images (default: the run's own images)",
  )
  .addOption(
    new Option(
      '--split <name>',
      "of --data: only this folder (default: all); of the run's own images: default val",
    ).choices(splitNames),
  )
  .option('--threshold <probability>', "two classes: decide by this instead of the run's own", probability)
  .addOption(followLinks())
  .option('--ignore-unknown-classes', 'leave out folders that are no class of the model')
  .option('--unlabelled', 'predict only: folder names are no labels')
  .option('-o, --out <folder>', 'new folder for the record (default: evaluations/ in the run folder)')
  .addOption(evaluatingEngine())
  .option('--threads <n>', 'threads of the engine; as many as in training give the same numbers', positiveInteger)
  .option('--cache-folder <folder>', 'frozen features', envPaths('shoulders', { suffix: '' }).cache)
  .option('--cache-limit <GB>', 'most that frozen features may take on disk', positiveNumber, 20)
  .option('--no-cache', 'neither read nor keep frozen features')
  .option('--json', 'print progress and the record, one JSON object a line')
  .addHelpText(
    'after',
    `
Examples:
  $ shoulders evaluate .shoulders/runs/20260101-120000-pets-resnet18-1a2b --data pets-from-elsewhere
  $ shoulders evaluate model.onnx --data photos --out photos-predicted

Looks at a run's test images are counted: the more often they are looked at, the less their numbers say about new images.`,
  )
  .action(async (model: string, options: EvaluateOptions) => {
    const { data, split, threshold, out } = options;
    await requireEngine(options.engine);
    const line = process.stderr.isTTY ? progressLine(process.stderr) : plainLine(process.stderr);
    const evaluated = await evaluate(
      {
        model: resolve(model),
        data: data === undefined ? null : resolve(data),
        split: split ?? null,
        threshold: threshold ?? null,
        out: out === undefined ? null : resolve(out),
        workingFolder: process.cwd(),
        ignoreUnknownClasses: options.ignoreUnknownClasses ?? false,
        unlabelled: options.unlabelled ?? false,
        linkFolders: options.followLinks ?? [],
        cacheFolder: resolve(options.cacheFolder),
        cacheLimitBytes: Math.round(options.cacheLimit * 1e9),
        useFeatureCache: options.cache,
        engine: options.engine,
        threads: options.threads ?? null,
      },
      {
        on: (progress) =>
          json
            ? process.stdout.write(`${JSON.stringify(progress)}\n`)
            : line.show({ ...progress, stage: null, epoch: null }),
        signal: gentleStop({ end: line.end }, 'Stopping; nothing is recorded.'),
      },
    ).finally(line.end);
    const output: EvaluateOutput = { type: 'recorded', ...evaluated, report: evaluationReport(evaluated) };
    process.stdout.write(json ? `${JSON.stringify(output)}\n` : output.report);
  });

program
  .command('export')
  .description('write the kept weights of a run as a file for another program')
  .argument('<run>', 'run folder')
  .addOption(
    new Option(
      '-f, --format <format>',
      'onnx, pth (state_dict for torchvision), safetensors, card (a model card alone)',
    )
      .choices(exportFormats)
      .default('onnx'),
  )
  .option('-o, --out <file>', 'file to write (default: <run id>.<format>)')
  .option(
    '--with-preprocessing',
    'onnx: the file takes an image of any size, as bytes, and resizes, crops and normalises by itself; scale 16-bit values to bytes first',
  )
  .option('--fp16', 'onnx: store the weights as float16, half the size')
  .option('--force', 'replace what is there')
  .option('--json', 'print one JSON object')
  .addHelpText(
    'after',
    `
Every file is checked against the run on images of its validation and test splits before it is written. Beside it stand
FILE.py and FILE.ts (programs that use it), FILE.json (classes, preprocessing, threshold, the check) and FILE.MODEL_CARD.md.

Examples:
  $ shoulders export RUN --out pets.onnx
  $ shoulders export RUN --out pets.onnx --with-preprocessing --fp16
  $ shoulders export RUN --format pth --out pets.pth`,
  )
  .action(async (runFolder: string, options: Omit<ExportRequest, 'runFolder'>) => {
    const signal = gentleStop({ end() {} }, 'Stopping; nothing is written.');
    const answer = await exportRun({ runFolder, ...options }, signal);
    process.stdout.write(json ? `${JSON.stringify(answer)}\n` : describeExport(answer));
  });

interface ExplainOptions {
  class: string;
  of: ExplanationScore;
  layer: ExplanationLayer;
  method: ExplanationMethod;
  colors: HeatColors;
  check?: true;
  out?: string;
  engine: NamedEngine;
  threads?: number;
}

program
  .command('explain')
  .description('show where in an image the network looks: class activation maps of the kept weights of a run')
  .argument('<run>', 'run folder')
  .argument(
    '[image...]',
    'image files; with --json and without any, questions are read from standard input, one a line',
  )
  .option('-c, --class <name>', 'class to explain: predicted, true (the folder of the image), or a name', 'predicted')
  .addOption(new Option('--of <score>', 'what the map explains').choices(explanationScores).default('probability'))
  .addOption(new Option('--layer <layer>', 'where the map is taken').choices(explanationLayers).default('layer4'))
  .addOption(new Option('--method <method>', 'how the map is made').choices(explanationMethods).default('grad-cam'))
  .option('--check', 'doubt each map: take away what it marks, and compare with random weights (seconds an image)')
  .addOption(new Option('--colors <colors>', 'of the overlays').choices(heatColors).default('jet'))
  .option(
    '-o, --out <folder>',
    'where overlays are written (default: explanations in the run folder; none with --json)',
  )
  .addOption(evaluatingEngine())
  .option('--threads <n>', 'threads of the engine', positiveInteger)
  .option('--json', 'print one JSON object an image')
  .addHelpText('after', () => explainChoices())
  .addHelpText(
    'after',
    `
Examples:
  $ shoulders explain .shoulders/runs/20261124-… pets/test/cat/7.jpg
  $ shoulders explain RUN xrays/test/NORMAL/*.jpeg --class true --method hires-cam --layer layer3
  $ shoulders explain RUN cat.jpg --class dog --check

A class that is itself called predicted or true: --class =true.
Exit code: 0 done, 1 failed, 2 bad input, also when some of the images could not be explained, 130 interrupted.`,
  )
  .action(async (run: string, images: string[], options: ExplainOptions) => {
    const runFolder = resolve(run);
    const { out, engine, threads = null, check = false } = options;
    await requireEngine(engine);
    if (images.length === 0) {
      if (!json) throw new UserError('badArgument', { reason: 'Name the images to explain.' });
      const questions = jsonLines(linesOf(process.stdin), ExplainQuestion, 'a question about images');
      const print = (answer: ExplainAnswer) => process.stdout.write(`${JSON.stringify(answer)}\n`);
      return explainByLine(questions, { runFolder, engine, threads }, print).finally(() => process.stdin.destroy());
    }
    const own = json ? null : join(runFolder, files.explanations);
    const { print, close } = json ? jsonPrinting() : explanationLines();
    const job = {
      runFolder,
      images: images.map((image) => resolve(image)),
      target: options.class,
      of: options.of,
      layer: options.layer,
      method: options.method,
      colors: options.colors,
      check,
      overlayFolder: out === undefined ? own : resolve(out),
      engine,
      threads,
    };
    const signal = gentleStop({ end() {} }, 'Stopping after this image; what is done stays.');
    const explained = await explain(job, { on: print, signal }).catch((error: unknown) => {
      if (isAbort(error)) return undefined;
      throw error;
    });
    close();
    if (explained === undefined) process.exitCode = 130;
    else if (explained < images.length) process.exitCode = 2;
  });

interface LinePrinter {
  print(line: ExplanationLine): void;
  /** The last words. */
  close(): void;
}

const jsonPrinting = (): LinePrinter => ({
  print: (line) => process.stdout.write(`${JSON.stringify(line)}\n`),
  close() {},
});

/** Explanations to the standard output, problems and progress to the other. */
function explanationLines(): LinePrinter {
  const explanations: Explanation[] = [];
  let problemCount = 0;
  return {
    print(line) {
      if (line.type === 'explanation') {
        explanations.push(line);
        process.stdout.write(`${explanationText(line)}\n`);
      } else if (line.type === 'problem') {
        problemCount++;
        process.stderr.write(`${printable(line.sentence)}\n`);
      }
    },
    close: () => process.stdout.write(closingText(explanations, problemCount)),
  };
}

program
  .command('report')
  .description('write what there is to say about a run, finished or not, as one page')
  .argument('<run>', 'run folder')
  .addOption(
    new Option('-f, --format <format>', 'html (one file, works offline), md').choices(reportFormats).default('html'),
  )
  .option('-o, --out <file>', 'file to write (default: report.html or report.md in the run folder)')
  .option('--json', 'print one JSON object')
  .action(async (run: string, { format, out }: { format: ReportFormat; out?: string }) => {
    const file = await writeReport(run, format, out);
    process.stdout.write(json ? `${JSON.stringify({ file })}\n` : `${printable(file)}\n`);
  });

program
  .command('install')
  .description('add an engine to this machine: its libraries are downloaded after you agree')
  .argument('[engine]', 'without it: what can be installed here')
  .option('--yes', 'agree to the download and to the licences without being asked')
  .option('--from <folder>', 'take the files from a folder instead; they must be the published ones')
  .option('--mirror <url>', 'download from here instead')
  .option('--addresses', 'print the addresses of its files, one a line, and do nothing else')
  .option('--json', 'print one JSON object a line')
  .addHelpText(
    'after',
    `
Examples:
  $ shoulders install
  $ shoulders install cuda
  $ shoulders install tensorflow --from /media/stick/tensorflow
  $ shoulders fine-tune pets --engine cuda

What an interrupted installation has brought is used by the next one.`,
  )
  .action(
    async (engine: string | undefined, options: { yes?: true; from?: string; mirror?: string; addresses?: true }) => {
      const { yes = false, from, mirror = null, addresses = false } = options;
      const signal = gentleStop({ end() {} }, 'Stopping; what has arrived is kept for the next time.');
      const request = { engine, agreed: yes, from: from === undefined ? null : resolve(from), mirror, addresses };
      if (!(await install(request, { json, signal }))) process.exitCode = 130;
    },
  );

program
  .command('uninstall')
  .description('remove an engine that was installed')
  .argument('<engine>', 'its name')
  .option('--json', 'print one JSON object')
  .action(async (engine: string) => {
    const installable = installableHere(engine);
    await removeEngine(installable);
    const { name, folder } = installable;
    const output: InstallOutput = { type: 'uninstalled', name, folder };
    process.stdout.write(json ? `${JSON.stringify(output)}\n` : `The engine ${name} is removed.\n`);
  });

async function jobOf(dataset: string, options: FineTuneOptions): Promise<FineTuneJob> {
  const { weights, weightsPrefix } = options;
  await requireEngine(options.engine);
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
    ...machineOf(options),
  };
}

/** What a run may do on this machine: not part of what it is. */
const machineOf = (options: Omit<ResumeOptions, 'data' | 'weights' | 'takeOver'>): MachineOptions => ({
  linkFolders: options.followLinks ?? [],
  engine: options.engine,
  allowDownload: options.download ?? false,
  weightsMirror: options.weightsMirror ?? null,
  cacheFolder: resolve(options.cacheFolder),
  cacheLimitBytes: Math.round(options.cacheLimit * 1e9),
  useFeatureCache: options.cache,
  threads: options.threads ?? null,
  parallelRuns: options.parallel,
  attended: options.attended ?? false,
  tensorboard: options.tensorboard ?? false,
});

/** Aborted by the first Ctrl-C; the second ends the program. */
const gentleStop = (
  printer: Pick<Printer, 'end'>,
  told = 'Stopping after the current batch; once more ends at once.',
) =>
  interruptSignal(() => {
    printer.end();
    process.stderr.write(`${told}\n`);
  });

function collect(value: string, before: string[] = []): string[] {
  return [...before, value];
}

function positiveInteger(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('A whole number from 1 on is expected.');
  return value;
}

function probability(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !(value >= 0 && value <= 1))
    throw new InvalidArgumentError('A probability from 0 to 1 is expected.');
  return value;
}

function positiveNumber(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value < Number.POSITIVE_INFINITY))
    throw new InvalidArgumentError('A positive number is expected.');
  return value;
}

/** Says what went wrong in one sentence; returns the exit code. */
function fail(error: unknown): number {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return 0; // --help, --version
    if (json) tellProblem('badArgument', { reason: error.message.replace(/^error: /, '') });
    return 2; // without --json commander has spoken
  }
  if (isAbort(error)) {
    process.stderr.write('Stopped before there was anything to keep.\n');
    return 130;
  }
  const { code, params } = error instanceof UserError ? error : bugOf(error);
  tellProblem(code, params);
  return kindOf(code) === 'world' ? 1 : 2;
}

function tellProblem(code: ErrorCode, params: UserError['params']): void {
  const sentence = problemText({ code, params });
  if (json) process.stdout.write(`${JSON.stringify({ type: 'error', code, params, sentence })}\n`);
  process.stderr.write(`${sentence}\n`);
}

/** A bug's stack goes to a file: the run's log, where fineTune has put it, or a new one. */
function bugOf(error: unknown): UserError {
  const reason = error instanceof Error ? error.message : String(error);
  if (logFile === undefined || !existsSync(logFile)) {
    logFile = join(tmpdir(), `shoulders-${process.pid}.log`);
    const words = `${error instanceof Error ? error.stack : error}\n`;
    try {
      writeFileSync(logFile, words);
    } catch {
      process.stderr.write(words); // a disk that takes nothing must not hide the error
    }
  }
  return new UserError('internal', { reason, log: logFile });
}

process.on('uncaughtException', (error) => {
  const code = fail(error);
  tellEnd(code);
  process.exit(code);
});

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = fail(error);
}
tellEnd(Number(process.exitCode ?? 0));
