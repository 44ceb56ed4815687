// npm start [-- FOLDER] [-- options of `shoulders fine-tune`]: builds, fine-tunes ResNet-18 on FOLDER or the sample, and says what to
// do next. It starts from the ImageNet weights if they are on this machine or --download is given, else from the starter weights that
// ship with the program, and without those from random weights.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import envPaths from 'env-paths';
import { openOfficialFile } from '../runner/weights/officialFile.ts';
import { UserError } from '../shared/contracts/errors.ts';
import { photos } from '../shared/contracts/recipes.ts';
import { firstRecipe, firstRuns, firstWeights } from '../shared/recipes/firstRun.ts';
import { officialBaseUrl, officialWeights } from '../shared/recipes/officialWeights.ts';
import { buildAll } from './build.ts';
import { playground } from './playground.ts';

const root = fileURLToPath(new URL('../', import.meta.url));
const official = officialWeights(photos.network, photos.weights);
const args = process.argv.slice(2);
const folder = args[0] === undefined || args[0].startsWith('-') ? undefined : args[0];
const options = folder === undefined ? args : args.slice(1);
// npm runs this in the checkout, wherever it was called.
const calledIn = process.env.INIT_CWD ?? process.cwd();

await buildAll({});
/** Weights, recipe or job were typed: nothing replaces them. */
const isChosen = has('--weights', '-w', '--recipe', '-r', '--job');
const weights = isChosen ? 'pretrained' : firstWeights(await haveOfficial(has('--download')));
const samples = await playground();
/** The folder to open in the editor, which looks for runs in its .shoulders/runs. */
const workspace = folder === undefined ? samples : calledIn;
const child = spawn(process.execPath, [join(root, 'dist', 'runner', 'cli.js'), ...fineTune()], { stdio: 'inherit' });
process.on('SIGINT', () => {}); // the run stops by itself and prints its location
process.on('SIGTERM', () => child.kill('SIGTERM'));
const [code] = (await once(child, 'exit')) as [number | null];
if (code === 0 && !has('--json', '--quiet', '-q', '--help', '-h')) console.log(whatNext());
process.exitCode = code ?? 1;

function has(...names: readonly string[]): boolean {
  return options.some((option) => names.includes(option.split('=')[0]!));
}

/** Options that were typed come last and win. */
function fineTune(): string[] {
  const dataset = folder === undefined ? join(samples, 'animals') : resolve(calledIn, folder);
  const first = firstRuns[weights];
  const sets = folder === undefined || weights === 'random' ? first.sets.flatMap((setting) => ['--set', setting]) : [];
  const from = first.weights === null ? [] : ['--weights', first.weights];
  const runs = join(workspace, '.shoulders', 'runs');
  return ['fine-tune', dataset, '--recipe', firstRecipe, '--runs', runs, '--no-next', ...from, ...sets, ...options];
}

/** Whether the cache has the complete, verified ImageNet weights; prints why a download failed. */
async function haveOfficial(allowDownload: boolean): Promise<boolean> {
  try {
    const { source } = await openOfficialFile(official, {
      cacheFolder: envPaths('shoulders', { suffix: '' }).cache,
      mirror: null,
      allowDownload,
      onProgress: showDownload,
    });
    source.close();
    return true;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    if (error.code !== 'weightsNotAllowed') console.log(`${error.message}\n`);
    return false;
  }
}

function showDownload(doneBytes: number, totalBytes: number): void {
  if (!process.stdout.isTTY) return;
  const end = doneBytes >= totalBytes ? '\n' : '';
  process.stdout.write(
    `\rDownloading ${official.fileName}: ${(doneBytes / 1e6).toFixed(1)} of ${(totalBytes / 1e6).toFixed(1)} MB${end}`,
  );
}

function whatNext(): string {
  const opened = folder === undefined ? '' : ` -- "${workspace}"`;
  const download = `(ImageNet: ${official.sizeMB} MB from ${new URL(officialBaseUrl).host})`;
  return [
    '',
    'What next?',
    `  See this run in VS Code   npm run editor${opened}`,
    '  Your own images           npm start -- FOLDER       (one folder of images per class)',
    ...(weights === 'pretrained' ? [] : [`  Better weights            npm start -- --download   ${download}`]),
  ].join('\n');
}
