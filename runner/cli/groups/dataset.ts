// Commands on a dataset: check, thumbnails. The dataset is only read.
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { z } from 'zod';
import { UserError } from '../../../shared/contracts/errors.ts';
import { resolveRecipe } from '../../../shared/recipes/recipes.ts';
import { jsonLines, linesOf } from '../../commands/askedByLine.ts';
import { check, checkResult, describeDataset, describeLeftOut } from '../../commands/check.ts';
import { makeThumbnails, thumbnailLine } from '../../commands/thumbnails.ts';
import { plainLine, progressLine } from '../../terminal/progressBar.ts';
import { machineOption, machineValues, positiveNumber, recipeOption, setOption } from '../options.ts';
import { answer, type Shell } from '../shell.ts';

export function datasetCommands(program: Command, shell: Shell): void {
  program
    .command('check')
    .description('check a dataset: counts, unusable images, duplicates, patients in two splits')
    .argument('<dataset>', 'folder of class folders, or of train, val and test; it is only read')
    .addOption(recipeOption('recipe whose split, seed, groups and depth apply'))
    .addOption(setOption())
    .addOption(machineOption('linkFolders'))
    .option('--json', 'print one JSON object')
    .action(async (folder: string, options: { recipe: string; set?: string[] }, command: Command) => {
      const { task, groups, groupPattern, split, seed, depth } = await resolveRecipe({
        recipe: options.recipe,
        sets: options.set ?? [],
      });
      const line = process.stderr.isTTY ? progressLine(process.stderr) : plainLine(process.stderr);
      const unknown = { stage: null, epoch: null, imagesPerSecond: null, etaMs: null };
      const how = { task, groups, groupPattern, split, seed, depth, ...machineValues(command, ['linkFolders']) };
      const dataset = await check(resolve(folder), how, {
        onProgress: (done, total) => line.show({ type: 'progress', phase: 'checking', done, total, ...unknown }),
      })
        .finally(line.end)
        .catch((error: unknown) => {
          if (error instanceof UserError && !shell.json) process.stdout.write(describeLeftOut(error.findings));
          throw error;
        });
      process.stdout.write(
        shell.json ? `${JSON.stringify(checkResult(task, dataset))}\n` : describeDataset(task, dataset),
      );
    });

  program
    .command('thumbnails')
    .description('create thumbnails of images of any supported type in the cache of this machine')
    .argument('<dataset>', 'folder that contains the images; it is only read')
    .argument('[images...]', 'paths relative to it; without any, they are read from standard input, one per line')
    .addOption(machineOption('cacheFolder', 'where the thumbnails are kept'))
    .option('--thumbnail-limit <MB>', 'maximum disk space for thumbnails', positiveNumber, 500)
    .addOption(machineOption('linkFolders'))
    .option('--json', 'print one line of JSON per image; lines of standard input are JSON strings, too')
    .action(async (dataset: string, images: string[], options: { thumbnailLimit: number }, command: Command) => {
      const lines = linesOf(process.stdin);
      const { linkFolders, cacheFolder } = machineValues(command, ['linkFolders', 'cacheFolder']);
      await makeThumbnails(
        images.length > 0 ? images : shell.json ? jsonLines(lines, z.string(), 'a JSON string') : lines,
        {
          dataset: resolve(dataset),
          linkFolders,
          cacheFolder,
          limitBytes: Math.round(options.thumbnailLimit * 1e6),
        },
        (thumbnail) => answer(shell, thumbnail, thumbnailLine(thumbnail)),
      ).finally(() => process.stdin.destroy());
    });
}
