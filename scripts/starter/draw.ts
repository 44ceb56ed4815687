// node scripts/starter/draw.ts OUT [--size 112] [--per-class 40] [--val 2] [--seed 1] [--classes N]
// --classes N draws only the first N classes, each picture as in the whole set.
// Draws the set that the starter weights are trained on, from icon sets of the npm registry: OUT/train/CLASS, OUT/val/CLASS.
// The first time, npm installs the sets into .cache/starter-sources.

import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import type { DrawJob } from './drawWorker.ts';
import { namesIn, packageFolder, readIconSets } from './iconSets.ts';
import { classesOf } from './meaning.ts';
import { sources } from './sources.ts';

const folder = fileURLToPath(new URL('../../.cache/starter-sources', import.meta.url));

/** @throws Error when npm cannot install them */
async function installSources(): Promise<void> {
  const missing = [];
  for (const { name, version } of sources) {
    const manifest = join(packageFolder(folder, name), 'package.json');
    const installed = existsSync(manifest) ? JSON.parse(await readFile(manifest, 'utf8')).version : undefined;
    if (installed !== version) missing.push(`@iconify-json/${name}@${version}`);
  }
  if (missing.length === 0) return;
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'package.json'), '{"private":true}');
  const all = sources.map(({ name, version }) => `@iconify-json/${name}@${version}`);
  const { status } = spawnSync('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', ...all], {
    cwd: folder,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  if (status !== 0)
    throw new Error(
      `npm did not install ${missing.length} of the icon sets, such as ${missing[0]}: connect to the registry that npm is set to, or copy a folder .cache/starter-sources from a machine that has them.`,
    );
}

/** Gives the classes to threads, each as soon as it is free. Resolves to the number of images. */
async function drawAll(job: DrawJob, classCount: number): Promise<number> {
  let next = 0;
  const drawn = Array.from({ length: Math.min(availableParallelism(), classCount) }, async () => {
    const worker = new Worker(new URL('./drawWorker.ts', import.meta.url), { workerData: job });
    let images = 0;
    while (next < classCount) {
      if (next % 100 === 0) console.log(`${next} of ${classCount} classes`);
      // Registered before the message, and rejects when the thread fails.
      const answer = once(worker, 'message');
      worker.postMessage(next++);
      const [count] = await answer;
      images += count;
    }
    await worker.terminate();
    return images;
  });
  return (await Promise.all(drawn)).reduce((sum, images) => sum + images, 0);
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      size: { type: 'string', default: '112' },
      'per-class': { type: 'string', default: '40' },
      val: { type: 'string', default: '2' },
      seed: { type: 'string', default: '1' },
      classes: { type: 'string' },
    },
  });
  const [out] = positionals;
  if (out === undefined) throw new Error('Usage: node scripts/starter/draw.ts OUT [options, see the script]');
  const whole = (name: keyof typeof values, least: number): number => {
    const value = Number(values[name]);
    if (!Number.isSafeInteger(value) || value < least)
      throw new Error(`--${name} is ${values[name]}: give a whole number of ${least} or more.`);
    return value;
  };
  if (existsSync(join(out, 'train')))
    throw new Error(`${out} already contains a set: give another folder, or delete it.`);
  await installSources();
  const classes = classesOf(await namesIn(folder, await readIconSets(folder)));
  const drawn = values.classes === undefined ? classes : classes.slice(0, whole('classes', 2));
  const startMs = performance.now();
  const job: DrawJob = {
    sources: folder,
    out: resolve(out),
    classes,
    sidePx: whole('size', 32),
    counts: { train: whole('per-class', 1), val: whole('val', 1) },
    seed: whole('seed', 0),
  };
  const images = await drawAll(job, drawn.length);
  const drawings = drawn.reduce((sum, of) => sum + of.drawings.length, 0);
  const seconds = ((performance.now() - startMs) / 1000).toFixed(0);
  console.log(`${images} images of ${drawn.length} classes, from ${drawings} drawings, in ${seconds} s.`);
}

await main();
