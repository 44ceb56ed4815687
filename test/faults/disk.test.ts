// Every file-system call of a run fails once, with a full disk, an I/O error or a refusal: old files stay or new ones are complete, the
// log stays valid, and the user reads a sentence. First the store alone, driven by the requests of a real run, then whole runs, which
// also use claims, the queue, the feature cache and the samples.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { carryOut } from '../../runner/commands/carryOut.ts';
import { fineTune } from '../../runner/commands/fineTune.ts';
import { listRuns } from '../../runner/store/listRuns.ts';
import { createRun, type RunFolder } from '../../runner/store/store.ts';
import { problemText } from '../../runner/terminal/runReport.ts';
import { UserError } from '../../shared/contracts/errors.ts';
import type { FineTuneJob } from '../../shared/contracts/job.ts';
import { files } from '../../shared/contracts/run.ts';
import { resolveRecipe } from '../../shared/recipes/recipes.ts';
import { readRun } from '../../shared/runFolder/readRun.ts';
import { faultyFileSystem } from '../support/faultyFileSystem.ts';
import { selected } from './support/amount.ts';
import {
  type Attacked,
  attackedSetup,
  journalOf,
  leftIn,
  machineOf,
  orderOf,
  resultOf,
  resumed,
  runId,
  setsOf,
} from './support/attackedRun.ts';
import { type Call, type Place, putSeam } from './support/seam.ts';

const codes = ['ENOSPC', 'EIO', 'EACCES'] as const;

let setup: Attacked;
let unbroken: Awaited<ReturnType<typeof resultOf>>;
/** Requests of the run to its folder, in order. */
const asked: { readonly method: keyof RunFolder; readonly args: readonly unknown[] }[] = [];
/** The first call of each kind in the whole run. */
let places: readonly Call[];

before(async () => {
  setup = await attackedSetup();
  const job = await jobIn('runs', 'cache');
  const journal = join(setup.root, 'journal.jsonl');
  const takeOut = putSeam(orderOf(setup, { runs: 'runs', cache: 'cache' }, { journal }));
  const signal = new AbortController().signal;
  const run = await createRun({
    runsFolder: job.runsFolder,
    runId,
    versions: {},
    dataset: job.dataset,
    recipe: job.recipe,
  });
  try {
    await carryOut(job, listened(run), undefined, { on: () => {}, signal });
  } finally {
    takeOut();
  }
  unbroken = await resultOf(run.folder);
  places = (await journalOf(journal)).filter(({ nth }) => nth === 1);
});

async function jobIn(runs: string, cache: string): Promise<FineTuneJob> {
  const recipe = await resolveRecipe({ recipe: 'photos', sets: setsOf(setup) });
  const [runsFolder, cacheFolder] = [join(setup.root, runs), join(setup.root, cache)];
  return { dataset: setup.dataset, recipe, runsFolder, runId, ...machineOf(setup, cacheFolder) };
}

/** Requests made by timers, or with functions of the run's own. */
const unrepeatable = /Requested$|^attended|^wait|^until/;

function listened(run: RunFolder): RunFolder {
  return new Proxy(run, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== 'function') return value;
      return (...args: unknown[]) => {
        if (!unrepeatable.test(String(name))) asked.push({ method: name as keyof RunFolder, args: args.map(short) });
        return value.apply(target, args);
      };
    },
  });
}

/** The store treats weights as plain bytes. */
const short = (arg: unknown): unknown =>
  arg instanceof Uint8Array ? Buffer.concat([arg.subarray(0, 500), createHash('sha256').update(arg).digest()]) : arg;

const now = () => new Date('2026-11-23T10:15:00Z');

/** Repeats the requests in a new folder on another disk. @returns the folder, and the refused requests */
async function askedAgain(
  runsFolder: string,
  fs: ReturnType<typeof faultyFileSystem>,
  each: (folder: string) => Promise<void> = async () => {},
): Promise<{ readonly run: RunFolder | undefined; readonly refused: readonly unknown[] }> {
  const refused: unknown[] = [];
  let run: RunFolder | undefined;
  try {
    run = await createRun({ runsFolder, runId, versions: {}, dataset: setup.dataset }, { fs, now });
  } catch (error) {
    return { run, refused: [error] };
  }
  for (const { method, args } of asked) {
    try {
      await (run[method] as (...args: readonly unknown[]) => unknown)(...args);
    } catch (error) {
      refused.push(error);
    }
    await each(run.folder);
  }
  await run.close().catch(() => {});
  return { run, refused };
}

async function contentsOf(folder: string): Promise<Map<string, string>> {
  const contents = new Map<string, string>();
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = join(entry.parentPath, entry.name);
    contents.set(
      file.slice(folder.length + 1),
      createHash('sha256')
        .update(await readFile(file))
        .digest('hex'),
    );
  }
  return contents;
}

/** The sentence gives advice. */
function assertSentence(error: unknown): void {
  assert.ok(error instanceof UserError, `a plain error came through: ${error instanceof Error ? error.stack : error}`);
  assert.match(problemText(error), /^[A-Z].+[.)]$/s);
}

test('When any one call of the store fails once, files are old or new, the log is valid and the error is a sentence', async (t) => {
  // A growing file may be empty, like a missing one.
  const known = new Map<string, Set<string>>([[files.testLooks, new Set([createHash('sha256').digest('hex')])]]);
  const probe = faultyFileSystem(undefined);
  let number = 0;
  const { refused } = await askedAgain(join(setup.root, 'replayed'), probe, async (folder) => {
    for (const [name, digest] of await contentsOf(folder)) known.set(name, (known.get(name) ?? new Set()).add(digest));
  });
  assert.deepEqual(refused, []);
  assert.ok(probe.count > 200, `${probe.count} calls`);
  const cases = codes.flatMap((code) => Array.from({ length: probe.count }, (_, i) => ({ code, at: i + 1 })));
  for (const { code, at } of selected(t, cases, 100)) {
    const runsFolder = join(setup.root, `replayed-${++number}`);
    const fs = faultyFileSystem({ code, at, partialBytes: 20 });
    const lived = await askedAgain(runsFolder, fs);
    try {
      await checkWhole(runsFolder, lived, known);
    } catch (error) {
      throw new Error(`${code} at call ${at} (${fs.failed}): ${(error as Error).message}`, { cause: error });
    }
    await rm(runsFolder, { recursive: true, force: true });
  }
});

async function checkWhole(
  runsFolder: string,
  { run, refused }: Awaited<ReturnType<typeof askedAgain>>,
  known: ReadonlyMap<string, ReadonlySet<string>>,
): Promise<void> {
  for (const error of refused) assertSentence(error);
  assert.deepEqual(await leftIn(runsFolder), []);
  const listed = await listRuns(runsFolder);
  assert.ok(listed.every(({ problem }) => problem === null));
  if (!run) return;
  const { state, health, summary } = await readRun(run.folder);
  assert.deepEqual([health.skipped, health.gaps, health.unknown, health.tornTail], [0, 0, 0, false]);
  assert.deepEqual(state, run.state);
  assert.ok(summary, 'run.json is neither the old nor the new one');
  for (const [name, digest] of await contentsOf(run.folder))
    if (!['run.json', 'events.jsonl', 'runner.log'].includes(name))
      assert.ok(known.get(name)?.has(digest), `${name} is neither the old nor the new one`);
}

/**
 * Possible effects of one failing call: the run tolerates it (in the queue, the cache, the sync of a folder, or by a retry), or it ends with
 * a sentence and can be resumed, or there is no run yet. All of them lead to the unbroken run's result.
 */
async function oneFault(where: { runs: string; cache: string }, place: Place, code: string): Promise<void> {
  const job = await jobIn(where.runs, where.cache);
  const folder = join(job.runsFolder, runId);
  const named = place.name.replace(' runs/', ` ${where.runs}/`).replace(' cache/', ` ${where.cache}/`);
  const takeOut = putSeam(orderOf(setup, where, { fail: { name: named, nth: place.nth, code } }));
  let refusal: unknown;
  try {
    await fineTune(job, { on: () => {}, signal: new AbortController().signal });
  } catch (error) {
    refusal = error;
  } finally {
    takeOut();
  }
  if (refusal !== undefined) assertSentence(refusal);
  const listed = await listRuns(job.runsFolder);
  assert.ok(listed.every(({ problem }) => problem === null));
  if (listed.length === 0) assert.ok(refusal, 'the run is gone without a word');
  else {
    if (refusal !== undefined) await resumed(setup, folder, job.cacheFolder);
    assert.deepEqual(await resultOf(folder), unbroken);
  }
  assert.deepEqual(await leftIn(job.runsFolder, job.cacheFolder), []);
}

test('A run in which any one call fails once ends like the unbroken run, by itself or when resumed', async (t) => {
  // A full disk is still readable.
  const cases = codes.flatMap((code) =>
    places.filter(({ changes }) => changes || code !== 'ENOSPC').map((place) => ({ code, place })),
  );
  const always = ['ENOSPC write runs/RUN/.checkpoint.safetensors.tmp', 'EACCES mkdir runs/RUN/samples'];
  const isSure = ({ code, place }: (typeof cases)[number]) => always.includes(`${code} ${place.name}`);
  assert.equal(cases.filter(isSure).length, always.length);
  let number = 0;
  for (const one of selected(t, cases, 6, isSure)) {
    const where = { runs: `failed-${++number}`, cache: `cache-${number}` };
    await t.test(`${one.code} at ${one.place.name}`, () => oneFault(where, one.place, one.code));
    for (const name of Object.values(where)) await rm(join(setup.root, name), { recursive: true, force: true });
  }
});
