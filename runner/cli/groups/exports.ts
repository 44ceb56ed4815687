// Commands that write a run for other programs and people: export, report.
import { type Command, Option } from 'commander';
import { exportFormats } from '../../../shared/contracts/exports.ts';
import { type ExportRequest, exportRun } from '../../commands/exportRun.ts';
import { type ReportFormat, reportFormats, writeReport } from '../../commands/report.ts';
import { describeExport } from '../../exports/describe.ts';
import { printable } from '../../words/text.ts';
import { answer, gentleStop, type Shell } from '../shell.ts';

export function exportCommand(program: Command, shell: Shell): void {
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
      'onnx: the file accepts images of any size, as bytes, and resizes, crops and normalises them itself; scale 16-bit values to bytes first',
    )
    .option('--fp16', 'onnx: store the weights as float16, half the size')
    .option('--force', 'replace existing files')
    .option('--json', 'print one JSON object')
    .addHelpText(
      'after',
      `
Every model file is checked against the run on images of its validation and test splits before it is written, with
FILE.py (a program that uses it; for onnx also FILE.ts), FILE.json (classes, preprocessing, threshold, the check) and
FILE.MODEL_CARD.md beside it.

Examples:
  $ shoulders export RUN --out pets.onnx
  $ shoulders export RUN --out pets.onnx --with-preprocessing --fp16
  $ shoulders export RUN --format pth --out pets.pth`,
    )
    .action(async (runFolder: string, options: Omit<ExportRequest, 'runFolder'>) => {
      const written = await exportRun({ runFolder, ...options }, gentleStop('Stopping; nothing is written.'));
      answer(shell, written, describeExport(written));
    });
}

export function reportCommand(program: Command, shell: Shell): void {
  program
    .command('report')
    .description('write a report of a run, finished or not, as one page')
    .argument('<run>', 'run folder')
    .addOption(
      new Option('-f, --format <format>', 'html (one file, works offline), md').choices(reportFormats).default('html'),
    )
    .option('-o, --out <file>', 'file to write (default: report.html or report.md in the run folder)')
    .option('--json', 'print one JSON object')
    .action(async (run: string, { format, out }: { format: ReportFormat; out?: string }) => {
      const file = await writeReport(run, format, out);
      answer(shell, { file }, `${printable(file)}\n`);
    });
}
