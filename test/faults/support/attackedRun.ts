// The run that the fault suite attacks: 2 classes of 8 images at 32 px, one epoch in each stage, started by the command line so that
// a kill hits a whole program. `resultOf()` is the one value that recovery must reproduce.
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { accessSync, constants, rmSync } from 'node:fs';
import { mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { resume } from '../../../runner/commands/resume.ts';
import { initialParameters } from '../../../runner/network/initialize.ts';
import { encodeModel } from '../../../runner/weights/encodeModel.ts';
import type { MachineOptions } from '../../../shared/contracts/job.ts';
import { readRun } from '../../../shared/runFolder/readRun.ts';
import { tinyDataset, tinyMachine, tinySets } from '../../support/tinyRun.ts';
import { type Call, orderVariable, type SeamOrder } from './seam.ts';

export interface Attacked {
  readonly root: string;
  readonly dataset: string;
  readonly weights: string;
}

export const runId = '20261123-101500-data-resnet18-00ff';
const seam = fileURLToPath(new URL('./seam.ts', import.meta.url));
const cli = fileURLToPath(new URL('../../../runner/cli/commands.ts', import.meta.url));

/** In memory if the system has such a disk: a kill has the same effect there, and hundreds of checkpoints cause no wear. */
export async function attackedSetup(): Promise<Attacked> {
  const root = await mkdtemp(join(inMemory() ?? tmpdir(), 'faults-'));
  process.once('exit', () => rmSync(root, { recursive: true, force: true }));
  const dataset = await tinyDataset(join(root, 'data'), { train: 4, val: 2, test: 2 });
  const weights = join(root, 'resnet18.safetensors');
  await writeFile(weights, encodeModel('resnet18', initialParameters('resnet18', 1000, 5), 1000, {}));
  return { root, dataset, weights };
}

function inMemory(): string | undefined {
  try {
    accessSync('/dev/shm', constants.W_OK);
    return '/dev/shm';
  } catch {
    return undefined;
  }
}

export const setsOf = ({ weights }: Attacked): string[] => [
  ...tinySets(weights),
  'imageSize=32',
  'stages.0.epochs=1',
  'stages.1.epochs=1',
];

/** Its own `cacheFolder`, because the queue and the cache are attacked, too. */
export const machineOf = ({ root }: Attacked, cacheFolder = join(root, 'cache')): MachineOptions => ({
  ...tinyMachine({ root }),
  cacheFolder,
});

/** Names of folders in the setup's root. */
export interface Where {
  readonly runs: string;
  readonly cache: string;
}

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly output: string;
}

/** Starts the run from the command line with the seam loaded. `before`: a program with its options that starts it. */
export function startAttacked(
  setup: Attacked,
  where: Where,
  order: Partial<SeamOrder> = {},
  { before = [], sets: more = [] }: { readonly before?: readonly string[]; readonly sets?: readonly string[] } = {},
): { readonly child: ChildProcess; readonly ended: Promise<Ended> } {
  const [runs, cache] = [join(setup.root, where.runs), join(setup.root, where.cache)];
  const args = ['--import', seam, cli, 'fine-tune', setup.dataset, '--runs', runs, '--run-id', runId];
  const options = ['--engine', 'cpu', '--threads', '2', '--cache-folder', cache, '--quiet'];
  const sets = [...setsOf(setup), ...more].flatMap((set) => ['--set', set]);
  const [command, ...rest] = [...before, process.execPath, ...args, ...options, ...sets];
  const child = spawn(command!, rest, {
    env: { ...process.env, [orderVariable]: JSON.stringify(orderOf(setup, where, order)) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said: string[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => said.push(text));
  return {
    child,
    ended: once(child, 'close').then(([code, signal]) => ({ code, signal, output: said.join('') })),
  };
}

export const orderOf = ({ root }: Attacked, { runs, cache }: Where, order: Partial<SeamOrder>): SeamOrder => ({
  root,
  runId,
  within: [runs, cache],
  ...order,
});

/** Resumes the run in this process, to its end. */
export async function resumed(setup: Attacked, folder: string, cacheFolder?: string): Promise<void> {
  await resume(folder, machineOf(setup, cacheFolder), { on: () => {}, signal: new AbortController().signal });
}

/** Common result of an unbroken and a recovered run, bit for bit: figures without times, and the bytes of their files. */
export async function resultOf(folder: string) {
  const { state, health } = await readRun(folder);
  const { skipped, gaps, unknown, tornTail } = health;
  assert.deepEqual({ skipped, gaps, unknown, tornTail }, { skipped: 0, gaps: 0, unknown: 0, tornTail: false });
  const names = ['model.safetensors', 'model.onnx', 'evaluation.json', 'images.csv'];
  const predictions = (await readdir(join(folder, 'predictions'), { recursive: true })).filter((name) =>
    name.endsWith('.csv'),
  );
  const digests: Record<string, string> = {};
  for (const name of [...names, ...predictions.sort().map((each) => join('predictions', each))])
    digests[name] = createHash('sha256')
      .update(await readFile(join(folder, name)))
      .digest('hex');
  return {
    status: state.status,
    epochs: state.epochs.map(({ epoch, stage, metrics, learningRates, best }) => ({
      ...{ epoch, stage, metrics, learningRates, best },
    })),
    stages: state.stages.map(({ keptEpoch, endReason }) => ({ keptEpoch, endReason })),
    evaluation: state.evaluation,
    digests,
  };
}

/** Names that only a running process or a kill leaves: temporary files, locks, tickets, slots in use. */
export async function leftIn(...folders: readonly string[]): Promise<string[]> {
  const left: string[] = [];
  for (const folder of folders) {
    const inside = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
    for (const entry of inside) {
      const path = join(entry.parentPath, entry.name).slice(folder.length + 1);
      const waits = /(^|\/)(tickets|slots)\/./.test(path);
      if (entry.name.endsWith('.tmp') || /(^|\/)lock(\/|$)/.test(path) || waits) left.push(path);
    }
  }
  return left;
}

export async function journalOf(file: string): Promise<Call[]> {
  const lines = (await readFile(file, 'utf8')).trimEnd().split('\n');
  return lines.map((line) => JSON.parse(line) as Call);
}
