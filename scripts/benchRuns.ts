// npm run bench:runs: time until the sidebar shows a thousand runs: with the index file, without it, and of the comparison with the
// folders in the background. Each sample is its own process, like a window's; the disk cache is warm.
import { spawnSync } from 'node:child_process';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { openIndexFile } from '../src/runs/index/indexFile.ts';
import { RunIndex } from '../src/runs/index/runIndex.ts';
import { arrangedTree } from '../src/runs/tree/arrangedTree.ts';
import { plainArrangement } from '../src/runs/tree/arrangement.ts';
import { rowMaker } from '../src/runs/tree/runTree.ts';
import { english } from '../src/words/translate.ts';
import { writeManyRuns } from '../test/support/manyRuns.ts';

const Sample = z.object({
  /** Time until the first rows are ready for the editor, and their number. */
  firstMs: z.number(),
  firstCount: z.int(),
  /** CPU time until then, which depends less on the load of the machine. */
  firstCpuMs: z.number(),
  /** Time until every folder was read. */
  allMs: z.number(),
  allCount: z.int(),
});
type Sample = z.infer<typeof Sample>;

const counts = [100, 1000];
const repetitions = 9;

async function measureAll(): Promise<void> {
  console.log(`Medians of ${repetitions} processes, ms.\n`);
  console.log('| runs | first rows, with the index | processor time | first rows, without | all compared | all read |');
  console.log('|---|---|---|---|---|---|');
  for (const count of counts) {
    const scratch = await mkdtemp(join(tmpdir(), 'shoulders-runs-'));
    try {
      const folder = join(scratch, '.shoulders', 'runs');
      const index = join(scratch, 'runs.index');
      await writeManyRuns(folder, count);
      const without = samples(() => run(folder, join(scratch, 'none', `${Math.random()}`)));
      run(folder, index); // writes the index file
      const kept = join(scratch, 'kept.index');
      await cp(index, kept);
      const withIndex = samples(() => run(folder, kept));
      const cell = (of: readonly Sample[], key: keyof Sample) => median(of.map((one) => one[key])).toFixed(0);
      const first = `${cell(without, 'firstMs')} (${cell(without, 'firstCount')} of them)`;
      const cells = [
        cell(withIndex, 'firstMs'),
        cell(withIndex, 'firstCpuMs'),
        first,
        cell(withIndex, 'allMs'),
        cell(without, 'allMs'),
      ];
      console.log(`| ${count} | ${cells.join(' | ')} |`);
    } finally {
      await rm(scratch, { recursive: true, force: true });
    }
  }
}

const samples = (one: () => Sample): Sample[] => Array.from({ length: repetitions }, one);

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;

function run(folder: string, index: string): Sample {
  const child = spawnSync(process.execPath, [fileURLToPath(import.meta.url), 'sample', folder, index], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return Sample.parse(JSON.parse(child.stdout));
}

/** Work of activation and view, without the editor. */
async function sample(folder: string, file: string): Promise<Sample> {
  const fail = (error: unknown): never => {
    throw error;
  };
  const indexFile = openIndexFile(file, '0', fail, 0);
  const rowOf = rowMaker();
  const startMs = performance.now();
  const cpu = process.cpuUsage();
  const index = new RunIndex({ runsFolders: () => [folder], logOf: (id) => id, indexFile, onError: fail });
  const context = { now: new Date(), language: 'en', t: english };
  const rows = () => arrangedTree(index.runs, plainArrangement, context, rowOf).rows.length;
  const scanned = index.rescan();
  await index.ready;
  const firstCount = rows();
  const firstMs = performance.now() - startMs;
  const { user, system } = process.cpuUsage(cpu);
  await scanned;
  const allCount = rows();
  const allMs = performance.now() - startMs;
  await new Promise((settle) => setTimeout(settle, 300)); // time to write the index file
  index.dispose();
  indexFile.dispose();
  return { firstMs, firstCount, firstCpuMs: (user + system) / 1000, allMs, allCount };
}

const [mode, runsFolder, file] = process.argv.slice(2);
if (mode === 'sample') console.log(JSON.stringify(await sample(runsFolder!, file!)));
else await measureAll();
