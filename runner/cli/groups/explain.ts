// shoulders explain: class activation maps of images, or of questions that arrive line by line.
import { join, resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { UserError } from '../../../shared/contracts/errors.ts';
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
} from '../../../shared/contracts/explanation.ts';
import { type HeatColors, heatColors } from '../../../shared/contracts/heatMap.ts';
import type { NamedEngine } from '../../../shared/contracts/job.ts';
import { files } from '../../../shared/contracts/run.ts';
import { jsonLines, linesOf } from '../../commands/askedByLine.ts';
import { explain } from '../../commands/explain.ts';
import { explainByLine } from '../../commands/explainByLine.ts';
import { requireEngine } from '../../devices/candidates.ts';
import { isAbort } from '../../run/control.ts';
import { closingText, explainChoices, explanationText } from '../../terminal/explanationReport.ts';
import { printable } from '../../words/text.ts';
import { badInput, interrupted } from '../exit.ts';
import { evaluatingEngine, machineOption } from '../options.ts';
import { gentleStop, type Shell } from '../shell.ts';

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

export function explainCommand(program: Command, { json }: Shell): void {
  program
    .command('explain')
    .description('show where the network looks in an image: class activation maps of the kept weights of a run')
    .argument('<run>', 'run folder')
    .argument(
      '[image...]',
      'image files; with --json and without any, questions are read from standard input, one per line',
    )
    .option('-c, --class <name>', 'class to explain: predicted, true (the folder of the image), or a name', 'predicted')
    .addOption(new Option('--of <score>', 'what the map explains').choices(explanationScores).default('probability'))
    .addOption(
      new Option('--layer <layer>', 'layer at which the map is computed').choices(explanationLayers).default('layer4'),
    )
    .addOption(
      new Option('--method <method>', 'how the map is computed').choices(explanationMethods).default('grad-cam'),
    )
    .option('--check', 'check each map: remove what it marks, and compare with random weights (seconds per image)')
    .addOption(new Option('--colors <colors>', 'colours of the overlays').choices(heatColors).default('jet'))
    .option(
      '-o, --out <folder>',
      'where overlays are written (default: explanations in the run folder; none with --json)',
    )
    .addOption(evaluatingEngine())
    .addOption(machineOption('threads'))
    .option('--json', 'print one JSON object per image')
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
      const signal = gentleStop('Stopping after this image; finished results are kept.');
      const explained = await explain(job, { on: print, signal }).catch((error: unknown) => {
        if (isAbort(error)) return undefined;
        throw error;
      });
      close();
      if (explained === undefined) process.exitCode = interrupted;
      else if (explained < images.length) process.exitCode = badInput;
    });
}

interface LinePrinter {
  print(line: ExplanationLine): void;
  /** Prints the closing lines. */
  close(): void;
}

const jsonPrinting = (): LinePrinter => ({
  print: (line) => process.stdout.write(`${JSON.stringify(line)}\n`),
  close() {},
});

/** Explanations go to standard output, problems and progress to standard error. */
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
