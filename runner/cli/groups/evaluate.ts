// shoulders evaluate: a run or a model on any folder of images.
import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import type { EvaluateOutput } from '../../../shared/contracts/classification/evaluateOutput.ts';
import type { NamedEngine } from '../../../shared/contracts/job.ts';
import { type SplitName, splitNames } from '../../../shared/contracts/splits.ts';
import { evaluate } from '../../commands/evaluate.ts';
import { requireEngine } from '../../devices/candidates.ts';
import { evaluationReport } from '../../terminal/evaluationReport.ts';
import { plainLine, progressLine } from '../../terminal/progressBar.ts';
import { evaluatingEngine, machineOption, machineValues, probability } from '../options.ts';
import { answer, gentleStop, type Shell } from '../shell.ts';

interface EvaluateOptions {
  data?: string;
  split?: SplitName;
  threshold?: number;
  out?: string;
  engine: NamedEngine;
  ignoreUnknownClasses?: true;
  unlabelled?: true;
}

export function evaluateCommand(program: Command, shell: Shell): void {
  program
    .command('evaluate')
    .description('predict any folder of images with a run or model, with figures where labels are known')
    .argument('<run|model.onnx>', 'run folder, or an ONNX model exported by Shoulders')
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
    .addOption(machineOption('linkFolders'))
    .option('--ignore-unknown-classes', 'leave out folders that are not classes of the model')
    .option('--unlabelled', 'predict only: folder names are not labels')
    .option('-o, --out <folder>', 'new folder for the record (default: evaluations/ in the run folder)')
    .addOption(evaluatingEngine())
    .addOption(machineOption('threads', 'threads of the engine; the same number as in training reproduces its results'))
    .addOption(machineOption('cacheFolder', 'cache for frozen features'))
    .addOption(machineOption('cacheLimitBytes'))
    .addOption(machineOption('useFeatureCache', 'neither read nor cache frozen features'))
    .option('--json', 'print progress and the record, one JSON object per line')
    .addHelpText(
      'after',
      `
Examples:
  $ shoulders evaluate .shoulders/runs/20260101-120000-pets-resnet18-1a2b --data pets-from-elsewhere
  $ shoulders evaluate model.onnx --data photos --out photos-predicted

Looks at a run's test images are counted: the more often they are looked at, the less their numbers say about new images.`,
    )
    .action(async (model: string, options: EvaluateOptions, command: Command) => {
      const { data, split = null, threshold = null, out, engine } = options;
      await requireEngine(engine);
      const line = process.stderr.isTTY ? progressLine(process.stderr) : plainLine(process.stderr);
      const evaluated = await evaluate(
        {
          model: resolve(model),
          data: data === undefined ? null : resolve(data),
          split,
          threshold,
          out: out === undefined ? null : resolve(out),
          workingFolder: process.cwd(),
          ignoreUnknownClasses: options.ignoreUnknownClasses ?? false,
          unlabelled: options.unlabelled ?? false,
          engine,
          ...machineValues(command, ['linkFolders', 'threads', 'cacheFolder', 'cacheLimitBytes', 'useFeatureCache']),
        },
        {
          on: (progress) =>
            shell.json
              ? process.stdout.write(`${JSON.stringify(progress)}\n`)
              : line.show({ ...progress, stage: null, epoch: null }),
          signal: gentleStop('Stopping; nothing is recorded.', line),
        },
      ).finally(line.end);
      const output: EvaluateOutput = { type: 'recorded', ...evaluated, report: evaluationReport(evaluated) };
      answer(shell, output, output.report);
    });
}
