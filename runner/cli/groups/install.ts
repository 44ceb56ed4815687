// Engines that a user adds to this machine: install, uninstall.
import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { InstallOutput } from '../../../shared/contracts/install.ts';
import { install } from '../../install/command.ts';
import { removeEngine } from '../../install/install.ts';
import { installableHere } from '../../install/installables.ts';
import { interrupted } from '../exit.ts';
import { answer, gentleStop, type Shell } from '../shell.ts';

interface InstallOptions {
  yes?: true;
  from?: string;
  mirror?: string;
  addresses?: true;
}

export function installCommands(program: Command, shell: Shell): void {
  program
    .command('install')
    .description('add an engine to this machine: its libraries are downloaded after you agree')
    .argument('[engine]', 'omit it to list what can be installed here')
    .option('--yes', 'agree to the download and to the licences without being asked')
    .option('--from <folder>', 'take the files from this folder instead; they must be the published ones')
    .option('--mirror <url>', 'download from here instead')
    .option('--addresses', 'print the addresses of its files, one per line, and do nothing else')
    .option('--json', 'print one JSON object per line')
    .addHelpText(
      'after',
      `
Examples:
  $ shoulders install
  $ shoulders install cuda
  $ shoulders install tensorflow --from /media/stick/tensorflow
  $ shoulders fine-tune pets --engine cuda

The next installation reuses what an interrupted one has downloaded.`,
    )
    .action(async (engine: string | undefined, options: InstallOptions) => {
      const { yes = false, from, mirror = null, addresses = false } = options;
      const signal = gentleStop('Stopping; what has been downloaded is kept for next time.');
      const request = { engine, agreed: yes, from: from === undefined ? null : resolve(from), mirror, addresses };
      if (!(await install(request, { json: shell.json, signal }))) process.exitCode = interrupted;
    });

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
      answer(shell, output, `The engine ${name} has been removed.\n`);
    });
}
