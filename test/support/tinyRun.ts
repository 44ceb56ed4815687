// A whole run in seconds: coloured noise in two classes, ResNet-18 at 64 px, random weights read from a file as if pretrained.
import { rmSync } from 'node:fs';
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import sharp from 'sharp';
import type { FineTuneIo } from '../../runner/commands/carryOut.ts';
import { fineTune } from '../../runner/commands/fineTune.ts';
import type { Engine } from '../../runner/engine/engine.ts';
import { initialParameters } from '../../runner/network/initialize.ts';
import { encodeModel } from '../../runner/weights/encodeModel.ts';
import type { RunEvent } from '../../shared/contracts/events.ts';
import type { FineTuneJob, MachineOptions } from '../../shared/contracts/job.ts';
import { runIdOf } from '../../shared/contracts/run.ts';
import type { RunState } from '../../shared/contracts/runState.ts';
import { stream, uniform } from '../../shared/random.ts';
import { resolveRecipe } from '../../shared/recipes/recipes.ts';

export interface TinyRun {
  readonly events: readonly RunEvent[];
  readonly folder: string;
  readonly state: RunState;
}

export interface TinyOptions {
  readonly sets?: readonly string[];
  readonly counts?: Readonly<Record<'train' | 'val' | 'test', number>>;
  readonly job?: Partial<FineTuneJob>;
  readonly createEngine?: (threads: number) => Engine;
  readonly signal?: AbortSignal;
  readonly onEvent?: (event: RunEvent, folder: string) => unknown;
  readonly polling?: FineTuneIo['polling'];
  readonly fs?: FineTuneIo['fs'];
}

/** Noise whose mean colour separates the classes, with overlap; `count` images per class and split. */
export async function tinyDataset(
  root: string,
  counts = { train: 10, val: 5, test: 5 },
  classes = ['blue', 'red'],
): Promise<string> {
  for (const [split, count] of Object.entries(counts))
    for (const [label, className] of classes.entries()) {
      const folder = join(root, split, className);
      await mkdir(folder, { recursive: true });
      for (let i = 0; i < count; i++) {
        const random = stream(1, split, className, i);
        const shift = uniform(random, -45, 45);
        const data = Buffer.from(
          Array.from(
            { length: 80 * 72 * 3 },
            (_, at) => 110 + shift + (at % 3 === (label === 0 ? 2 : 0) ? 45 : 0) + uniform(random, -40, 40),
          ),
        );
        await writeFile(
          join(folder, `${className}-${i}.png`),
          await sharp(data, { raw: { width: 80, height: 72, channels: 3 } })
            .png()
            .toBuffer(),
        );
      }
    }
  return root;
}

/** Everything that a run needs in one new folder, removed with the test's process, because runs fill gigabytes. */
export async function tinySetup(
  counts?: TinyOptions['counts'],
): Promise<{ root: string; dataset: string; weights: string }> {
  const root = await mkdtemp(join(tmpdir(), 'tiny-run-'));
  process.once('exit', () => rmSync(root, { recursive: true, force: true }));
  const dataset = await tinyDataset(join(root, 'data'), counts);
  const weights = join(root, 'resnet18.safetensors');
  await writeFile(weights, encodeModel('resnet18', initialParameters('resnet18', 1000, 5), 1000, {}));
  return { root, dataset, weights };
}

export const tinySets = (weights: string): string[] => [
  'imageSize=64',
  'batchSize={"train":8,"eval":8}',
  'trainViews.count=2',
  'stages.0.epochs=2',
  'stages.1.epochs=2',
  `weights=${JSON.stringify(weights)}`,
];

/** Carries out a tiny run on a machine, in the folder of its setup. */
export const tinyMachine = ({ root }: { readonly root: string }): MachineOptions => ({
  engine: 'cpu',
  allowDownload: false,
  weightsMirror: null,
  cacheFolder: join(root, 'cache'),
  cacheLimitBytes: 1e9,
  useFeatureCache: true,
  parallelRuns: 1,
  attended: false,
  tensorboard: false,
  threads: 2,
});

let next = 0;

export async function tinyRun(
  setup: { root: string; dataset: string; weights: string },
  options: TinyOptions = {},
): Promise<TinyRun> {
  const recipe = await resolveRecipe({ recipe: 'photos', sets: [...tinySets(setup.weights), ...(options.sets ?? [])] });
  const events: RunEvent[] = [];
  const runId = runIdOf('tiny', recipe.network, new Date(), next++);
  const job: FineTuneJob = {
    dataset: setup.dataset,
    recipe,
    runsFolder: join(setup.root, 'runs'),
    runId,
    ...tinyMachine(setup),
    ...options.job,
  };
  const on = (event: RunEvent) => {
    events.push(event);
    options.onEvent?.(event, join(job.runsFolder, runId));
  };
  const signal = options.signal ?? new AbortController().signal;
  const { runFolder, state } = await fineTune(job, {
    on,
    signal,
    ...(options.createEngine && { createEngine: options.createEngine }),
    ...(options.polling && { polling: options.polling }),
    ...(options.fs && { fs: options.fs }),
  });
  return { events, folder: runFolder, state };
}

/** Repeatable results: the figures of every epoch and of the test, without times, and without hashes of files that contain the run's name. */
export const figuresOf = ({ state }: TinyRun) => ({
  epochs: state.epochs.map(({ epoch, metrics, learningRates, best }) => ({ epoch, metrics, learningRates, best })),
  evaluation: state.evaluation && { ...state.evaluation, files: undefined },
});
