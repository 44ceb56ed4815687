// npm run bench -- DATASET [the options of `shoulders fine-tune`]: how a recipe spends its time.
// Prints seconds and images/s of decoding, trunk, head, tail and evaluation, the total, peak memory and the cache's size.
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { check } from '../runner/commands/check.ts';
import { fineTune } from '../runner/commands/fineTune.ts';
import type { Engine, ProgramSource } from '../runner/engine/engine.ts';
import { createCpuEngine } from '../runner/engine/onnx/onnxEngine.ts';
import { createPixelSource } from '../runner/views/threads/pixels.ts';
import { architectureRow } from '../shared/contracts/architectures.ts';
import { resolveRecipe } from '../shared/recipes/recipes.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    recipe: { type: 'string', default: 'photos' },
    set: { type: 'string', multiple: true, default: [] },
    weights: { type: 'string', default: 'none' },
    threads: { type: 'string' },
    again: { type: 'boolean', default: false },
  },
});
const dataset = resolve(positionals[0] ?? 'samples/animals');
const recipe = await resolveRecipe({ recipe: values.recipe, sets: [...values.set, `weights=${values.weights}`] });
const threads = values.threads ? Number(values.threads) : availableParallelism();
const scratch = await mkdtemp(join(tmpdir(), 'shoulders-bench-'));

interface Tally {
  seconds: number;
  images: number;
}
const tallies = new Map<string, Tally>();
const rows: [string, Tally][] = [];

try {
  console.log(
    `${cpus()[0]?.model.trim() ?? 'CPU'}, ${threads} threads; recipe ${recipe.name}, ${recipe.network} at ${recipe.imageSize} px; ${dataset}`,
  );
  await measureDecoding();
  const seconds = await measureRun();
  for (const [name, tally] of [...rows, ...tallies]) print(name, tally);
  console.log(`${'whole run'.padEnd(26)} ${seconds.toFixed(1).padStart(8)} s`);
  if (values.again) {
    tallies.clear();
    console.log(
      `${'the same run again'.padEnd(26)} ${(await measureRun()).toFixed(1).padStart(8)} s   (cached features)`,
    );
  }
  console.log(`${'peak memory'.padEnd(26)} ${(process.resourceUsage().maxRSS / 2 ** 20).toFixed(2).padStart(8)} GB`);
  console.log(`${'cache'.padEnd(26)} ${((await folderBytes(join(scratch, 'cache'))) / 1e9).toFixed(2).padStart(8)} GB`);
} finally {
  await rm(scratch, { recursive: true, force: true });
}

async function measureDecoding(): Promise<void> {
  const start = performance.now();
  const { images, depth } = await check(dataset, {
    task: recipe.task,
    groups: recipe.groups,
    groupPattern: recipe.groupPattern,
    split: recipe.split,
    seed: recipe.seed,
    depth: recipe.depth,
  });
  rows.push(['check (decode and hash)', { seconds: (performance.now() - start) / 1000, images: images.length }]);
  const source = createPixelSource({
    images,
    size: recipe.imageSize,
    color: recipe.color,
    input: architectureRow(recipe.network).input,
    depth: depth.depth,
    trainViews: recipe.trainViews,
    seed: recipe.seed,
  });
  const some = images.map((_, i) => i).slice(0, 1000);
  for (const view of ['eval', 0] as const) {
    const began = performance.now();
    for (let i = 0; i < some.length; i += 32)
      await Promise.all(some.slice(i, i + 32).map((image) => source.view(image, view)));
    rows.push([
      view === 'eval' ? 'evaluation views' : 'training views',
      { seconds: (performance.now() - began) / 1000, images: some.length },
    ]);
  }
  await source.dispose();
}

async function measureRun(): Promise<number> {
  const start = performance.now();
  await fineTune(
    {
      dataset,
      recipe,
      runsFolder: join(scratch, 'runs'),
      runId: `20260101-000000-bench-${recipe.network}-${Math.floor(Math.random() * 65536)
        .toString(16)
        .padStart(4, '0')}`,
      engine: 'cpu',
      allowDownload: false,
      weightsMirror: null,
      cacheFolder: join(scratch, 'cache'),
      cacheLimitBytes: 20e9,
      useFeatureCache: true,
      parallelRuns: 1,
      attended: false,
      tensorboard: false,
      threads,
    },
    { on: () => {}, signal: new AbortController().signal, createEngine: (count) => timed(createCpuEngine(count)) },
  );
  return (performance.now() - start) / 1000;
}

/** Counts the seconds from request to reply, one run at a time, because the engine is sequential. */
function timed(engine: Engine): Engine {
  return {
    device: engine.device,
    dispose: () => engine.dispose(),
    async load(source) {
      const began = performance.now();
      const program = await engine.load(source);
      add('loading programs', (performance.now() - began) / 1000, 0);
      return {
        ...program,
        async run(feeds) {
          const start = performance.now();
          const out = await program.run(feeds);
          add(partOf(source), (performance.now() - start) / 1000, batchOf(source));
          return out;
        },
      };
    },
  };
}

/** Images in one run: the batch size, padding included. */
function batchOf({ inputs }: ProgramSource): number {
  return Object.values(inputs).find(({ shape }) => shape.length > 1)?.shape[0] ?? 1;
}

/** Phase of the recipe that a program computes. */
function partOf({ name }: ProgramSource): string {
  if (name.includes('trunk')) return 'trunk';
  if (name.includes('training step')) return name.endsWith('from head') ? 'head: training' : 'tail: training';
  return 'evaluation';
}

function add(name: string, seconds: number, images: number): void {
  const tally = tallies.get(name) ?? { seconds: 0, images: 0 };
  tallies.set(name, { seconds: tally.seconds + seconds, images: tally.images + images });
}

function print(name: string, { seconds, images }: Tally): void {
  const pace = images > 0 ? `${(images / seconds).toFixed(1).padStart(8)} images/s (${images})` : '';
  console.log(`${name.padEnd(26)} ${seconds.toFixed(1).padStart(8)} s ${pace}`);
}

async function folderBytes(folder: string): Promise<number> {
  const names = await readdir(folder, { recursive: true });
  const sizes = await Promise.all(names.map(async (name) => (await stat(join(folder, name))).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}
