// The command line as a tree of commander's commands. Absent: the process (commands.ts). Called by commands.ts and the test of the help.
import { Command } from 'commander';
import { versions } from '../versions.ts';
import { datasetCommands } from './groups/dataset.ts';
import { evaluateCommand } from './groups/evaluate.ts';
import { explainCommand } from './groups/explain.ts';
import { exportCommand, reportCommand } from './groups/exports.ts';
import { installCommands } from './groups/install.ts';
import { runCommands } from './groups/runs.ts';
import { trainingCommands } from './groups/training.ts';
import type { Shell } from './shell.ts';

export function createProgram(shell: Shell): Command {
  const { json } = shell;
  const program = new Command('shoulders')
    .description('Fine-tunes a ResNet on a folder of images and shows honestly what it learned.')
    .version(versions.shoulders ?? '', '-v, --version')
    .configureOutput({ outputError: (text, write) => (json ? undefined : write(text)) })
    .showHelpAfterError(json ? false : '(use --help for usage)')
    .addHelpText(
      'after',
      `
Examples:
  $ shoulders check pets                     what is in the folder, and what is wrong with it
  $ shoulders fine-tune pets --download      train with the recipe for photos
  $ shoulders runs                           what came out, newest first`,
    )
    .exitOverride();
  // Order of the help.
  datasetCommands(program, shell);
  trainingCommands(program, shell);
  runCommands(program, shell);
  evaluateCommand(program, shell);
  exportCommand(program, shell);
  explainCommand(program, shell);
  reportCommand(program, shell);
  installCommands(program, shell);
  return program;
}
