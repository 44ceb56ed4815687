// npm start [-- --download] [-- options of `shoulders fine-tune`]: builds, then fine-tunes ResNet-18 on samples/animals.
// The ImageNet weights are downloaded with consent (asked on a terminal, or --download). Without them the run starts from random ones,
// which trains every layer: small images then keep it to minutes.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline/promises';
import { fileURLToPath } from 'node:url';
import envPaths from 'env-paths';
import { openOfficialFile } from '../runner/weights/officialFile.ts';
import { UserError } from '../shared/contracts/errors.ts';
import { photos } from '../shared/contracts/recipes.ts';
import { officialWeights } from '../shared/recipes/officialWeights.ts';
import { buildAll } from './build.ts';

const root = fileURLToPath(new URL('../', import.meta.url));
const weights = officialWeights(photos.network, photos.weights);
const args = process.argv.slice(2);

/** A fifth of the arithmetic of 224 px, and as much as 200 images can teach a network with random weights. */
const sideFromRandomPx = 96;

await buildAll({});
const pretrained = hasOption('--weights', '-w') || (await officialAreHere(hasOption('--download')));
// First, so that options typed after `npm start --` win.
const chosen = pretrained ? [] : ['--weights', 'none', '--set', `imageSize=${sideFromRandomPx}`];
const cli = join(root, 'dist', 'runner', 'cli.js');
const command = [cli, 'fine-tune', 'samples/animals', '--recipe', 'photos', ...chosen, ...args];
const child = spawn(process.execPath, command, { cwd: root, stdio: 'inherit' });
process.on('SIGINT', () => {}); // the run stops by itself and prints its location
process.on('SIGTERM', () => child.kill('SIGTERM'));
child.on('exit', (code) => process.exit(code ?? 1));

function hasOption(...names: readonly string[]): boolean {
  return args.some((arg) => names.includes(arg.split('=')[0]!));
}

/** Whether the run can start from ImageNet weights; prints any obstacle. */
async function officialAreHere(agreed: boolean): Promise<boolean> {
  if (await fetchWeights(false)) return true;
  const allowed = agreed || (await askToDownload());
  if (allowed && (await fetchWeights(true))) return true;
  const how = `from random weights, at ${sideFromRandomPx} px instead of ${photos.imageSize}`;
  console.log(
    allowed
      ? `Going on ${how}.`
      : `The ImageNet weights are not on this machine (npm start -- --download fetches them): starting ${how}.`,
  );
  return false;
}

/** true: the cache has the complete, verified file. */
async function fetchWeights(allowDownload: boolean): Promise<boolean> {
  try {
    const { source } = await openOfficialFile(weights, {
      cacheFolder: envPaths('shoulders', { suffix: '' }).cache,
      mirror: null,
      allowDownload,
      onProgress: showDownload,
    });
    source.close();
    return true;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    if (error.code !== 'weightsNotAllowed') console.log(`\n${error.message}`);
    return false;
  }
}

async function askToDownload(): Promise<boolean> {
  if (!process.stdin.isTTY || !process.stdout.isTTY || process.env.CI) return false;
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await terminal.question(
    `The ImageNet weights of ResNet-18 (${weights.sizeMB} MB) are not on this machine yet. Download them from download.pytorch.org? [Y/n] `,
  );
  terminal.close();
  return !/^\s*n/i.test(answer);
}

function showDownload(doneBytes: number, totalBytes: number): void {
  if (!process.stdout.isTTY) return;
  const end = doneBytes >= totalBytes ? '\n' : '';
  process.stdout.write(
    `\rDownloading ${weights.fileName}: ${(doneBytes / 1e6).toFixed(1)} of ${(totalBytes / 1e6).toFixed(1)} MB${end}`,
  );
}
