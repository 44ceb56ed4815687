// Commands on existing runs: relocate, stop, pause, continue, runs.
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { relocate } from '../../commands/relocate.ts';
import { type RunRequest, requestOf } from '../../run/requests.ts';
import { type ListedRun, listRuns } from '../../store/listRuns.ts';
import { runsTable } from '../../terminal/runReport.ts';
import { plural, printable } from '../../words/text.ts';
import { answer, gentleStop, type Shell } from '../shell.ts';

const requests: readonly [RunRequest, string][] = [
  ['stop', 'end a run after its current batch; its best weights are kept, and it can be resumed'],
  ['pause', 'pause a run before its next batch'],
  ['continue', 'continue a paused run'],
];

export function runCommands(program: Command, shell: Shell): void {
  program
    .command('relocate')
    .description('record where the dataset of an ended run is now, so that its images are found again')
    .argument('<run>', 'run folder')
    .requiredOption('-d, --data <folder>', 'where the dataset is now; it must contain the same images')
    .option('--json', 'print one JSON object')
    .action(async (run: string, { data }: { data: string }) => {
      const signal = gentleStop('Stopping; nothing is recorded.');
      const relocated = await relocate(resolve(run), resolve(data), signal);
      const { dataset, imageCount } = relocated;
      const images = plural(imageCount, 'image of the run is', 'images of the run are');
      answer(shell, relocated, `Recorded: the ${images} in ${printable(dataset)}.\n`);
    });

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
    .argument('[folder]', 'folder that contains the runs', '.shoulders/runs')
    .option('--json', 'print one JSON object per run')
    .action(async (folder: string) => {
      const runs = await listRuns(resolve(folder));
      process.stdout.write(shell.json ? runs.map(jsonOf).join('') : runsTable(runs));
    });
}

function jsonOf(run: ListedRun): string {
  const { folder, labels, state, health, problem } = run;
  const elsewhere = run.problem === null ? run.elsewhere : null;
  return `${JSON.stringify({ folder, problem, labels, health, state, elsewhere })}\n`;
}
